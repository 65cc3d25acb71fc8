"""MPEG-TS that is lost on the way: the one fault that can be done to packets without opening them."""

from collections.abc import Callable, Sequence

from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.core.faults.encoders import CannotDisturb, EncoderFault
from offair.emulator.media.disturbing.disturbance import BEGINS, IS_OVER
from offair.emulator.media.ingest.reception import Chunk


class Loss:
    """Loses chunks for as long as a fault lasts, in real time; ``on_change`` hears that one begins or is over."""

    def __init__(self, clock: Clock, on_change: Callable[[EncoderFault, str], None]) -> None:
        self._deadline = clock.deadline
        self._on_change = on_change
        self._running: list[tuple[EncoderFault, Deadline, Deadline]] = []  # with when it begins and ends

    @property
    def faults(self) -> list[EncoderFault]:
        """What goes wrong."""
        return [fault for fault, _, _ in self._running]

    def check(self, fault: EncoderFault) -> None:
        """Raise CannotDisturb for everything but ``drop``."""
        if fault.kind != "drop":
            raise CannotDisturb(
                f"{fault.kind} cannot be done to MPEG-TS as it comes over SRT; drop can, and RTMP takes them all"
            )

    def begin(self, fault: EncoderFault, pictures: Sequence[bytes] = ()) -> None:  # noqa: ARG002 - it shows nothing
        """Let it go wrong, as soon as it is due."""
        self._running.append((fault, self._deadline(fault.at), self._deadline(fault.at + fault.seconds)))
        self._on_change(fault, BEGINS)

    def end(self, fault_id: str) -> None:
        """Let it go right again."""
        self._running = [
            (fault, begins, self._deadline(0) if fault.id == fault_id else ends)
            for fault, begins, ends in self._running
        ]

    def push(self, chunk: Chunk) -> list[Chunk]:
        """Take the encoder's next chunk, and give what arrives of it."""
        for one in tuple(self._running):
            if one[2].is_over:
                self._running.remove(one)
                self._on_change(one[0], IS_OVER)
        return [] if any(begins.is_over for _, begins, _ in self._running) else [chunk]
