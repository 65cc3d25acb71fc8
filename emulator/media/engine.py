"""One publication from end to end: the encoder's tags go into ffmpeg, the fragments that come out into the packager.

An engine is an actor: everything that happens to it is a message in its mailbox, and one thread reads them in
order. It outlives its encoder: a lost one may come back and is joined to the same playlists.
"""

import errno
import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understudy.emulator.core.clock import Deadline
from understudy.emulator.core.encoder_faults import EncoderFault
from understudy.emulator.core.journal import Journal
from understudy.emulator.core.numbers import SourceNumbers, TranscoderNumbers
from understudy.emulator.core.ports import Callboy
from understudy.emulator.core.streams import Stream
from understudy.emulator.media.arrivals import Arrivals
from understudy.emulator.media.ffmpeg import FfmpegMissingError, find_unread
from understudy.emulator.media.fourcc import spoken
from understudy.emulator.media.ingest.flv import Facts, Tag
from understudy.emulator.media.ingest.mpegts import NotMpegTsError
from understudy.emulator.media.ingest.reception import Chunk, Connection
from understudy.emulator.media.ladder import Plan, Unplayable, plan
from understudy.emulator.media.listener import Listeners
from understudy.emulator.media.numbers.source import SourceMeter
from understudy.emulator.media.outlet import OpenOutlet, Outlet
from understudy.emulator.media.packager.boxes import MalformedMediaError
from understudy.emulator.media.packager.hls import MediaPlaylist
from understudy.emulator.media.packager.packager import Packager
from understudy.emulator.media.packager.shelf import Leftovers, Shelf
from understudy.emulator.media.relays import Relays
from understudy.emulator.media.remux.remux import can_remux
from understudy.emulator.media.remux.remuxer import Remuxer
from understudy.emulator.media.seat import Died, Fed, Joined, Left, Message, Restarted, Revoked, Seat, Troubled
from understudy.emulator.media.transcoder import Transcoder

HIGH_WATER = 4 << 20  # bytes of unread tags at which the encoder is held
LOW_WATER = 1 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
LOOK = 1.0  # seconds between looks at a transcoder that nobody feeds


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """What every engine needs of the room around it; ``outlets`` open whoever else takes what the packager takes."""

    choose_ffmpeg: Callable[[], Path]
    profile: str
    journal: Journal
    callboy: Callboy
    arrivals: Arrivals
    wall: Callable[[], float]
    monotonic: Callable[[], float]
    deadline: Callable[[float], Deadline]
    listeners: Listeners
    stale_after: float
    time_url: Callable[[str], str]
    relays: Relays
    outlets: Sequence[OpenOutlet] = ()


