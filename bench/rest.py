"""Requests a second over a socket: the stand-in with its whole chain, beside a bare Flask application.

The peer answers the same bytes from memory under the same server, without credentials, state, journal or checks:
the ratio is what all of these cost.
"""

import http.client
import threading
import time
from urllib.parse import urlsplit

from flask import Flask, Response

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings
from offair.emulator.web.server import Server

CLIENTS = 20
SECONDS = 4.0


def drive(url: str, headers: dict[str, str]) -> float:
    """Call a URL from many clients at once, and give the calls a second."""
    parts = urlsplit(url)
    counts = [0] * CLIENTS
    end = time.monotonic() + SECONDS

    def call(place: int) -> None:
        while time.monotonic() < end:
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
            connection.request("GET", parts.path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            counts[place] += answer.status == 200

    threads = [threading.Thread(target=call, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def main() -> None:
    """Print both and their ratio."""
    with Emulator(Settings(port=0, rtmp_port=0)) as emulator:
        cloud = next(iter(emulator.providers))
        tenant = emulator.tenancy.house(cloud)
        ours = drive(f"{emulator.addresses(cloud).api}/streams", dict(tenant.headers))
    app = Flask("peer")
    body = b'{"success":true,"message":"Fetched Successfully","data":[],"meta":{"pagination":{}}}'
    app.add_url_rule("/streams", view_func=lambda: Response(body, content_type="application/json"))
    server = Server("127.0.0.1", 0)
    server.start(app)
    theirs = drive(f"http://127.0.0.1:{server.port}/streams", {})
    server.close()
    print(f"stand-in {ours:.0f}/s, bare Flask {theirs:.0f}/s, ratio {ours / theirs:.2f} ({CLIENTS} clients)")


if __name__ == "__main__":
    main()
