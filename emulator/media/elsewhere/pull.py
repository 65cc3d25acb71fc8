"""Pulling: what a stream's source sends is read, and comes in as from an encoder that never says goodbye.

Which source is called, and when again, is decided here; what a loss means for the stream is the callboy's word.
"""

import threading
import traceback
from collections.abc import Callable
from functools import partial
from typing import Protocol

from offair.emulator.core.ports import Callboy, Reason, Refused
from offair.emulator.core.streams import Endpoint, Stream
from offair.emulator.media.elsewhere.line import Line
from offair.emulator.media.ingest.reception import Chunk, Connection, Intake
from offair.emulator.media.transcoding.endpoints import Manner, UnusableEndpointError, address, check_abilities, reading
from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError
from offair.emulator.media.transcoding.kit import Kit

ANSWER = 10.0  # seconds for a source to give its first picture; key frames may be that far apart
PATIENT = 5.0  # seconds that may be read of a source until all its tracks are known, once one was not read in less
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 4.0  # seconds before every source is called again


class Host(Protocol):
    """Who seats what was pulled."""

    def receive_source(self, stream: str, protocol: str, connection: Connection) -> Intake | Refused:
        """Judge whether a stream still wants its source."""
        ...


class Pull:
    """Calls a stream's sources in turn, from construction to :meth:`end`; one thread does it all.

    A source that is lost is followed by the other one at once. When none can be read all are called again after a
    pause, which grows from ``FIRST_PAUSE`` to ``LONGEST_PAUSE``.
    """

    def __init__(
        self,
        stream: Stream,
        kit: Kit,
        *,
        host: Host,
        callboy: Callboy,
        on_over: Callable[["Pull"], None],
        former: "Pull | None" = None,
    ) -> None:
        self.stream = stream
        self.is_over = False
        self._kit = kit
        self._host = host
        self._callboy = callboy
        self._note = partial(kit.journal.write_about, stream)
        self._on_over = on_over
        self._line: Line | None = None
        self._lock = threading.Lock()  # held while a line is opened, so that who ends the pull finds it
        self._hurried = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(former,), name=f"offair-pull-{stream.id[:8]}", daemon=True
        )
        self._thread.start()

    def hurry(self) -> None:
        """Call again now, where a pause would be."""
        self._hurried.set()

    def end(self) -> None:
        """Call nobody any more, and break off a call; returns at once."""
        with self._lock:
            self.is_over = True
            if self._line is not None:
                self._line.close("the stream is over")
        self._hurried.set()

    def wait(self) -> None:
        """Wait until nothing runs any more."""
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self, former: "Pull | None") -> None:
        try:
            if former is not None:
                former.wait()
            self._call_in_turn()
        except Exception as error:  # noqa: BLE001 - a bug of ours must not leave a stream waiting for ever
            self._note("trouble", f"a pull failed: {error!r}", traceback=traceback.format_exc())
            self._callboy.unreadable(self.stream.id, words=repr(error), is_final=True)
        finally:
            self._on_over(self)

    def _call_in_turn(self) -> None:
        sources = self._readable()
        failures = 0  # since a source was read for a while
        turn = 0
        told: dict[str, str] = {}  # what was written of each source last: an unchanged trouble is written once
        while sources and not self.is_over:
            name, endpoint, manner = sources[turn % len(sources)]
            was_steady, words = self._call(name, endpoint, manner, probing=PATIENT if failures else 0.0)
            if self.is_over:
                return
            if words != told.get(name):
                what = "is gone" if was_steady else "cannot be read"
                self._note("publication", f"the {name} source {endpoint.url} {what}: {words}", words=words)
            told[name] = words
            self._callboy.unreadable(self.stream.id, words=f"{name} source: {words}", is_final=False)
            failures = 0 if was_steady else failures + 1
            turn += 1
            rounds, rest = divmod(failures, len(sources))
            if rounds and not rest:
                self._hurried.wait(min(FIRST_PAUSE * 2 ** (rounds - 1), LONGEST_PAUSE))
                self._hurried.clear()

    def _readable(self) -> list[tuple[str, Endpoint, Manner]]:
        """List the sources that this machine can read; the stream is errored when there is none."""
        sources, troubles = [], []
        for name in ("primary", "backup"):
            endpoint: Endpoint | None = getattr(self.stream.source, name)
            if endpoint is None:
                continue
            try:
                manner = reading(endpoint.url, max(ANSWER, self._kit.stale_after))
                check_abilities(endpoint.url, manner, self._kit.choice.pick(manner.needs).abilities)
                sources.append((name, endpoint, manner))
            except (UnusableEndpointError, FfmpegMissingError) as error:
                troubles.append(f"{name} source: {error}")
                self._note("publication", f"the {name} source {endpoint.url} cannot be read: {error}")
        if not sources:
            words = "; ".join(troubles) or "the stream has no source"
            self._callboy.unreadable(self.stream.id, words=words, is_final=True)
        return sources

    def _call(self, name: str, endpoint: Endpoint, manner: Manner, *, probing: float) -> tuple[bool, str]:
        """Read a source for as long as it lasts: tell whether it was steady, and how it ended."""
        from offair.emulator.media.transcoding.command import pull  # brings ffmpeg-python, which a start can do without

        try:
            executable = str(self._kit.choice.pick(manner.needs).path)
            with self._lock:
                if self.is_over:
                    return False, ""
                self._line = line = Line(
                    lambda descriptor: pull(executable, endpoint.url, manner, descriptor, probing=probing),
                    peer=address(endpoint.url),
                    name=f"pull-{self.stream.id[:8]}",
                )
        except (FfmpegMissingError, OSError) as error:  # it was there, and may be back
            return False, str(error)
        seat: Intake | None = None
        proved = self._kit.clock.deadline(LONGEST_PAUSE)
        try:
            while content := line.read(self._kit.stale_after if seat else ANSWER):
                if seat is None:
                    proved = self._kit.clock.deadline(LONGEST_PAUSE)
                    seat = self._sit_down(name, endpoint, line)
                    if seat is None:
                        break
                seat.feed([Chunk(content)])
        finally:
            was_steady = seat is not None and proved.is_over
            if seat is not None:
                seat.end(is_clean=False)
            with self._lock:
                self._line = None
            words = line.hang_up()
        return was_steady, words

    def _sit_down(self, name: str, endpoint: Endpoint, line: Line) -> Intake | None:
        seat = self._host.receive_source(self.stream.id, endpoint.url.partition(":")[0], line)
        if not isinstance(seat, Refused):
            self._note("publication", f"the {name} source {endpoint.url} is read")
            return seat
        line.close(seat.text)
        if seat.reason is Reason.NOT_ACCEPTING:  # it was moved meanwhile; if it wants its source again, it says so
            self.is_over = True
        return None
