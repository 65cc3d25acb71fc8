"""Where a transcoder that reads MPEG-TS cannot go on: other parameter sets, other AAC, or a time that leaps.

Source: ISO/IEC 13818-1, 2.4.3; ITU-T H.264, annex B; ITU-T H.265, annex B; ISO/IEC 14496-3, 1.A. The same is done for
FLV by its gate.
"""

from itertools import pairwise

from offair.emulator.media.formats.parameter_sets import AVC_SPS, HEVC_SPS, START_CODE
from offair.emulator.media.formats.ts_packets import PACKET, TIMESTAMPS, timestamp

CLOCK = 90_000
MOST_BACK, MOST_AHEAD = 1 * CLOCK, 10 * CLOCK  # ticks that a track's time may leap, as in FLV
MOST_APART = 2 * CLOCK  # ticks that one track's time may be behind the other's where both change
MOST_READ = 6  # packets of a picture in which its parameter sets are looked for


class Changes:
    """Watches the packets of one run, which begins at a time stamp where the one before broke off.

    Pictures and sound that change together do not come together: what of the other track is older than that belongs to
    the run before, and would be a change of its own in this one.
    """

    def __init__(self, since: int | None = None) -> None:
        self._since = since
        self._latest: dict[int, int] = {}  # time stamps by PID
        self._sets: bytes | None = None  # the sequence parameter set that is in force
        self._sound: tuple[int, int] | None = None  # what ADTS says of all frames: profile, sample rate, channels

    def find(
        self, packets: bytes, *, video: int | None, audio: int | None, codec: str | None, sound: str | None = None
    ) -> int | None:
        """Tell where, in whole packets, another run has to begin; None while this one can go on.

        ``codec`` is that of the pictures.
        """
        for at in range(0, len(packets) - PACKET + 1, PACKET):
            if not packets[at + 1] & 0x40:
                continue
            pid = (packets[at + 1] & 0x1F) << 8 | packets[at + 2]
            if (
                pid in {video, audio}
                and not self.is_of_before(packets[at : at + PACKET])
                and (
                    self._leaps(pid, packets[at : at + PACKET])
                    or (
                        pid == video
                        and codec in {"avc1", "hvc1"}
                        and self._is_set_up_anew(packets, at, pid, codec or "")
                    )
                    or (pid == audio and sound == "mp4a" and self._sounds_otherwise(packets[at : at + PACKET]))
                )
            ):
                return at
        return None

    def is_of_before(self, packet: bytes | bytearray) -> bool:
        """What begins in a packet is a little older than this run."""
        if self._since is None:
            return False
        now = timestamp(packet)
        return now is not None and 0 < (self._since - now) % TIMESTAMPS <= MOST_APART

    def _leaps(self, pid: int, packet: bytes) -> bool:
        now = timestamp(packet)
        if now is None:
            return False
        before = self._latest.get(pid, now)
        self._latest[pid] = now
        leap = (now - before + TIMESTAMPS // 2) % TIMESTAMPS - TIMESTAMPS // 2
        return not -MOST_BACK <= leap <= MOST_AHEAD

    def _sounds_otherwise(self, packet: bytes) -> bool:
        content = _payload(packet)
        head = content[9 + content[8] :][:4] if len(content) > 8 else b""
        if len(head) < 4 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:  # the frame began in the packet before
            return False
        before, self._sound = self._sound, (head[2] & 0xFD, head[3] & 0xC0)  # but for the private bit
        return before is not None and before != self._sound

    def _is_set_up_anew(self, packets: bytes, at: int, pid: int, codec: str) -> bool:
        kind, shift = (AVC_SPS, 0) if codec == "avc1" else (HEVC_SPS, 1)
        content = _beginning(packets, at, pid)
        starts = [found.span() for found in START_CODE.finditer(content)]
        for (_, begin), (end, _) in pairwise(starts):
            if begin < end and content[begin] >> shift & (31 if codec == "avc1" else 63) == kind:
                found = content[begin:end]
                before, self._sets = self._sets, found
                return before is not None and before != found
        return False


def _beginning(packets: bytes, at: int, pid: int) -> bytes:
    """Join what the first packets of a picture carry."""
    pieces = [_payload(packets[at : at + PACKET])]
    for place in range(at + PACKET, len(packets) - PACKET + 1, PACKET):
        if (packets[place + 1] & 0x1F) << 8 | packets[place + 2] != pid:
            continue
        if packets[place + 1] & 0x40 or len(pieces) == MOST_READ:
            break
        pieces.append(_payload(packets[place : place + PACKET]))
    return b"".join(pieces)


def _payload(packet: bytes) -> bytes:
    return packet[4 + (packet[4] + 1 if packet[3] & 0x20 else 0) :] if packet[3] & 0x10 else b""
