"""What is there, for a program that asks at the root: a list with links."""

from collections.abc import Sequence

from flask import Flask, Response, request

from offair.emulator.provider.reply import Reply
from offair.emulator.web.mount import Mount
from offair.emulator.web.responding import respond

NAME = "Offair"


def add_directory(app: Flask, control: Mount, clouds: Sequence[Mount]) -> None:
    """List the services at ``/``, and at the control surface's root what that can do."""
    (root,) = control.roots
    listed = {
        "name": NAME,
        "control": root,
        "docs": f"{root}/openapi.json",
        "ready": f"{root}/ready",
        "clouds": {mount.scope.strip("/"): list(mount.roots) for mount in clouds},
    }
    operations = control.surface.operations.promise.operations.values()
    calls = {operation.key: operation.summary for operation in operations}

    def everything() -> Response:
        return respond(Reply(200, listed), request)

    def steering() -> Response:
        return respond(Reply(200, {"name": NAME, "docs": f"{root}/openapi.json", "calls": calls}), request)

    for path, view in (("/", everything), (root, steering)):
        app.add_url_rule(path, f"directory {path}", view, methods=["GET"], provide_automatic_options=False)
