"""A relay: one broadcast on its way to one target elsewhere, which may refuse, stall or vanish without any harm."""

import os
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from offair.emulator.core.clock import Deadline
from offair.emulator.core.masking import plain
from offair.emulator.core.streams import Endpoint, Stream
from offair.emulator.media.elsewhere.backlog import Backlog
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.formats.mpegts import NotMpegTsError
from offair.emulator.media.ingest.reception import Chunk
from offair.emulator.media.transcoding.endpoints import Manner, UnusableEndpointError, check_abilities, sending
from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError
from offair.emulator.media.transcoding.kit import Kit
from offair.emulator.media.transcoding.process import Exit, Process

MOST = 4 << 20  # bytes that wait for a target
STALL = 10.0  # seconds for a target to take something
GOODBYE = 2.0  # seconds for a target to take what still waits when a broadcast is over
LOOK = 0.25
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0


class RelayState(StrEnum):
    """How far a relay is: it calls its target, the target takes what it sends, or the last try failed."""

    CONNECTING = "connecting"
    SENDING = "sending"
    FAILED = "failed"


@dataclass(slots=True)
class Lead:
    """What an encoder sends, for whoever joins later: its container, and the tags that a decoder must have seen."""

    container: str
    heads: Mapping[TagKind, Tag]


