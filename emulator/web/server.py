"""The HTTP server behind the application: threads, a free port when 0 is asked for, and a quick stop."""

import errno
import logging
import selectors
import socket
import threading

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

BACKLOG = 512


class ListenError(OSError):
    """A port cannot be listened on; the message says which, why, and what to do."""


class _Quiet(WSGIRequestHandler):
    """The journal has the requests; the log need not."""

    timeout = 60.0  # seconds that a silent client may hold a thread
    error_content_type = "application/json"
    error_message_format = '{"error":"this is no HTTP request that the stand-in can read (%(code)d)"}'

    def parse_request(self) -> bool:
        """Refuse a request that contradicts itself about its length (RFC 9112, section 6.3)."""
        if not super().parse_request():
            return False
        if len(set(self.headers.get_all("Content-Length", ()))) > 1:
            self.send_error(400)
            return False
        return True

    def handle_expect_100(self) -> bool:
        """Leave "100 Continue" to werkzeug, which says it too."""
        return True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Server:
    """Listens from construction on, answers from :meth:`start` on, and is gone after :meth:`close` (twice is fine)."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._host = host
        self._thread: threading.Thread | None = None

    def start(self, app: Flask) -> None:
        """Answer requests with this application, in threads of their own."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server(
            self._host, self.port, app, threaded=True, request_handler=_Quiet, fd=self._socket.fileno()
        )
        self._server.timeout = 0
        self._bell, self._bell_rope = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="offair-http", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and let go of the port."""
        if self._thread is not None:
            self._bell_rope.send(b"!")
            self._thread.join()
            self._server.server_close()
            self._bell.close()
            self._bell_rope.close()
            self._thread = None
        self._socket.close()

    def _serve(self) -> None:
        """Sleep until somebody calls or the bell rings: the library's own loop wakes up all the time to look."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._server.fileno(), selectors.EVENT_READ)
            selector.register(self._bell, selectors.EVENT_READ)
            while not any(key.fileobj is self._bell for key, _ in selector.select()):
                self._server.handle_request()


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket; ListenError when somebody else has the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        step = f"{error.strerror}; choose an address of this machine with --host, and a port that you may open"
        if error.errno == errno.EADDRINUSE:
            step = "another program listens there; stop it, or choose another port with --port (0 takes a free one)"
        raise ListenError(error.errno, f"cannot listen on {host}:{port}: {step}") from error
    return listener
