"""The Flask application: one rule for every documented operation, and the surface's own words for everything else."""

import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from offair.contracts.contract import Operation
from offair.emulator.core.problems import Broken, NoRoute, Problem, WrongMethod
from offair.emulator.provider import Reply
from offair.emulator.web.chain import run
from offair.emulator.web.mishaps import suffer
from offair.emulator.web.mount import Mount, Passage


def build(mounts: Sequence[Mount], *, playback: Callable[[Flask], None]) -> Flask:
    """Build the application over these surfaces; ``playback`` adds what players fetch."""
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    for mount in mounts:
        for operation in mount.operations.promise.operations.values():
            _add(app, mount, operation)
    playback(app)
    _say_no_in_the_surfaces_words(app, mounts)
    return app


def _add(app: Flask, mount: Mount, operation: Operation) -> None:
    def view(**path: str) -> Response:
        request.max_content_length = mount.body_limit
        passage = Passage(mount=mount, operation=operation, request=request, path=path)
        response = _respond(run(passage))
        return suffer(passage.mishap, response, request.environ) if passage.mishap else response

    app.add_url_rule(
        mount.root + operation.path.replace("{", "<").replace("}", ">"),
        endpoint=f"{mount.name}.{operation.operation_id}",
        view_func=view,
        methods=[operation.method],
        provide_automatic_options=False,
    )


def _say_no_in_the_surfaces_words(app: Flask, mounts: Sequence[Mount]) -> None:
    def refuse(error: HTTPException) -> Response:
        mount = next((m for m in mounts if _is_below(request.path, m.scope)), None)
        if mount is None:
            known = ", ".join(m.root for m in mounts)
            return _respond(Reply(404, {"error": f"nothing is at {request.path}; there is {known}"}))
        reply = mount.render(_problem(mount, error))
        mount.journal.write(
            "request",
            f"{request.method} {request.path} {reply.status}",
            cloud=mount.name,
            status=reply.status,
        )
        return _respond(reply)

    app.register_error_handler(HTTPException, refuse)


def _problem(mount: Mount, error: HTTPException) -> Problem:
    match error:
        case MethodNotAllowed():
            return WrongMethod(request.method, sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
        case InternalServerError():
            cause = error.original_exception or error
            mount.journal.write(
                "trouble",
                f"{request.method} {request.path} failed: {cause!r}",
                cloud=mount.name,
                traceback="".join(traceback.format_exception(cause)),
            )
            return Broken(str(cause))
    return NoRoute(f"{mount.name} documents no path {request.path}")


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def _respond(reply: Reply) -> Response:
    response = Response(reply.content, status=reply.status, headers=dict(reply.headers))
    if reply.body is None:
        with suppress(KeyError):
            del response.headers["Content-Type"]
    else:
        response.content_type = "application/json"
    return response