class Relay:
    """Sends one broadcast to one target from construction to :meth:`finish`, and again whenever that fails.

    One thread does it all. Nothing here waits in the caller's thread but :meth:`wait`.
    """

    def __init__(self, stream: Stream, target: Endpoint, kit: Kit, on_over: Callable[["Relay"], None]) -> None:
        self.target = target
        self._stream = stream
        self._kit = kit
        self._note = partial(kit.journal.write_about, stream)
        self._on_over = on_over
        self._backlog = Backlog(MOST)
        self._state = RelayState.CONNECTING
        self._words = ""
        self._sent = 0  # bytes by calls that are over
        self._sending = 0  # bytes by the call that runs
        self._calls = 0
        self._lead: Lead | None = None  # none while there is no encoder
        self._came = threading.Event()  # there is an encoder, or nothing will follow
        self._ended = threading.Event()
        self._patience: Deadline | None = None
        self._pid: int | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"offair-relay-{stream.id[:8]}", daemon=True)
        self._thread.start()

    def begin(self, lead: Lead) -> None:
        """Hear that an encoder sends."""
        with self._lock:
            self._lead = lead
            self._came.set()

    def put(self, item: Tag | Chunk) -> None:
        """Take what an encoder sent; a target that is slow misses some of it."""
        with suppress(NotMpegTsError):  # who else takes it says so
            self._backlog.put(item)

    def pause(self) -> None:
        """Hear that the encoder is away: the target gets what waits, and a goodbye."""
        with self._lock:
            self._lead = None
            self._came.clear()
            self._backlog.end()

    def finish(self) -> None:
        """Hear that the broadcast is over; returns at once."""
        with self._lock:
            self._lead = None
            self._patience = self._kit.clock.deadline(GOODBYE)
            self._ended.set()
            self._came.set()
            self._backlog.end()

    def wait(self) -> None:
        """Wait until nothing runs any more."""
        self._thread.join()

    def vitals(self) -> dict[str, Any]:
        """What a person who looks wants to know; the target's secrets are hidden."""
        seen = {"target": self.target.url, "words": self._words}
        return {
            **plain()(seen),
            "state": self._state.value,
            "bytes": self._sent + self._sending,
            "dropped": self._backlog.dropped,
            "restarts": max(self._calls - 1, 0),
            "pid": self._pid,
        }

    def _run(self) -> None:
        try:
            self._call_again_and_again(sending(self.target.url, STALL))
        except UnusableEndpointError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - a relay's trouble is its own and never the stream's
            self._fail(repr(error))
            self._kit.journal.write_about(
                self._stream, "trouble", f"a relay failed: {error!r}", traceback=traceback.format_exc()
            )
        finally:
            self._on_over(self)

    def _call_again_and_again(self, manner: Manner) -> None:
        pause = FIRST_PAUSE
        while self._came.wait() and not self._ended.is_set():
            proved = self._kit.clock.deadline(LONGEST_PAUSE)
            try:
                words = self._call(manner)
            except (FfmpegMissingError, UnusableEndpointError, OSError) as error:  # another ffmpeg may come
                words = str(error)
            if words:
                self._fail(words)
                pause = FIRST_PAUSE if proved.is_over else min(pause * 2, LONGEST_PAUSE)
                self._ended.wait(pause)
            elif self._state is RelayState.SENDING:
                self._state = RelayState.CONNECTING
                self._write(f"the relay to {self.target.url} ended after {self._sending} bytes")

    def _call(self, manner: Manner) -> str:
        """Send to the target until it fails, and say why; nothing when the encoder ended before."""
        from offair.emulator.media.transcoding.command import (
            relay,  # brings ffmpeg-python, which a start can do without
        )

        chosen = self._kit.choice.pick(manner.needs)
        check_abilities(self.target.url, manner, chosen.abilities)
        with self._lock:
            if self._lead is None:
                return ""
            container = self._lead.container
            self._backlog.begin(container, list(self._lead.heads.values()))
        while (first := self._backlog.take(LOOK)) == b"":
            pass
        if first is None:
            return ""
        facts = self._backlog.facts
        self._calls += 1
        self._sent, self._sending = self._sent + self._sending, 0
        exits: list[Exit] = []
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        argv = relay(str(chosen.path), self.target.url, manner, container=container, facts=facts, progress=writing)
        try:
            name = f"relay-{self._stream.id[:8]}"
            process = Process(argv, name=name, on_exit=exits.append, keep=(writing,), is_leashed=True)
            self._pid = process.pid
            trouble = self._send(process, first, reading)
            process.stop()
            self._look(reading)
        finally:
            self._pid = None
            self._backlog.end()
            os.close(reading)
        return "" if trouble is None and not exits[0].code else trouble or exits[0].gist

    def _send(self, process: Process, first: bytes, reading: int) -> str | None:
        """Write all there is; None when it was all, else why not, as far as it is known here."""
        content: bytes | None = first
        while content is not None:
            self._look(reading)
            stall = self._kit.clock.deadline(STALL)
            goes_on = partial(self._goes_on, stall, reading)
            if not process.is_running:
                return ""
            if content and not process.write(content, go_on=goes_on):
                if goes_on():
                    return ""  # it broke off, and says why
                process.kill()
                return f"the target took nothing for {STALL if stall.is_over else GOODBYE:g} s"
            content = self._backlog.take(LOOK)
        return None

    def _goes_on(self, stall: Deadline, reading: int) -> bool:
        self._look(reading)
        return not stall.is_over and not (self._patience is not None and self._patience.is_over)

    def _look(self, reading: int) -> None:
        """Read how far ffmpeg got: how much the target has taken."""
        try:
            told = os.read(reading, 1 << 16).decode("ascii", "replace")
        except BlockingIOError:
            return
        sizes = [line.partition("=")[2].strip() for line in told.splitlines() if line.startswith("total_size=")]
        self._sending = max([self._sending, *(int(size) for size in sizes if size.isdigit())])
        if self._sending and self._state is not RelayState.SENDING:
            self._state, self._words = RelayState.SENDING, ""
            self._write(f"the broadcast is relayed to {self.target.url}")

    def _fail(self, words: str) -> None:
        if words != self._words:  # an unchanged trouble is written once
            self._write(f"the relay to {self.target.url} failed: {words}", words=words)
        self._state, self._words = RelayState.FAILED, words

    def _write(self, summary: str, **details: str) -> None:
        self._note("publication", summary, **details)
