"""The Flask application: one rule for every documented operation, and the surface's own words for everything else."""

import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, cast

from flask import Flask, Request, Response, request
from flask.globals import request_ctx
from flask.sessions import SessionInterface
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound
from werkzeug.routing import RoutingException

from offair.contracts.operation import Operation
from offair.emulator.core.problems import Broken, NoRoute, Problem, WrongMethod
from offair.emulator.provider.reply import Reply
from offair.emulator.web.chain import compose
from offair.emulator.web.crossing import allowed, preflight
from offair.emulator.web.hosts import MISDIRECTED, Hosts
from offair.emulator.web.hot import Application
from offair.emulator.web.mishaps import suffer
from offair.emulator.web.mount import Mount, Passage
from offair.emulator.web.responding import respond
from offair.emulator.web.rules import Rule, rule_of
from offair.emulator.web.talking.handshake import add_sockets

ANY_LOCAL = Hosts()


def build(mounts: Sequence[Mount], *, playback: Callable[[Flask], None], hosts: Hosts = ANY_LOCAL) -> Flask:
    """Build the application over these services, for who calls it by one of these names.

    ``playback`` adds what players fetch.
    """
    app = _Api(__name__, static_folder=None)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    for mount in mounts:
        for operation in mount.surface.operations.promise.operations.values():
            _add(app, mount, operation)
        if mount.surface.sockets is not None:
            add_sockets(app, mount, mount.surface.sockets)
        if mount.surface.cors is not None:
            _answer_preflights(app, mount)
    playback(app)
    _say_no_in_the_surfaces_words(app, mounts)
    app.wsgi_app = _called_by_name(app.wsgi_app, hosts)  # type: ignore[assignment, method-assign] # Flask's own idiom
    return app


def _called_by_name(application: Application, hosts: Hosts) -> Application:
    """Answer only to who calls us by a name of ours, before anything else is looked at."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        field = environ.get("HTTP_HOST", "")
        if hosts.know(field):
            return application(environ, start)
        return respond(Reply(MISDIRECTED, {"error": hosts.refusal(field)}))(environ, start)

    return answer


class _NoSessions(SessionInterface):
    """No API of a cloud has a session, and looking for its cookie would cost every call."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Have none."""


class _Api(Flask):
    """Flask without what no API of a cloud has: sessions, hooks, coroutines, and detours over a missing slash."""

    session_interface = _NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take every view as it is."""
        return func

    def full_dispatch_request(self) -> Response:
        """Ask the view alone: nobody here hooks into what comes before and after it."""
        try:
            return cast("Response", self.dispatch_request())
        except Exception as error:  # noqa: BLE001 - handle_user_exception raises what nobody answers
            return self.make_response(self.handle_user_exception(error))

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """Refuse what is no documented path, in the surface's words; a redirect would be our own."""
        error = request.routing_exception
        if isinstance(error, RoutingException) or error is None:
            raise NotFound from error
        raise error


def _add(app: Flask, mount: Mount, operation: Operation) -> None:
    proceed, rule = compose(mount.chain), rule_of(operation.path)
    body_limit = operation.body_limit or mount.body_limit

    def view(**path: str) -> Response:
        asked = request_ctx.request
        if operation.has_body:
            asked.max_content_length = asked.max_form_memory_size = body_limit
        passage = Passage(mount=mount, operation=operation, request=asked, path=rule.named(path))
        response = respond(proceed(passage))
        return suffer(passage.mishap, response, asked.environ) if passage.mishap else response

    _add_rule(app, mount, rule, name=operation.operation_id, view=view, methods=[operation.method])


def _add_rule(
    app: Flask, mount: Mount, rule: Rule, *, name: str, view: Callable[..., Response], methods: list[str]
) -> None:
    for root in mount.roots:
        app.add_url_rule(
            root + rule.text,
            endpoint=f"{root}.{name}",
            view_func=view,
            methods=methods,
            provide_automatic_options=False,
        )


def _answer_preflights(app: Flask, mount: Mount) -> None:
    """Answer what browsers ask before they call: at each documented path, for the methods that it documents."""
    cors = mount.surface.cors
    methods: dict[str, list[str]] = {}
    for operation in mount.surface.operations.promise.operations.values():
        methods.setdefault(operation.path, []).append(operation.method)
    for path, documented in methods.items():
        if cors is None or "OPTIONS" in documented:
            continue

        def view(*, documented: list[str] = documented, **_path: str) -> Response:
            return respond(preflight(cors, request.headers.get("Origin"), documented))

        _add_rule(app, mount, rule_of(path), name=f"preflight {path}", view=view, methods=["OPTIONS"])


def _say_no_in_the_surfaces_words(app: Flask, mounts: Sequence[Mount]) -> None:
    nearest = sorted(mounts, key=lambda mount: len(mount.scope), reverse=True)

    def refuse(error: HTTPException) -> Response:
        mount = next((m for m in nearest if _is_below(request.path, m.scope)), None)
        if mount is None:
            known = ", ".join(root for m in mounts for root in m.roots)
            return respond(Reply(404, {"error": f"nothing is at {request.path}; there is {known}"}))
        problem = _problem(mount, error)
        reply = mount.surface.render(problem, None)
        if mount.surface.cors is not None:
            headers = {**reply.headers, **allowed(mount.surface.cors, request.headers.get("Origin"))}
            reply = Reply(reply.status, reply.body, headers, reply.media_type)
        mount.journal.write(
            "request",
            f"{request.method} {request.path} {reply.status}",
            cloud=mount.cloud,
            status=reply.status,
            refused=str(problem),
        )
        return respond(reply)

    app.register_error_handler(HTTPException, refuse)


def _problem(mount: Mount, error: HTTPException) -> Problem:
    match error:
        case MethodNotAllowed() if request.headers.get("Upgrade", "").lower() != "websocket":  # a page is no socket
            return WrongMethod(request.method, sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
        case InternalServerError():
            cause = error.original_exception or error
            mount.journal.write(
                "trouble",
                f"{request.method} {request.path} failed: {cause!r}",
                cloud=mount.cloud,
                traceback="".join(traceback.format_exception(cause)),
            )
            return Broken(str(cause))
    return NoRoute(f"{mount.cloud} documents no path {request.path}")


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
