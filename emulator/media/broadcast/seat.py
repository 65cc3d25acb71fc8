"""What an engine hears, and the seat from which an encoder speaks."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.media.disturbing.black import prepare
from offair.emulator.media.disturbing.disturbance import Disturbance
from offair.emulator.media.disturbing.loss import Loss
from offair.emulator.media.formats.flv import VIDEO, Facts, Passed, Tag, write
from offair.emulator.media.formats.gate import Gate
from offair.emulator.media.formats.mpegts import TsGate
from offair.emulator.media.formats.program_map import advise
from offair.emulator.media.formats.unwrapping import Unwrapper
from offair.emulator.media.ingest.reception import Chunk, Connection, Gulp
from offair.emulator.media.listening.numbers.source import SourceMeter
from offair.emulator.media.transcoding.process import Exit
from offair.emulator.media.transcoding.transcoder import Transcoder

KEYLESS = 4  # times as long as for any media, an encoder's key frame may let wait


@dataclass(frozen=True, slots=True)
class Fed:
    """Some of the encoder's media; ``size`` in bytes, ``at`` when it came, in real time that only goes forward.

    ``can_wait`` says that no segment ends with it: it has pictures, and no key frame is among or just before them.
    """

    seat: "Seat"
    gulp: Sequence[Tag | Chunk]  # of one kind
    size: int
    at: float
    can_wait: bool


@dataclass(frozen=True, slots=True)
class Left:
    """The encoder is gone, with a goodbye or without."""

    seat: "Seat"
    is_clean: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """An encoder sits down."""

    seat: "Seat"


@dataclass(frozen=True, slots=True)
class Played:
    """Every rendition has a segment of this run: from now on nobody waits for the next piece of media."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """The publication must end."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The transcoder must be replaced."""


@dataclass(frozen=True, slots=True)
class Died:
    """The transcoder ended without having been asked to."""

    transcoder: Transcoder
    exit: Exit


@dataclass(frozen=True, slots=True)
class Troubled:
    """The packager could not write, or could not read what ffmpeg made."""

    error: Exception


Mail = Fed | Left | Joined | Played | Revoked | Restarted | Died | Troubled


