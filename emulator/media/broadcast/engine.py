"""One publication from its first encoder to its end: who sits there, and when its pipeline runs.

An engine is an actor: everything that happens to it is a message in its mailbox, and one thread reads them in
order. It outlives its encoder: a lost one may come back and is joined to the same playlists.
"""

import errno
import threading
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.core.numbers import SourceNumbers, TranscoderNumbers
from offair.emulator.core.publication import Totals
from offair.emulator.core.showing import Cue
from offair.emulator.core.streams import Stream
from offair.emulator.media.broadcast.arrears import Arrears
from offair.emulator.media.broadcast.cues import Metronome, read_cue
from offair.emulator.media.broadcast.equipment import Equipment
from offair.emulator.media.broadcast.mailbox import Mailbox
from offair.emulator.media.broadcast.pipeline import Pipeline
from offair.emulator.media.broadcast.seat import (
    Died,
    Fed,
    Joined,
    Left,
    Mail,
    Played,
    Restarted,
    Revoked,
    Seat,
    Troubled,
)
from offair.emulator.media.formats.boxes import MalformedMediaError
from offair.emulator.media.formats.flv import Tag
from offair.emulator.media.formats.mpegts import NotMpegTsError
from offair.emulator.media.ingest.reception import Chunk, Connection
from offair.emulator.media.listening.numbers.source import SourceMeter
from offair.emulator.media.packager.hls import MediaPlaylist
from offair.emulator.media.packager.shelf import Leftovers, Shelf
from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError
from offair.emulator.media.transcoding.ladder import Unplayable

HIGH_WATER = 4 << 20  # bytes of unread tags at which the encoder is held
LOW_WATER = 1 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
TOLD = frozenset({"cannot_transcode", "no_media", "no_segment"})  # reasons that the encoder's user can do away with
LOOK = 1.0  # seconds between looks at a transcoder that nobody feeds
# seconds for which media wakes nobody, as a waking costs about as much as the work: about what a remuxer cuts at once
LONGEST_WAIT = 0.5
# and where somebody is shown each fragment, is sent each frame, or has it recorded: a kill loses what waits
LONGEST_WATCHED = 0.2


