"""Function calls that one request costs: they do not depend on what else the machine does."""

import cProfile
import http.client
import json
import pstats
from unittest.mock import patch

from targets import BODY

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings
from offair.emulator.web.host.server import Server

COUNT = 200
BEGIN, END = "/_begin", "/_end"


class Counted:
    """An application whose thread is profiled between two requests that only say so; the host's part counts too."""

    def __init__(self, app) -> None:
        self._app = app
        self.profile = cProfile.Profile()

    def __call__(self, environ, start):
        """Answer, or begin or end to count."""
        if environ["PATH_INFO"] not in {BEGIN, END}:
            return self._app(environ, start)
        self.profile.enable() if environ["PATH_INFO"] == BEGIN else self.profile.disable()
        start("204 No Content", [])
        return []


def count() -> dict[str, float]:
    """Give the calls of a get, a list and a create."""
    apps: list[Counted] = []
    start = Server.start

    def counting(server, app):
        apps.append(Counted(app))
        start(server, apps[-1])

    with patch.object(Server, "start", counting), Emulator(Settings(port=0, rtmp_port=0)) as emulator:
        cloud = "tenbyte"  # whose body it is
        headers = {**emulator.tenancy.house(cloud).headers, "Content-Type": "application/json"}
        port = int(emulator.http_url.rpartition(":")[2])
        path = emulator.addresses(cloud).api.removeprefix(emulator.http_url) + "/streams"
        connection = http.client.HTTPConnection("127.0.0.1", port)

        def ask(method, path, body=None) -> bytes:
            connection.request(method, path, body, headers)
            return connection.getresponse().read()

        body = json.dumps(BODY)
        one = json.loads([ask("POST", path, body) for _ in range(20)][-1])["data"]["id"]
        told = {}
        for what, asked in {
            "get": ("GET", f"{path}/{one}"),
            "list": ("GET", path),
            "create": ("POST", path, body),
        }.items():
            ask(*asked)
            ask("GET", BEGIN)
            for _ in range(COUNT):
                ask(*asked)
            ask("GET", END)
            stats = pstats.Stats(apps[0].profile)
            told[what] = stats.total_calls / COUNT
            apps[0].profile.clear()
        connection.close()
        return told