class Seat:
    """One encoder's connection to an engine; fills ``Intake``.

    ``container`` is what the encoder's media travels in: ``flv`` or ``mpegts``. Its gate decides from where a fresh
    transcoder may read. What a test wants to go wrong goes wrong here, before anybody else sees the media; ``on_fault``
    hears of each that it begins and that it is over.
    """

    def __init__(
        self,
        take: Callable[[Mail], None],
        connection: Connection,
        container: str,
        *,
        clock: Clock,
        stale_after: float,
        on_fault: Callable[[EncoderFault, str], None],
    ) -> None:
        self._take = take
        self.connection = connection
        self.container = container
        self._gate = Gate()
        self._unwrapper = Unwrapper()
        self._ts_gate = TsGate()
        self._disturbance = Disturbance(on_fault) if container == "flv" else Loss(clock, on_fault)
        self._has_shown_pictures = self._has_shown_keys = False
        self._has_told = False  # of what cannot be taken
        self._is_key = False  # the latest gulp has a key frame
        self._patience: Deadline | None = None  # for the first media that a transcoder can begin with
        self._mute: Deadline | None = None  # runs from the first piece on in which no picture and no sound began
        self.is_mute = False  # for a while bytes have come without pictures or sound: stuffing, or what is no MPEG-TS
        self._clock, self._stale_after = clock, stale_after
        self._lock = threading.Lock()  # the media comes in the ingest's loop, a fault from wherever it is asked for

    def feed(self, gulp: Gulp) -> None:
        """Take media; the encoder is held while too much waits. What came together stays together on its way."""
        with self._lock:
            pieces = self._disturb(gulp)
        if pieces:
            size = sum(len(piece.payload if isinstance(piece, Tag) else piece.content) for piece in pieces)
            self._take(Fed(self, pieces, size, self._clock.monotonic(), self._can_wait(pieces)))

    def end(self, *, is_clean: bool) -> None:
        """Hear that the encoder is gone."""
        self._take(Left(self, is_clean))

    @property
    def faults(self) -> list[EncoderFault]:
        """What goes wrong, or will."""
        return self._disturbance.faults

    def disturb(self, fault: EncoderFault, choose_ffmpeg: Callable[[], Path]) -> None:
        """Let something go wrong with what comes; CannotDisturb when it cannot. May be called from any thread."""
        pictures = prepare(fault, self._disturbance, choose_ffmpeg)
        with self._lock:
            self._disturbance.begin(fault, pictures)

    def settle(self, fault_id: str) -> None:
        """Let a fault end, if it is here. May be called from any thread."""
        with self._lock:
            self._disturbance.end(fault_id)

    def run_on(self, gulp: Sequence[Tag | Chunk]) -> Sequence[Tag]:
        """Give what of a gulp a running transcoder may read just as it came: tags that are nothing but media."""
        return self._gate.run_on(gulp) if self.container == "flv" else ()  # type: ignore[arg-type] # they are tags

    def open(self, item: Tag | Chunk) -> Passed:
        """Give what a transcoder may read of a piece; NotMpegTsError for what is none."""
        passed = self._gate.admit(item) if isinstance(item, Tag) else [self._ts_gate.push(item.content)]
        if any(passed):
            self._patience = None
        elif not self._has_shown_pictures and (
            item.is_picture if isinstance(item, Tag) else self._ts_gate.has_left_out_pictures
        ):
            self._has_shown_pictures = True
            self._patience = self._clock.deadline(KEYLESS * self._stale_after)
        self._has_shown_keys = self._has_shown_keys or (isinstance(item, Tag) and item.is_keyframe)
        return passed

    def _disturb(self, gulp: Gulp) -> Sequence[Tag | Chunk]:
        pieces: Iterable[Tag | Chunk] = gulp
        if self.container == "flv":
            pieces = map(self._unwrapper.push, gulp)  # type: ignore[arg-type] # a container has one kind of piece
        push = self._disturbance.push
        return [passed for piece in pieces for passed in push(piece)]  # type: ignore[arg-type] # as above

    def _can_wait(self, pieces: Sequence[Tag | Chunk]) -> bool:
        """Look for key frames; the picture behind one tells how long it lasts, and so when the segment begins."""
        was_key = self._is_key
        pictures = [piece for piece in pieces if isinstance(piece, Tag) and piece.kind is VIDEO]
        self._is_key = any(picture.is_keyframe for picture in pictures)
        return bool(pictures) and not (self._is_key or was_key)

    def begin(self) -> None:
        """Have an encoder's time run in which something that can be shown has to come."""
        self._patience = self._clock.deadline(self._stale_after)

    @property
    def trouble(self) -> str | None:
        """What is wrong with an encoder that sends bytes of which nothing can be made; None while that may change."""
        if self._patience is None or not self._patience.is_over:
            return None
        if self._has_shown_keys:
            return "the encoder sends pictures without the sequence header that says how to decode them"
        if self._has_shown_pictures:
            return (
                f"the encoder sends pictures, and no key frame in {KEYLESS * self._stale_after:g} s: set a shorter GOP"
            )
        return self.unread or (
            f"the encoder is connected, and neither pictures nor sound that can be read came in {self._stale_after:g} s"
        )

    @property
    def unread(self) -> str | None:
        """What the encoder's MPEG-TS has that cannot be taken, and what to do; None where all of it can."""
        return advise(self._ts_gate.unread) if self._ts_gate.unread else None

    def tell_unread(self) -> str | None:
        """Give the same the first time that there is something."""
        if self._has_told or not self._ts_gate.unread:
            return None
        self._has_told = True
        return self.unread

    def measure(self, meter: SourceMeter, tags: Sequence[Tag]) -> None:
        """Have tags counted that came together."""
        self._listen(is_media=meter.take_tags(tags))

    def measure_piece(self, meter: SourceMeter, item: Tag | Chunk, passed: Passed) -> None:
        """Have a piece counted, of which the transcoder got what passed."""
        if isinstance(item, Tag):
            self.measure(meter, (item,))
        else:
            self._listen(is_media=meter.take_packets(write(passed), self._ts_gate))

    def _listen(self, *, is_media: bool) -> None:
        # while a transcoder that hangs holds the feed nothing comes here, and that says nothing of the encoder
        self._mute = None if is_media else self._mute or self._clock.deadline(self._stale_after / 2)
        self.is_mute = self._mute is not None and self._mute.is_over

    @property
    def probing(self) -> float:
        """How many seconds of what was let through a transcoder has to read until it knows all tracks, if need be."""
        return self._ts_gate.probing.seconds

    def breaks_off(self, item: Tag | Chunk, *, is_copied: bool) -> bool:
        """A running transcoder cannot go on with a piece; ``is_copied`` when it passes pictures on as they are."""
        if isinstance(item, Tag):
            return self._gate.breaks_off(item, is_copied=is_copied)
        return self._ts_gate.breaks_off(item.content)

    def rejoin(self) -> None:
        """Begin anew where another transcoder can take over."""
        self._gate.rejoin()
        self._ts_gate.rejoin()

    @property
    def facts(self) -> Facts:
        """The tracks, once something was let through."""
        return self._gate.facts if self.container == "flv" else self._ts_gate.facts
