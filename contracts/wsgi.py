"""Calling a WSGI application in this process, without a socket (PEP 3333)."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit

Application = Callable[..., Iterable[bytes]]
HANG_UP = "offair.hang_up"
FIELDS = "offair.fields"  # the header as it came: names in lower case, and their values
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class WsgiAnswer:
    """What an application began to answer: ``pieces`` are of its body, and may be without end; close it."""

    status: int
    headers: Pairs
    pieces: Iterator[bytes]
    close: Callable[[], None]

    def header(self, name: str) -> str | None:
        """Find a header by its name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def read(self) -> bytes:
        """Read the whole body, and close."""
        try:
            return b"".join(self.pieces)
        finally:
            self.close()


def begin_wsgi(
    application: Application, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes
) -> WsgiAnswer:
    """Call an application for a URL, and give what it begins to answer; what it raises comes through.

    ConnectionAbortedError where it ends the connection instead: it finds how in its environment, as HANG_UP.
    """
    begun: list[tuple[str, Pairs]] = []
    ended: list[bool] = []

    def start(status: str, answered: Pairs, _error: object = None) -> None:
        begun.append((status, answered))

    environ = _environ(method, url, headers, body)
    environ[HANG_UP] = lambda: ended.append(True)
    chunks = application(environ, start)
    close = getattr(chunks, "close", _nothing)
    pieces = iter(chunks)
    try:
        if not begun:  # a generator calls start when it is asked for its first piece
            pieces = chain((next(pieces, b""),), pieces)
    except BaseException:
        close()
        raise
    if ended:
        close()
        raise ConnectionAbortedError(f"{method} {url}: the application ended the connection")
    status, answered = begun[-1]
    return WsgiAnswer(int(status.partition(" ")[0]), answered, pieces, close)


def call_wsgi(
    application: Application, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Call an application for a URL: status, headers and body of what it answers."""
    answer = begin_wsgi(application, method, url, headers.items(), body)
    content = answer.read()
    joined: dict[str, str] = {}
    for name, value in answer.headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return answer.status, joined, b"" if method == "HEAD" else content


def _environ(method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> dict[str, Any]:
    parts = urlsplit(url)
    path = parts.path
    target = f"{path}?{parts.query}" if parts.query else path
    fields = {"host": parts.netloc}
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path if path.isascii() and "%" not in path else unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        FIELDS: fields,
    }
    for name, value in headers:
        key = name.lower()
        fields[key] = f"{fields[key]},{value}" if key in fields and key != "host" else value
    for key, value in fields.items():
        spelt = key.upper().replace("-", "_")
        environ[spelt if spelt == "CONTENT_TYPE" else f"HTTP_{spelt}"] = value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _nothing() -> None:
    """Close what has nothing to close."""
