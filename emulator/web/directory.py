"""What is there, for who asks at the root: a program gets a list with links, a person's browser the console."""

from collections.abc import Sequence

from flask import Flask, Response, request

from offair.emulator.provider.reply import Reply
from offair.emulator.web.mount import Mount
from offair.emulator.web.responding import respond

NAME = "Offair"
CONSOLE = "console/"
PAGE = "text/html"


def add_directory(app: Flask, control: Mount, clouds: Sequence[Mount]) -> None:
    """List the services at ``/``, and at the control surface's root what that can do; a browser is led to the console.

    It is led by a relative path, so that it arrives behind a proxy too, whatever stands before our path there.
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
    operations = control.surface.operations.promise.operations.values()
    calls = {operation.key: operation.summary for operation in operations}

    def everything() -> Response:
        if PAGE in request.headers.get("Accept", ""):
            away = {"Location": f"{root.strip('/')}/{CONSOLE}", "Vary": "Accept", "Cache-Control": "no-store"}
            return Response(status=303, headers=away)
        return respond(Reply(200, listed), request)

    def steering() -> Response:
        return respond(Reply(200, {"name": NAME, "docs": f"{root}/openapi.json", "calls": calls}), request)

    for path, view in (("/", everything), (root, steering)):
        app.add_url_rule(path, f"directory {path}", view, methods=["GET"], provide_automatic_options=False)
