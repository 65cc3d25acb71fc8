"""What is there, for who asks at the root: a program gets a list with links, a person's browser the console."""

from collections.abc import Sequence

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from offair.contracts.exchange import BROWSERS_OWN
from offair.emulator.provider.reply import Reply
from offair.emulator.web.api import Api
from offair.emulator.web.mount import Mount
from offair.emulator.web.responding import respond
from offair.emulator.web.telling import tell

NAME = "Offair"
CONSOLE = "console/"
PAGE = "text/html"


def front(control: Mount, clouds: Sequence[Mount]) -> Flask:
    """Build what answers at ``/`` and where nothing else stands: a list of the services, and of what a caller missed.

    A browser is led to the console by a relative path, so that it arrives behind a proxy too, whatever stands before
    our path there.
    """
    (root,) = control.roots
    listed = {
        "name": NAME,
        "control": root,
        "docs": f"{root}/openapi.json",
        "ready": f"{root}/ready",
        "console": f"{root}/{CONSOLE}",
        "clouds": {mount.scope.strip("/"): list(mount.roots) for mount in clouds},
    }
    known = ", ".join(path for mount in (control, *clouds) for path in mount.roots)
    app = Api(__name__)

    def everything() -> Response:
        if PAGE in request.headers.get("Accept", ""):
            away = {"Location": f"{root.strip('/')}/{CONSOLE}", "Vary": "Accept", "Cache-Control": "no-store"}
            return Response(status=303, headers=away)
        return respond(Reply(200, listed), request)

    def nothing(_error: HTTPException) -> Response:
        words = f"nothing is at {request.path}; there is {known}"
        reply = Reply(404, {"error": words})
        if request.path not in BROWSERS_OWN:
            tell(control.journal, request, reply, words)
        return respond(reply, request)

    app.add_url_rule("/", "directory", everything, methods=["GET"], provide_automatic_options=False)
    app.register_error_handler(HTTPException, nothing)
    return app


def add_calls(app: Flask, control: Mount) -> None:
    """List at the control surface's root what that can do."""
    (root,) = control.roots
    operations = control.surface.operations.promise.operations.values()
    calls = {operation.key: operation.summary for operation in operations}

    def steering() -> Response:
        return respond(Reply(200, {"name": NAME, "docs": f"{root}/openapi.json", "calls": calls}), request)

    app.add_url_rule(root, "calls", steering, methods=["GET"], provide_automatic_options=False)
