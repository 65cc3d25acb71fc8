"""How much of MPEG-TS a fresh ffmpeg has to read until it knows all tracks: up to where each has something whole.

A unit is whole when the next one of its track begins: nothing else tells how long one of pictures is (ISO/IEC 13818-1,
2.4.3.7: PES_packet_length). An ffmpeg that stops reading before knows no size, or no sample rate, and gives up.
"""

from offair.emulator.media.formats.ts_packets import TIMESTAMPS, pid_of, timestamp

CLOCK = 90_000
LONGEST = 5 * CLOCK  # ticks that a track may let the others wait
PICTURES = 3  # that begin before the first is known: where it ends, ffmpeg reads from the second when that is whole
SOUNDS = 2


class Probing:
    """Hears of every packet from where ffmpeg will begin to read."""

    def __init__(self) -> None:
        self._begun: dict[int, list[int]] = {}  # time stamps of units by PID

    def note(self, packet: bytes | bytearray) -> None:
        """Take the next packet."""
        now = timestamp(packet)
        if now is not None:
            self._begun.setdefault(pid_of(packet), []).append(now)

    def knows(self, video: int | None, audio: int | None) -> bool:
        """Say whether both tracks have something whole, or were waited for long enough; None is no track."""
        needed = ((video, PICTURES), (audio, SOUNDS))
        is_known = all(pid is None or len(self._begun.get(pid, ())) >= count for pid, count in needed)
        return is_known or self._ticks >= LONGEST

    @property
    def seconds(self) -> float:
        """How far the track that is ahead has come."""
        return self._ticks / CLOCK

    @property
    def _ticks(self) -> int:
        ahead = [(times[-1] - times[0]) % TIMESTAMPS for times in self._begun.values()]
        return max((ticks for ticks in ahead if ticks < TIMESTAMPS // 2), default=0)  # pictures may be out of order