class Engine:
    """Runs one publication of a stream; ``on_over`` is called when nothing of it runs any more.

    ``formers`` are engines of the same stream that still end, and are waited for; ``former_shelf`` is what the
    broadcast before left.
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
        self._clock = equipment.kit.clock
        self._on_over = on_over
        self._mailbox = Mailbox[Mail]()
        self._woken_at = 0.0
        self._longest_wait = LONGEST_WAIT
        self._lock = threading.Lock()
        self._waiting = 0  # bytes in the mailbox
        self._is_held = False
        self._lag = Arrears(self._equipment.kit.profile)
        self._is_revoked = threading.Event()
        self._seat: Seat | None = None
        self._relayed = equipment.relays.open(stream, equipment.show_of(stream.id))
        self._pipeline = Pipeline(publication, stream, shelf, equipment, self.take)
        self._source = SourceMeter(self._clock.monotonic)
        self._metronome = Metronome(stream.timecodes, self._clock)
        self._began = self._clock.monotonic()
        self._is_over = False
        self._thread = threading.Thread(
            target=self._run, args=(formers,), name=f"offair-engine-{stream.id[:8]}", daemon=True
        )
        self._thread.start()

    def join(self, connection: Connection, container: str) -> Seat:
        """Seat an encoder, the first or a returning one."""
        stale_after = self._equipment.kit.stale_after
        seat = Seat(
            self.take, connection, container, clock=self._clock, stale_after=stale_after, on_fault=self._note_fault
        )
        self.take(Joined(seat))
        return seat

    def take(self, message: Mail) -> None:
        """Put a message into the mailbox; media of which nothing comes for now wakes nobody by itself."""
        if not isinstance(message, Fed):
            self._mailbox.put(message)
            return
        with self._lock:
            self._waiting += message.size
            if self._waiting > HIGH_WATER and not self._is_held:
                self._is_held = True
                message.seat.connection.pause()
            waits = message.can_wait and self._pipeline.is_patient and self._waiting < LOW_WATER
            waits = waits and message.at - self._woken_at < self._longest_wait
            if not waits:
                self._woken_at = message.at
        self._mailbox.put(message, wakes=not waits)

    def revoke(self, reason: str) -> None:
        """Send the encoder away at once and close the playlists."""
        self._is_revoked.set()
        seat = self._seat
        if seat is not None:
            seat.connection.close(reason)
        self.take(Revoked())

    def restart(self) -> None:
        """Replace the transcoder; the encoder stays."""
        self.take(Restarted())

    def playlist(self, name: str) -> MediaPlaylist | None:
        """Give what a media playlist says now, by its path below the stream's folder; None while there is none."""
        return self._pipeline.playlist(name)

    @property
    def seat(self) -> Seat | None:
        """Where the encoder sits; None while there is none."""
        return self._seat

    def vitals(self) -> dict[str, Any]:
        """What a person who looks wants to know: whose it is, and which process works for it."""
        return {
            "publication": self.publication,
            "stream": self.stream.id,
            "pid": self._pipeline.pid,
            "relays": self._relayed.vitals(),
        }

    @property
    def uptime(self) -> float:
        """Real seconds since the encoder first came in."""
        return self._clock.monotonic() - self._began

    @property
    def source(self) -> SourceNumbers:
        """What is measured of the encoder."""
        seat = self._seat
        facts = (seat.facts if seat else None) or self._pipeline.facts
        return self._source.numbers(facts, is_connected=seat is not None)

    @property
    def transcoding(self) -> TranscoderNumbers:
        """What the transcoder says of itself."""
        return self._pipeline.numbers(round(self._lag.seconds, 3))

    @property
    def _totals(self) -> Totals:
        return Totals(bytes_in=self.source.bytes, bytes_out=self._pipeline.carried)

    def wait(self) -> None:
        """Wait until nothing runs any more; every step on the way has a deadline of its own."""
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self, formers: "Sequence[Engine]") -> None:
        try:
            for former in formers:
                former.wait()
            seconds = self._former_shelf.seconds if self._former_shelf else 0.0
            self._leftovers = Leftovers(self._shelf.folder, self._clock.deadline(seconds))
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
        self._note("trouble", f"an engine failed: {error!r}", traceback=traceback.format_exc())
        if self._seat is not None:
            self._seat.connection.close("the emulator failed")
        self._pipeline.stop()
        self._equipment.callboy.failed(self.publication, self._totals, reason="emulator_failed", words=repr(error))

    def _turn_away(self) -> None:
        """Dismiss whoever sat down while the publication ended."""
        for message in self._mailbox.rest():
            if isinstance(message, Joined):
                message.seat.connection.close("the publication is over")

    def _read_mailbox(self) -> None:
        while not self._is_over:
            together = self._mailbox.get(LOOK)
            if not together:
                self._pipeline.rest()
            for message in together:
                if not self._is_over:
                    self._read(message)
            if not self._is_over:
                self._look_after()

    def _read(self, message: Mail) -> None:
        if isinstance(message, Fed):
            self._relieve(message)
            if self._is_revoked.is_set():
                return
            self._note_lag(self._lag.note(self._clock.monotonic() - message.at))
        self._handle(message)

    def _handle(self, message: Mail) -> None:
        match message:
            case Fed(seat, gulp) if seat is self._seat:
                self._feed(seat, gulp)
            case Joined(seat):
                self._seat = seat
                seat.begin()
                self._relayed.begin(seat.container)
                if self._is_revoked.is_set():
                    seat.connection.close("the publication is over")
            case Played():
                self._relax()
            case Left(seat, is_clean) if seat is self._seat:
                self._seat = None
                self._leave(is_clean=is_clean)
            case Restarted():
                self._restart()
            case Revoked():
                self._finish()
                self._equipment.callboy.ended(self.publication, self._totals)
            case Died(transcoder, over) if self._pipeline.works_with(transcoder):
                words = f"ffmpeg exited with {over.code}: {over.words or 'without a word'}"
                self._fail("transcoder_failed", words, is_ours=over.code < 0)  # a signal is no answer to bad media
            case Troubled(OSError() as error):
                is_full = error.errno in FULL
                step = "free some space" if is_full else "see to it that the emulator may write"
                words = (
                    f"segments cannot be written: {error}; {step} under {self._shelf.folder.parent} and publish again"
                )
                self._fail("out_of_disk" if is_full else "cannot_write", words, is_ours=True)
            case Troubled(MalformedMediaError() as error):
                self._fail("cannot_package", str(error))
            case Troubled(error):
                self._fail("cannot_package", repr(error), is_ours=True, error=error)

    def _relax(self) -> None:
        """Let media come in gulps, but where it is played part by part: the first segment was there at once."""
        is_hurried = self.stream.packaging.hls is not None and self.stream.packaging.hls.low_latency
        if self._seat is not None and not is_hurried:
            self._seat.connection.relax()

    def _relieve(self, message: Fed) -> None:
        with self._lock:
            self._waiting -= message.size
            if self._is_held and self._waiting < LOW_WATER:
                self._is_held = False
                message.seat.connection.resume()

    def _feed(self, seat: Seat, gulp: Sequence[Tag | Chunk]) -> None:
        try:
            run = seat.run_on(gulp)
            seat.measure(self._source, run)
            opened: list[Tag | bytes] = [*run]  # what goes to the pipeline at once
            for item in gulp[len(run) :]:
                self._admit(seat, item, opened)
            self._relayed.put(gulp)
            self._pass_on(seat, opened)
            if self._pipeline.is_running and (timecode := self._metronome.tick()) is not None:
                self._tell(timecode)
        except (Unplayable, NotMpegTsError, FfmpegMissingError) as error:
            self._fail("cannot_transcode", "; ".join(filter(None, (str(error), seat.unread))))
        except MalformedMediaError as error:
            self._fail("cannot_transcode", f"what the encoder says of its media cannot be read: {error}")
        except OSError as error:
            self._fail("cannot_transcode", str(error), is_ours=True)

    def _admit(self, seat: Seat, item: Tag | Chunk, opened: list[Tag | bytes]) -> None:
        """Look at a piece that may be more than media that goes on."""
        if seat.breaks_off(item, is_copied=self._pipeline.copies_pictures):
            self._note("publication", "the encoder's time leaps, or its codec is set up anew: a new run begins")
            self._pass_on(seat, opened)
            self._restart()
        passed = seat.open(item)
        if (unread := seat.tell_unread()) is not None:
            self._note("publication", unread)
        seat.measure_piece(self._source, item, passed)
        self._relayed.hear(item)
        opened += passed
        if isinstance(item, Tag) and self._pipeline.is_running and (cue := read_cue(item)) is not None:
            self._pass_on(seat, opened)
            self._tell(cue)

    def _pass_on(self, seat: Seat, opened: list[Tag | bytes]) -> None:
        passed = [piece for piece in opened if piece]
        opened.clear()
        if passed:
            self._pipeline.feed(seat, passed, go_on=lambda: not self._is_revoked.is_set())

    def _tell(self, cue: Cue) -> None:
        """Let whoever looks on hear what is said, at what the stream has come to."""
        earpiece = self._equipment.earpieces.of(self.stream.id, self.publication)
        if earpiece is not None:
            earpiece.tell(cue)

    def _look_after(self) -> None:
        if self._leftovers is not None:
            self._leftovers.sweep()
        self._longest_wait = LONGEST_WATCHED if self._is_watched else LONGEST_WAIT
        if self._seat is not None and not self._is_over and (words := self._seat.trouble):
            self._fail("no_media", words)
        if self._pipeline.note_progress():
            self._source.pace.begin()
        elif self._pipeline.is_stale and not self._is_over:
            self._fail(*self._stall())
        elif self._pipeline.is_stuck and not self._is_over:
            words = "the encoder's media goes on, and no segment gets whole: set a shorter GOP"
            self._fail("no_segment", self._source.pace.flaw or words)

    def _stall(self) -> tuple[str, str]:
        """Tell why nothing comes out of what is fed: the reason, and words."""
        seconds = self._equipment.kit.stale_after
        if self._seat is not None and self._seat.is_mute:
            return "no_media", f"the encoder sends bytes, and in {seconds:g} s neither pictures nor sound came"
        flaw = self._source.pace.flaw
        if flaw is not None:
            return "no_segment", flaw
        return "transcoder_stalled", f"ffmpeg was fed for {seconds:g} s and nothing came out"

    @property
    def _is_watched(self) -> bool:
        capture, earpiece = self.stream.capture, self._equipment.earpieces.of(self.stream.id, self.publication)
        is_seen = earpiece is not None and earpiece.is_watched
        return is_seen or self._relayed.has_targets or capture.recording or capture.replay

    def _leave(self, *, is_clean: bool) -> None:
        if is_clean:
            self._equipment.callboy.ending(self.publication)
            self._finish()
            self._equipment.callboy.ended(self.publication, self._totals)
        else:
            self._equipment.callboy.lost(self.publication)  # at once: whoever returns waits in the mailbox
            self._relayed.pause()
            self._pipeline.drain()

    def _restart(self) -> None:
        self._pipeline.drain()
        if self._seat is not None:
            self._seat.rejoin()

    def _note(self, kind: str, summary: str, **details: Any) -> None:
        self._equipment.kit.journal.write_about(self.stream, kind, summary, **details)

    def _note_lag(self, words: str | None) -> None:
        if words is not None:
            self._note("publication", words, lag=round(self._lag.seconds, 3))

    def _note_fault(self, fault: EncoderFault, becomes: str) -> None:
        self._note("fault", f"{fault.kind} of the encoder {becomes}", fault=fault.kind, fault_id=fault.id)

    def _finish(self) -> None:
        self._pipeline.finish()
        self._is_over = True

    def _fail(self, reason: str, words: str, *, is_ours: bool = False, error: Exception | None = None) -> None:
        """End the broadcast; it is trouble only if nothing that came from outside explains it."""
        self._is_revoked.set()
        if self._seat is not None:
            why = words if reason in TOLD else reason
            self._seat.connection.close(f"the stream failed: {why}")
        traces = {"traceback": "".join(traceback.format_exception(error))} if error else {}
        self._note("trouble" if is_ours else "publication", f"{reason}: {words}", reason=reason, words=words, **traces)
        self._finish()
        self._equipment.callboy.failed(self.publication, self._totals, reason=reason, words=words)
