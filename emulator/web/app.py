"""A service's Flask application: one rule for every documented operation, and its own words for everything else."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from offair.contracts.nearest import nearest
from offair.contracts.operation import Operation
from offair.emulator.core.journal import Journal
from offair.emulator.core.problems import Broken, NoRoute, Problem, WrongMethod
from offair.emulator.provider.reply import Reply
from offair.emulator.web.api import Api
from offair.emulator.web.chain import compose
from offair.emulator.web.crossing import allowed, preflight
from offair.emulator.web.hosts import MISDIRECTED, Hosts
from offair.emulator.web.hot import Application
from offair.emulator.web.mishaps import suffer
from offair.emulator.web.mount import Mount, Passage
from offair.emulator.web.responding import PlainAnswer, respond
from offair.emulator.web.rules import Rule, rule_of
from offair.emulator.web.talking.handshake import add_sockets
from offair.emulator.web.telling import tell

SDP = "application/sdp"


def build(mount: Mount, *, beside: Callable[[Flask], object] = lambda _app: None) -> Flask:
    """Build the application of a service; ``beside`` adds what else stands there: what players fetch, pages."""
    app = Api(__name__)
    for operation in mount.surface.operations.promise.operations.values():
        _add(app, mount, operation)
    if mount.surface.sockets is not None:
        add_sockets(app, mount, mount.surface.sockets)
    if mount.surface.cors is not None:
        _answer_preflights(app, mount)
    beside(app)
    app.register_error_handler(HTTPException, partial(_refuse, mount))
    return app


def called_by_name(application: Application, hosts: Hosts, journal: Journal) -> Application:
    """Answer only to who calls us by a name of ours, before anything else is looked at."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        field = environ.get("HTTP_HOST", "")
        if hosts.know(field):
            return application(environ, start)
        words = hosts.refusal(field)
        reply = Reply(MISDIRECTED, {"error": words})
        tell(journal, Request(environ), reply, words)
        return PlainAnswer(reply)(environ, start)

    return answer


def _add(app: Api, mount: Mount, operation: Operation) -> None:
    proceed, rule = compose(mount.chain), rule_of(operation.path)
    body_limit = operation.body_limit or mount.body_limit

    def answer(asked: Request, parts: Mapping[str, str]) -> Application:
        if operation.has_body:
            asked.max_content_length = asked.max_form_memory_size = body_limit
        passage = Passage(mount=mount, operation=operation, request=asked, path=rule.named(parts))
        reply = proceed(passage)
        if passage.mishap:
            return suffer(passage.mishap, respond(reply, asked), asked.environ)
        return PlainAnswer(reply) if PlainAnswer.can(reply) else respond(reply, asked)

    for root in mount.roots:
        app.add_call(root + rule.text, f"{root}.{operation.operation_id}", operation.method, answer)


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
    posted: dict[str, list[str]] = {}
    for operation in mount.surface.operations.promise.operations.values():
        methods.setdefault(operation.path, []).append(operation.method)
        if operation.method == "POST" and SDP in operation.bodies:
            posted[operation.path] = list(operation.bodies)
    for path, documented in methods.items():
        if cors is None or "OPTIONS" in documented:
            continue

        def view(
            *, documented: list[str] = documented, posts: Sequence[str] = posted.get(path, ()), **_path: str
        ) -> Response:
            return respond(preflight(cors, request.headers.get("Origin"), documented, posted=posts), request)

        _add_rule(app, mount, rule_of(path), name=f"preflight {path}", view=view, methods=["OPTIONS"])


def _refuse(mount: Mount, error: HTTPException) -> Response:
    problem = _problem(mount, error)
    reply = mount.surface.render(problem, None)
    if mount.surface.cors is not None:
        reply = reply.beside(allowed(mount.surface.cors, request.headers.get("Origin")))
    tell(mount.journal, request, reply, str(problem), cloud=mount.cloud)
    return respond(reply, request)


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
    meant = nearest([mount.surface.operations.promise], request.method, request.path, mount.scope)
    return NoRoute(f"{mount.cloud} documents no path {request.path}{meant or ''}")
