"""A server in a process of its own, around the same small applications: ``hosts.py own|werkzeug bare|flask``."""

import logging
import sys
import threading

from flask import Flask
from werkzeug.serving import make_server

from offair.emulator.web.host.server import Server

WORDS = b"hello"


def bare(_environ, start):
    """Answer as cheaply as an application can."""
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(WORDS)))])
    return [WORDS]


def flask():
    """Answer as cheaply as a Flask application can."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: WORDS)
    return app


def serve(host: str, app) -> None:
    """Print the port, and answer until somebody ends this process."""
    if host == "own":
        server = Server("127.0.0.1", 0)
        server.start(app)
        print(server.port, flush=True)
        threading.Event().wait()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    other = make_server("127.0.0.1", 0, app, threaded=True)
    print(other.server_port, flush=True)
    other.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], bare if sys.argv[2] == "bare" else flask())
