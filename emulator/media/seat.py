"""What an engine hears, and the seat from which an encoder speaks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from understudy.emulator.core.clock import Deadline
from understudy.emulator.core.encoder_faults import EncoderFault
from understudy.emulator.media.black import prepare
from understudy.emulator.media.ingest.disturbance import Disturbance
from understudy.emulator.media.ingest.flv import Facts, Gate, Tag
from understudy.emulator.media.ingest.loss import Loss
from understudy.emulator.media.ingest.mpegts import TsGate
from understudy.emulator.media.ingest.reception import Chunk, Connection
from understudy.emulator.media.numbers.source import SourceMeter
from understudy.emulator.media.process import Exit
from understudy.emulator.media.transcoder import Transcoder


@dataclass(frozen=True, slots=True)
class Fed:
    """A piece of the encoder's media; ``size`` in bytes."""

    seat: "Seat"
    item: Tag | Chunk
    size: int


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


@dataclass(frozen=True, slots=True)
class Disturbed:
    """Something is to go wrong with what an encoder sends; ``pictures`` are what it shows meanwhile."""

    seat: "Seat"
    fault: EncoderFault
    pictures: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Settled:
    """A fault is to end."""

    fault: str


Message = Fed | Left | Joined | Revoked | Restarted | Died | Troubled | Disturbed | Settled


class Seat:
    """One encoder's connection to an engine; fills ``Intake``.

    ``container`` is what the encoder's media travels in: ``flv`` or ``mpegts``. Its gate decides from where a fresh
    transcoder may read. ``disturbance`` is what goes wrong before; ``on_settled`` hears when that is over.
    """

    def __init__(
        self,
        take: Callable[[Message], None],
        connection: Connection,
        container: str,
        *,
        deadline: Callable[[float], Deadline],
        on_settled: Callable[[EncoderFault], None],
    ) -> None:
        self._take = take
        self.connection = connection
        self.container = container
        self._gate = Gate()
        self._ts_gate = TsGate()
        self.disturbance = Disturbance(on_settled) if container == "flv" else Loss(deadline, on_settled)

    def feed(self, item: Tag | Chunk) -> None:
        """Take a piece of media; the encoder is held while too many wait."""
        self._take(Fed(self, item, len(item.payload if isinstance(item, Tag) else item.content)))

    def end(self, *, is_clean: bool) -> None:
        """Hear that the encoder is gone."""
        self._take(Left(self, is_clean))

    def disturb(self, fault: EncoderFault, choose_ffmpeg: Callable[[], Path]) -> None:
        """Let something go wrong with what comes; CannotDisturb when it cannot. May be called from any thread."""
        self._take(Disturbed(self, fault, prepare(fault, self.disturbance, choose_ffmpeg)))

    def disturbed(self, item: Tag | Chunk) -> Sequence[Tag | Chunk]:
        """Give what comes of a piece when something goes wrong with the encoder."""
        if isinstance(item, Tag):
            return self.disturbance.push(item) if isinstance(self.disturbance, Disturbance) else [item]
        return self.disturbance.push(item) if isinstance(self.disturbance, Loss) else [item]

    def open(self, item: Tag | Chunk) -> bytes:
        """Give what a transcoder may read of a piece; NotMpegTsError for what is none."""
        return self._gate.push(item) if isinstance(item, Tag) else self._ts_gate.push(item.content)

    def measure(self, meter: SourceMeter, item: Tag | Chunk, content: bytes) -> None:
        """Have a piece counted, of which the transcoder got this content."""
        if isinstance(item, Tag):
            meter.take_tag(item)
        else:
            meter.take_packets(content, self._ts_gate)

    def breaks_off(self, item: Tag | Chunk) -> bool:
        """A running transcoder cannot go on with a piece; of MPEG-TS it can, as that says itself what changes."""
        return isinstance(item, Tag) and self._gate.breaks_off(item)

    def rejoin(self) -> None:
        """Begin anew where another transcoder can take over."""
        self._gate.rejoin()
        self._ts_gate.rejoin()

    @property
    def facts(self) -> Facts:
        """The tracks, once something was let through."""
        return self._gate.facts if self.container == "flv" else self._ts_gate.facts
