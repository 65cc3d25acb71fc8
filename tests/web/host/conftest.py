"""A server around an application of the test's own, and a client that speaks bytes."""

import socket
from contextlib import ExitStack

import pytest

from offair.emulator.web.host.server import Server

PATIENCE = 30.0


class Caller:
    """A client's connection: says bytes, and reads answers one after another."""

    def __init__(self, sock):
        self.socket = sock
        self._read = b""

    def say(self, data, *, ends=False):
        self.socket.sendall(data)
        if ends:
            self.socket.shutdown(socket.SHUT_WR)
        return self

    def answer(self, *, has_body=True):
        """Give the next answer's status, fields and body; ConnectionError when there is none."""
        while b"\r\n\r\n" not in self._read:
            self._more()
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        status = int(first.split()[1])
        if not has_body or status in {100, 101, 204, 304}:
            return status, fields, b""
        return status, fields, self._chunks() if "transfer-encoding" in fields else self._body(fields)

    def take(self, count):
        while len(self._read) < count:
            self._more()
        taken, self._read = self._read[:count], self._read[count:]
        return taken

    def rest(self):
        """Give all that still comes before the end; a reset is an end too."""
        try:
            while True:
                self._more()
        except ConnectionError:
            rest, self._read = self._read, b""
            return rest

    def _body(self, fields):
        return self.take(int(fields["content-length"])) if "content-length" in fields else self.rest()

    def _chunks(self):
        body = b""
        while True:
            while b"\r\n" not in self._read:
                self._more()
            size, _, self._read = self._read.partition(b"\r\n")
            piece = self.take(int(size, 16) + 2)[:-2]
            body += piece
            if not piece:
                return body

    def _more(self):
        piece = self.socket.recv(65_536)
        if not piece:
            raise ConnectionError("the server has ended the connection")
        self._read += piece


@pytest.fixture(name="serve")
def _serve():
    """Start a server around a WSGI application; what it reports as an error fails the test unless it is taken away."""
    with ExitStack() as closing:
        errors = []

        def serve(app, **options):
            server = Server("127.0.0.1", 0, on_error=errors.append, **options)
            closing.callback(server.close)
            server.start(app)
            server.errors = errors
            return server

        yield serve
    assert [] == errors


@pytest.fixture(name="call")
def _call():
    """Connect to a server."""
    with ExitStack() as closing:

        def call(server, **options):
            sock = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE, **options)
            closing.callback(sock.close)
            return Caller(sock)

        yield call


def echo(environ, start):
    """Answer with what was asked."""
    body = environ["wsgi.input"].read()
    query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
    words = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}{query} {body.decode('latin-1')}".rstrip()
    content = words.encode("latin-1")
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(content)))])
    return [content]


@pytest.fixture(name="echo")
def _echo():
    return echo
