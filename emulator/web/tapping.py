"""Standing between a client and a cloud: each request to its APIs passes whoever listens there."""

import io
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any

from offair.contracts.exchange import Exchange, Side, header
from offair.contracts.wsgi import FIELDS
from offair.emulator.core.sockets import Conversation, Frame, Socket
from offair.emulator.web.host.environ import read_headers
from offair.emulator.web.hot import CDN, Application, Environ
from offair.emulator.web.mishaps import hang_up
from offair.emulator.web.talking.handshake import WEBSOCKET

Later = Callable[[float, Callable[[], None]], object]
SOON = 0.3  # real seconds that a socket has which is to be cut off
Tap = Callable[[str, Exchange, Callable[[], Exchange]], Exchange | None]
Ear = Callable[[str, Exchange], None]
Said = list[tuple[Side, Frame]]


class Tapping:
    """Lets one listener for each cloud hear, and change, what its APIs are asked and answer.

    ``places`` has the first part of a path that a service stands at, with the names of its cloud and its own. While
    nobody listens it costs a look into an empty table. ``untapped`` is the application itself.
    """

    def __init__(self, application: Application, places: Mapping[str, tuple[str, str]], later: Later) -> None:
        self._later = later
        self.untapped = application
        self._places = places
        self._lock = threading.Lock()
        self._taps: dict[str, Tap] = {}
        self._ears: dict[str, tuple[Ear, ...]] = {}
        self._private: set[str] = set()

    @contextmanager
    def tapped(self, cloud: str, tap: Tap, *, is_private: bool = False) -> Iterator[None]:
        """Let each request to a cloud pass ``tap``; RuntimeError where somebody listens already.

        Nobody else hears what is private.
        """
        with self._lock:
            if cloud in self._taps:
                raise RuntimeError(
                    f"somebody listens to {cloud} already; one after the other, on a stand-in of its own"
                )
            self._taps[cloud] = tap
            self._private |= {cloud} if is_private else set()
        try:
            yield
        finally:
            with self._lock:
                del self._taps[cloud]
                self._private.discard(cloud)

    @contextmanager
    def overheard(self, cloud: str, ear: Ear) -> Iterator[None]:
        """Tell ``ear`` of each request to a cloud and its answer, which it changes nothing of; there may be several."""
        with self._lock:
            self._ears[cloud] = (*self._ears.get(cloud, ()), ear)
        try:
            yield
        finally:
            with self._lock:
                left = tuple(one for one in self._ears[cloud] if one is not ear)
                self._ears = (
                    {**self._ears, cloud: left} if left else {k: v for k, v in self._ears.items() if k != cloud}
                )

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Let the application answer, or the listener."""
        if not self._taps and not self._ears:
            return self.untapped(environ, start)
        place, slash, below = environ["PATH_INFO"].lstrip("/").partition("/")
        cloud, service = self._places.get(place, ("", ""))
        tap, ears = self._taps.get(cloud), () if cloud in self._private else self._ears.get(cloud, ())
        if (tap is None and not ears) or not slash or CDN in f"/{place}/{below}":
            return self.untapped(environ, start)
        if WEBSOCKET in environ:
            if tap is None:
                return self.untapped(environ, start)
            return self._open(tap, service, place, environ, start)
        asked = _asked(environ, place, _body(environ))
        answered = self._answered(environ, asked) if tap is None else self._tell(tap, service, environ, asked)
        for ear in ears:
            ear(service, answered)
        return self._say(answered, environ, start)

    def _tell(self, tap: Tap, service: str, environ: Environ, asked: Exchange) -> Exchange:
        answered = tap(service, asked, lambda: self._answered(environ, asked))
        if answered is None:
            hang_up(environ)
            return replace(asked, status=HTTPStatus.BAD_GATEWAY)  # nobody is left to read it
        return answered

    def _say(self, answered: Exchange, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        headers = list(answered.response_headers.items())
        start(f"{answered.status} {_phrase(answered.status)}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answered.response_body]

    def _open(self, tap: Tap, service: str, place: str, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Let a socket be opened, and perhaps cut off a moment later; what its client says is written down."""
        said: Said = []
        asked = replace(_asked(environ, place, b""), frames=said)
        answered = tap(service, asked, lambda: replace(asked, status=HTTPStatus.SWITCHING_PROTOCOLS))
        if answered is None:
            hang_up(environ)
            start("502 Bad Gateway", [])
            return []
        if header(answered.response_headers, "Connection") == "close":
            self._later(SOON, partial(hang_up, environ))
        return self.untapped({**environ, WEBSOCKET: partial(_overheard, environ[WEBSOCKET], said)}, start)

    def _answered(self, environ: Environ, asked: Exchange) -> Exchange:
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            begun.append((status, headers))

        again = {
            **environ,
            "wsgi.input": io.BytesIO(asked.request_body),
            "CONTENT_LENGTH": str(len(asked.request_body)),
        }
        chunks = self.untapped(again, start)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = begun[-1]
        return replace(asked, status=int(status.partition(" ")[0]), response_headers=dict(headers), response_body=body)


@dataclass(frozen=True)
class _Overheard:
    """Fills ``Conversation``: another, of which is written down what its client says."""

    conversation: Conversation
    said: Said

    def opened(self, socket: Socket) -> None:
        self.conversation.opened(socket)

    def heard(self, frame: Frame) -> None:
        self.said.append(("from_client", frame))
        self.conversation.heard(frame)

    def closed(self, code: int) -> None:
        self.conversation.closed(code)


def _overheard(accept: Callable[..., None], said: Said, conversation: Conversation, **more: Any) -> None:
    accept(_Overheard(conversation, said), **more)


def _body(environ: Environ) -> bytes:
    body, length = environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0)
    content: bytes = body.read() if environ.get("wsgi.input_terminated") and not length else body.read(length)
    return content


def _asked(environ: Environ, place: str, content: bytes) -> Exchange:
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or _target(environ)
    fields: Mapping[str, str] | None = environ.get(FIELDS)
    return Exchange(
        method=environ["REQUEST_METHOD"],
        path=target.removeprefix(f"/{place}"),
        status=0,
        request_headers={name.title(): text for name, text in fields.items()} if fields else read_headers(environ),
        request_body=content,
    )


def _target(environ: Environ) -> str:
    query = environ.get("QUERY_STRING")
    return f"{environ['PATH_INFO']}?{query}" if query else str(environ["PATH_INFO"])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
