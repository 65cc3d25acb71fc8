"""What many players fetch at once: an answer that was made a moment ago is given again, without asking Flask."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import EnvironHeaders

from offair.emulator.core.audience import Audience
from offair.emulator.core.faults.players import PLAYBACK_FAULTS
from offair.emulator.core.ports import Origin, Usher
from offair.emulator.core.problems import Problem
from offair.emulator.core.viewing import Viewing, is_picture
from offair.emulator.core.world import World
from offair.emulator.provider.query import Query
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Spot
from offair.emulator.web.links import DIRECTIVES

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Locate = Callable[[str, Query], Spot | Reply | None]
CDN = "/cdn/"
NOWHERE = Spot("", "")
MOST = 64 << 20  # bytes that are kept; the answer that was asked for longest ago goes first
HEAD = 2048  # bytes that an answer is taken to cost besides its body and what it was asked for with
LARGEST = 4 << 20  # bytes of one answer; a larger one is read from its file as it is sent
# an answer to a request that has one of these is made for that request alone
OWN = ("HTTP_RANGE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_IF_MATCH",
       "HTTP_IF_UNMODIFIED_SINCE")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was answered, and the stamp of what it was made from: it is as good as new while that is the same."""

    stamp: object
    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Hot:
    """Stands before an application, for what is below ``/<cloud>/cdn/``, and below the roots of ``stages``.

    Each of these ``clouds``, or the service of a cloud at such a root, says what its paths mean, and the ``usher`` at
    every request who may see it: whoever would have to be asked about, or is refused, is the application's. Only whole
    answers are kept, to plain requests, while no fault spoils any. The audience is told all the same.
    """

    def __init__(
        self, application: Application, clouds: Mapping[str, Locate], *, origin: Origin, usher: Usher,
        audience: Audience, world: World, stages: Mapping[str, tuple[str, Locate]] | None = None,
    ) -> None:  # fmt: skip
        self._application = application
        self._clouds = clouds
        self._stages = stages or {}
        self._origin = origin
        self._usher = usher
        self._audience = audience
        self._world = world
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[str, ...], _Answer] = OrderedDict()
        self._size = 0

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as the application did before, or let it answer."""
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        cloud, locate, asked = self._whose(path)
        if locate is None or not self._is_plain(environ):
            return self._application(environ, start)
        place = _find(locate, asked, query)
        stamp = self._origin.stamp(place.stream, place.name)
        if stamp is None:
            return self._application(environ, start)
        key = (path, query, *place, environ.get("HTTP_ACCEPT_ENCODING", ""))
        answer = self._kept(key, stamp)
        if answer is None:
            return self._ask(environ, start, key, stamp)
        viewing = _viewing(environ, place)
        if not self._usher.lets(cloud, viewing):
            return self._application(environ, start)
        player, size = viewing.player, len(answer.body)
        is_known = is_picture(place.name) or self._audience.saw_again(place.stream, player, size, viewing.rendition)
        if not is_known:  # the application introduces who is new
            return self._application(environ, start)
        start(answer.status, answer.headers)
        return [answer.body]

    def _whose(self, path: str) -> tuple[str, Locate | None, str]:
        """Tell whose a path is, who reads it, and what that is to read; nobody does what is below no root."""
        root, _, asked = path[1:].partition("/")
        if f"/{root}" in self._stages:
            return *self._stages[f"/{root}"], asked
        locate = self._clouds.get(root) if path.startswith(CDN, 1 + len(root)) else None
        return root, locate, asked.removeprefix(CDN[1:])

    def _is_plain(self, environ: Environ) -> bool:
        return (
            environ["REQUEST_METHOD"] == "GET"
            and DIRECTIVES not in environ["QUERY_STRING"]
            and environ["PATH_INFO"].isascii()  # else it is not yet what it means (PEP 3333)
            and environ.keys().isdisjoint(OWN)
            and not self._world.count(PLAYBACK_FAULTS)
        )

    def _kept(self, key: tuple[str, ...], stamp: object) -> _Answer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is None:
                return None
            if answer.stamp is not stamp and not (isinstance(stamp, str | tuple) and answer.stamp == stamp):
                self._drop(key)
                return None
            self._answers.move_to_end(key)
            return answer

    def _ask(self, environ: Environ, start: Callable[..., Any], key: tuple[str, ...], stamp: object) -> Iterable[bytes]:
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            said.append((status, headers))
            return start(status, headers, *rest)

        content = self._application(environ, note)
        if not (said and said[0][0].startswith("200") and _length(said[0][1]) <= LARGEST):
            return content
        body = b"".join(content)
        getattr(content, "close", lambda: None)()
        self._keep(key, _Answer(stamp, *said[0], body))
        return [body]

    def _keep(self, key: tuple[str, ...], answer: _Answer) -> None:
        with self._lock:
            self._drop(key)
            self._answers[key] = answer
            self._size += _cost(key, answer)
            while self._size > MOST:
                self._drop(next(iter(self._answers)))

    def _drop(self, key: tuple[str, ...]) -> None:
        gone = self._answers.pop(key, None)
        if gone is not None:
            self._size -= _cost(key, gone)


def _find(locate: Locate, path: str, query: str) -> Spot:
    """Find what a path means now; nothing is called nothing."""
    try:
        place = locate(path, Query.of(query))
    except Problem:  # the application says it in the cloud's words
        return NOWHERE
    return place if isinstance(place, Spot) else NOWHERE


def _viewing(environ: Environ, place: Spot) -> Viewing:
    """Say who wants to see what, as the application would."""
    return Viewing(
        stream=place.stream,
        name=place.name,
        protocol="http",
        peer=environ.get("REMOTE_ADDR"),
        query=Query.of(environ["QUERY_STRING"]).lists,
        headers=EnvironHeaders(environ),  # type: ignore[arg-type] # a multi-dict that reads like a Mapping
    )


def _cost(key: tuple[str, ...], answer: _Answer) -> int:
    """Tell how many bytes an answer takes: a player that varies its query keeps more by that than by short bodies."""
    return len(answer.body) + sum(map(len, key)) + HEAD


def _length(headers: list[tuple[str, str]]) -> int:
    """Tell how long an answer says that it is; one that does not is too long."""
    return next((int(value) for name, value in headers if name == "Content-Length"), LARGEST + 1)