class Engine:
    """Runs one publication of a stream; ``on_over`` is called when nothing of it runs any more.

    ``formers`` are engines of the same stream that still end, and are waited for; ``former_shelf`` is what the broadcast
    before left.
    """

    def __init__(
        self,
        publication: str,
        stream: Stream,
        shelf: Shelf,
        equipment: Equipment,
        on_over: Callable[[str], None],
        *,
        formers: "Sequence[Engine]" = (),
        former_shelf: Shelf | None = None,
    ) -> None:
        self.publication = publication
        self.stream = stream
        self._shelf = shelf
        self._former_shelf = former_shelf
        self._leftovers: Leftovers | None = None
        self._equipment = equipment
        self._on_over = on_over
        self._mailbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = 0  # bytes in the mailbox
        self._is_held = False
        self._is_revoked = threading.Event()
        self._seat: Seat | None = None
        self._facts: Facts | None = None
        self._relayed = equipment.relays.open(stream)
        self._packager: Packager | None = None
        self._outlets: Sequence[Outlet] = ()  # the packager and whoever else listens; none before the first run
        self._source = SourceMeter(equipment.monotonic)
        self._began = equipment.monotonic()
        self._runs = 0  # of the transcoder
        self._transcoder: Transcoder | Remuxer | None = None
        self._carried = 0  # bytes that came out of the transcoder, when last looked at
        self._overdue: Deadline | None = None  # runs while the transcoder is fed and nothing comes out
        self._is_over = False
        self._thread = threading.Thread(
            target=self._run, args=(formers,), name=f"understudy-engine-{stream.id[:8]}", daemon=True
        )
        self._thread.start()

    def join(self, connection: Connection, container: str) -> Seat:
        """Seat an encoder, the first or a returning one."""
        seat = Seat(self.take, connection, container, deadline=self._equipment.deadline, on_fault=self._note_fault)
        if not (self.stream.packaging.hls and self.stream.packaging.hls.low_latency):
            connection.relax()
        self.take(Joined(seat))
        return seat

    def take(self, message: Message) -> None:
        """Put a message into the mailbox."""
        if isinstance(message, Fed):
            with self._lock:
                self._waiting += message.size
                if self._waiting > HIGH_WATER and not self._is_held:
                    self._is_held = True
                    message.seat.connection.pause()
        self._mailbox.put(message)

    def revoke(self, reason: str) -> None:
        """Send the encoder away at once and close the playlists."""
        self._is_revoked.set()
        seat = self._seat
        if seat is not None:
            seat.connection.close(reason)
        self.take(Revoked())

    def playlist(self, name: str) -> MediaPlaylist | None:
        """Give what a media playlist says now, by its path below the stream's folder; None while there is none."""
        return self._packager.playlist(name) if self._packager else None

    @property
    def seat(self) -> Seat | None:
        """Where the encoder sits; None while there is none."""
        return self._seat

    def vitals(self) -> dict[str, Any]:
        """What a person who looks wants to know: whose it is, and which process works for it."""
        transcoder = self._transcoder
        return {
            "publication": self.publication,
            "stream": self.stream.id,
            "pid": transcoder.pid if transcoder else None,
            "relays": self._relayed.vitals(),
        }

    @property
    def uptime(self) -> float:
        """Real seconds since the encoder first came in."""
        return self._equipment.monotonic() - self._began

    @property
    def source(self) -> SourceNumbers:
        """What is measured of the encoder."""
        seat = self._seat
        facts = (seat.facts if seat else None) or self._facts or Facts()
        return self._source.numbers(facts, is_connected=seat is not None)

    @property
    def transcoding(self) -> TranscoderNumbers:
        """What the transcoder says of itself."""
        transcoder = self._transcoder
        progress = transcoder.progress if transcoder else None
        restarts = max(self._runs - 1, 0)
        if progress is None:
            return TranscoderNumbers(restarts=restarts)
        return TranscoderNumbers(
            restarts=restarts, speed=progress.speed, dropped=progress.dropped, duplicated=progress.duplicated
        )

    def wait(self) -> None:
        """Wait until nothing runs any more; every step on the way has a deadline of its own."""
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self, formers: "Sequence[Engine]") -> None:
        try:
            for former in formers:
                former.wait()
            seconds = self._former_shelf.seconds if self._former_shelf else 0.0
            self._leftovers = Leftovers(self._shelf.folder, self._equipment.deadline(seconds))
            self._read_mailbox()
        except Exception as error:  # noqa: BLE001 - a bug of ours must not leave a stream on air for ever
            self._break_off(error)
        finally:
            self._relayed.finish()
            self._on_over(self.publication)
            self._turn_away()

    def _break_off(self, error: Exception) -> None:
        """Let nothing run on that nobody looks after any more."""
        self._is_revoked.set()
        self._equipment.journal.write(
            "trouble", f"an engine failed: {error!r}", stream=self.stream.id, traceback=traceback.format_exc()
        )
        if self._seat is not None:
            self._seat.connection.close("the emulator failed")
        if self._transcoder is not None:
            self._transcoder.close()
        self._equipment.callboy.failed(self.publication, reason="emulator_failed", words=repr(error))

    def _turn_away(self) -> None:
        """Dismiss whoever sat down while the publication ended."""
        while not self._mailbox.empty():
            message = self._mailbox.get()
            if isinstance(message, Joined):
                message.seat.connection.close("the publication is over")

    def _read_mailbox(self) -> None:
        while not self._is_over:
            try:
                message = self._mailbox.get(timeout=LOOK)
            except queue.Empty:
                self._overdue = None  # nobody feeds it
                continue
            if isinstance(message, Fed):
                self._relieve(message)
            if not (self._is_revoked.is_set() and isinstance(message, Fed)):
                self._handle(message)
                self._look_after()

    def _handle(self, message: Message) -> None:
        match message:
            case Fed(seat, item) if seat is self._seat:
                self._feed(seat, item)
            case Joined(seat):
                self._seat = seat
                self._relayed.begin(seat.container)
                if self._is_revoked.is_set():
                    seat.connection.close("the publication is over")
            case Left(seat, is_clean) if seat is self._seat:
                self._seat = None
                self._leave(is_clean=is_clean)
            case Restarted():
                self._restart()
            case Revoked():
                self._finish()
                self._equipment.callboy.ended(self.publication)
            case Died(transcoder, over) if transcoder is self._transcoder:
                self._fail("transcoder_failed", f"ffmpeg exited with {over.code}: {over.words or 'without a word'}")
            case Troubled(OSError() as error):
                is_full = error.errno in FULL
                step = "free some space" if is_full else "see to it that the emulator may write"
                words = (
                    f"segments cannot be written: {error}; {step} under {self._shelf.folder.parent} and publish again"
                )
                self._fail("out_of_disk" if is_full else "cannot_write", words)
            case Troubled(error):
                self._fail("cannot_package", repr(error))

    def _relieve(self, message: Fed) -> None:
        with self._lock:
            self._waiting -= message.size
            if self._is_held and self._waiting < LOW_WATER:
                self._is_held = False
                message.seat.connection.resume()

    def _feed(self, seat: Seat, item: Tag | Chunk) -> None:
        if self._transcoder is not None and seat.breaks_off(item):
            self._note("publication", "the encoder's time leaps, or its codec is set up anew: a new run begins")
            self._restart()
        try:
            content = seat.open(item)
            seat.measure(self._source, item, content)
            self._relayed.put(item)
            if not content:
                return
            self._transcoder = self._transcoder or self._start(seat, content)
            self._overdue = self._overdue or self._equipment.deadline(self._equipment.stale_after)
            self._transcoder.write(content, go_on=lambda: not (self._is_revoked.is_set() or self._is_stale()))
        except (Unplayable, NotMpegTsError, MalformedMediaError, FfmpegMissingError, OSError) as error:
            self._fail("cannot_transcode", str(error))

    def _is_stale(self) -> bool:
        transcoder = self._transcoder
        if transcoder is None or transcoder.carried != self._carried:
            self._carried = transcoder.carried if transcoder else 0
            self._overdue = None
        return self._overdue is not None and self._overdue.is_over

    def _look_after(self) -> None:
        if self._leftovers is not None:
            self._leftovers.sweep()
        if self._is_stale() and not self._is_over:
            seconds = self._equipment.stale_after
            self._fail("transcoder_stalled", f"ffmpeg was fed for {seconds:g} s and nothing came out")

    def _start(self, seat: Seat, head: bytes) -> Transcoder | Remuxer:
        self._facts = self._facts or seat.facts
        if seat.facts.tracks != self._facts.tracks:  # another codec is fine, as each run has init sections of its own
            raise Unplayable(f"the encoder came back with {seat.facts}, and the broadcast began with {self._facts}")
        plans = plan(self.stream, seat.facts, self._equipment.profile)
        is_remuxed = plans.is_copy and seat.container == "flv" and can_remux(seat.facts)
        executable = None if is_remuxed else self._choose_ffmpeg(seat.facts, head)
        self._outlets = self._outlets or self._open_outlets(plans)
        self._runs += 1
        sinks = [outlet.begin() for outlet in self._outlets]
        if executable is None:
            return Remuxer(plans, sinks, on_error=lambda error: self.take(Troubled(error)))
        return Transcoder(
            executable,
            plans,
            sinks,
            container=seat.container,
            name=self.stream.id[:8],
            on_death=lambda transcoder, over: self.take(Died(transcoder, over)),
            on_error=lambda error: self.take(Troubled(error)),
        )

    def _choose_ffmpeg(self, facts: Facts, head: bytes) -> Path:
        """Give an ffmpeg that can read what the encoder sends; Unplayable when ours cannot."""
        executable = self._equipment.choose_ffmpeg()
        unread = find_unread(executable, head, facts) if facts.is_enhanced else None
        if unread is not None:
            raise Unplayable(
                f"the encoder sends {spoken(unread)} in Enhanced RTMP, which {executable} cannot read (ffmpeg does "
                "from 6.1 on): publish H.264, or name a newer ffmpeg; 'understudy doctor' lists those that are here"
            )
        return executable

    def _open_outlets(self, plans: Plan) -> list[Outlet]:
        equipment = self._equipment
        packager = self._packager = Packager(
            plans.package,
            shelf=self._shelf,
            broadcast=self.publication[:8],
            wall=equipment.wall,
            time_url=equipment.time_url(self.stream.cloud),
            on_playable=lambda: equipment.callboy.playable(self.publication),
            on_trouble=lambda error: self.take(Troubled(error)),
        )
        openers = (equipment.listeners.open, *equipment.outlets)
        others = (open_outlet(self.stream, self.publication, plans.package) for open_outlet in openers)
        return [packager, *(outlet for outlet in others if outlet is not None)]

    def _leave(self, *, is_clean: bool) -> None:
        if is_clean:
            self._equipment.callboy.ending(self.publication)
            self._finish()
            self._equipment.callboy.ended(self.publication)
        else:
            self._equipment.callboy.lost(self.publication)  # at once: whoever returns waits in the mailbox
            self._relayed.pause()
            self._drain()

    def _restart(self) -> None:
        self._drain()
        if self._seat is not None:
            self._seat.rejoin()

    def _drain(self) -> None:
        """Let the transcoder finish what it has, and have every outlet close what it left open."""
        transcoder, self._transcoder = self._transcoder, None
        if transcoder is not None:
            transcoder.close()
        for outlet in self._outlets:
            outlet.flush()

    def _note(self, kind: str, summary: str, **details: Any) -> None:
        stream = self.stream
        whose = {"cloud": stream.cloud, "tenant": stream.tenant, "stream": stream.id}
        self._equipment.journal.write(kind, summary, **whose, **details)

    def _note_fault(self, fault: EncoderFault, becomes: str) -> None:
        self._note("fault", f"{fault.kind} of the encoder {becomes}", fault=fault.kind, fault_id=fault.id)

    def _finish(self) -> None:
        self._drain()
        for outlet in self._outlets:
            outlet.finish()
        self._is_over = True

    def _fail(self, reason: str, words: str) -> None:
        self._is_revoked.set()
        if self._seat is not None:
            why = (
                words if reason == "cannot_transcode" else reason
            )  # what the encoder's user can change, they must read
            self._seat.connection.close(f"the stream failed: {why}")
        self._note("trouble", f"{reason}: {words}", reason=reason, words=words)
        self._finish()
        self._equipment.callboy.failed(self.publication, reason=reason, words=words)
