"""Between what players ask for and what they get: the faults of playback, each written into the journal."""

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from flask import Response, request

from offair.emulator.core.faults.players import PLAYBACK_FAULTS, Asked, PlaybackFault, hold, take
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Origin
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.world import World
from offair.emulator.web.mishaps import suffer
from offair.emulator.web.spoiling.manifests import rewrite_manifest
from offair.emulator.web.spoiling.playlists import rewrite_master, rewrite_playlist

Fetch = Callable[[str, str], Response]
REWRITERS = {"master": rewrite_master, "playlist": rewrite_playlist, "manifest": rewrite_manifest}
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")
LONGEST_SILENCE = 60.0  # seconds that a request which times out is held, when nobody says how long
QUANTUM = 0.1  # seconds of throttled bytes that are sent at once
ENDLESS = 65_536  # bytes of an answer without a length, after which "half" of it is sent


class Spoiler:
    """Spoils the answers that a fault is about. Whoever waits in here is let go by :meth:`close`.

    The ``origin`` knows what is asked for under a name.
    """

    def __init__(self, world: World, journal: Journal, origin: Origin) -> None:
        self._world = world
        self._journal = journal
        self._origin = origin
        self._closing = threading.Event()

    def close(self) -> None:
        """Wait no more; twice is fine."""
        self._closing.set()

    def spoiling(self, fetch: Fetch, headers: dict[str, str]) -> Fetch:
        """Wrap a view of a stream's files; ``headers`` are what every answer of it carries."""

        def spoilt(stream: str, name: str) -> Response:
            asked = self._origin.about(stream, name)
            faults = self._faults(asked, name) if request.method != "OPTIONS" else []
            return self._answer(asked, name, faults, fetch, headers) if faults else fetch(stream, name)

        return spoilt

    def _faults(self, asked: Asked, name: str) -> list[PlaybackFault]:
        if not self._world.count(PLAYBACK_FAULTS):
            return []
        stream = self._world.get(STREAMS, asked.stream)
        faults = take(self._world, stream.tenant, asked) if stream else []
        for fault in faults:
            self._journal.write(
                "fault", f"{fault.kind} at {name}", cloud=stream.cloud if stream else None, tenant=fault.tenant,
                stream=asked.stream, fault=fault.kind, fault_id=fault.id,
            )  # fmt: skip
        return faults

    def _answer(
        self, asked: Asked, name: str, faults: Sequence[PlaybackFault], fetch: Fetch, headers: dict[str, str]
    ) -> Response:
        spoils: dict[str, PlaybackFault] = {fault.kind: fault for fault in faults if fault.spoils(asked)}
        instead = self._instead(spoils, headers)
        if instead is not None:
            return instead
        rewrites = [fault for fault in faults if fault.rewrites(asked)]
        if rewrites or "stale" in spoils:
            response = self._other_text(asked, name, rewrites, spoils.get("stale"), fetch)
        else:
            response = fetch(asked.stream, name)
        if "truncate" in spoils:
            _halve(response)
        if "throttle" in spoils:
            _pour(response, self._throttled(response.iter_encoded(), spoils["throttle"].bytes_per_second))
        return response

    def _instead(self, spoils: Mapping[str, PlaybackFault], headers: dict[str, str]) -> Response | None:
        """Wait, and give what is answered in the place of what was asked for, if anything is."""
        if "delay" in spoils:
            self._closing.wait(spoils["delay"].seconds)
        if "timeout" in spoils:
            self._closing.wait(spoils["timeout"].seconds or LONGEST_SILENCE)
            return suffer("drop", Response(), request.environ)
        for kind in ("drop", "garbage"):
            if kind in spoils:
                return suffer(kind, Response(), request.environ)
        missing = 404 if "gap" in spoils else spoils["status"].status if "status" in spoils else None
        if missing is None:
            return None
        return Response("a fault that was asked for\n", missing, {**headers, "Cache-Control": "no-cache"}, "text/plain")

    def _other_text(
        self, asked: Asked, name: str, rewrites: Sequence[PlaybackFault], stale: PlaybackFault | None, fetch: Fetch
    ) -> Response:
        """Fetch a playlist or manifest whole, whatever the player has of it, and change what it says."""
        for condition in CONDITIONS:
            request.environ.pop(condition, None)
        response = fetch(asked.stream, name)
        if response.status_code == 200 and asked.thing in REWRITERS:
            text = response.get_data(as_text=True)
            text = REWRITERS[asked.thing](text, rewrites) if rewrites else text
            response.set_data(hold(self._world, stale, name, text) if stale else text)
            response.add_etag(overwrite=True)
        return response

    def _throttled(self, content: Iterator[bytes], rate: int) -> Iterator[bytes]:
        step = max(1, round(rate * QUANTUM))
        for piece in content:
            for at in range(0, len(piece), step):
                if self._closing.wait(len(piece[at : at + step]) / rate):
                    raise ConnectionAbortedError("the emulator is closing")
                yield piece[at : at + step]


def _halve(response: Response) -> None:
    """Promise the whole length, and send half of it."""
    length = response.content_length
    if length is None:
        length = response.calculate_content_length()
    if length is not None:
        response.content_length = length
    _pour(response, _cut(response.iter_encoded(), ENDLESS if length is None else length // 2))


def _cut(content: Iterator[bytes], most: int) -> Iterator[bytes]:
    for piece in content:
        yield piece[:most]
        most -= len(piece)
        if most <= 0:
            break
    raise ConnectionAbortedError("a fault (truncate) ended this answer")


def _pour(response: Response, content: Iterator[bytes]) -> None:
    source = response.response
    if isinstance(source, Generator):
        response.call_on_close(source.close)  # however far it was read
    response.direct_passthrough = False
    response.response = content
