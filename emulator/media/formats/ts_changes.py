"""Where a transcoder that reads MPEG-TS cannot go on: other parameter sets, other AAC, or a time that leaps.

Source: ISO/IEC 13818-1, 2.4.3; ITU-T H.264, annex B; ITU-T H.265, annex B; ISO/IEC 14496-3, 1.A. The same is done for
FLV by its gate.
"""

from itertools import pairwise

from offair.emulator.media.formats.parameter_sets import AVC_SPS, HEVC_SPS, START_CODE

PACKET = 188
CLOCK = 90_000
HALF = 1 << 32  # of what time stamps count to
MOST_BACK, MOST_AHEAD = 1 * CLOCK, 10 * CLOCK  # ticks that a track's time may leap, as in FLV
MOST_READ = 6  # packets of a picture in which its parameter sets are looked for


class Changes:
    """Watches the packets of one run."""

    def __init__(self) -> None:
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
            if pid in {video, audio} and (
                self._leaps(pid, packets[at : at + PACKET])
                or (pid == video and codec in {"avc1", "hvc1"} and self._is_set_up_anew(packets, at, pid, codec or ""))
                or (pid == audio and sound == "mp4a" and self._sounds_otherwise(packets[at : at + PACKET]))
            ):
                return at
        return None

    def _leaps(self, pid: int, packet: bytes) -> bool:
        now = _timestamp(packet)
        if now is None:
            return False
        before = self._latest.get(pid, now)
        self._latest[pid] = now
        leap = (now - before + HALF) % (2 * HALF) - HALF
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


def _timestamp(packet: bytes) -> int | None:
    head = _payload(packet)[:14]
    if len(head) < 14 or head[:3] != b"\0\0\1" or not head[7] & 0x80:
        return None
    return (head[9] & 0x0E) << 29 | head[10] << 22 | (head[11] & 0xFE) << 14 | head[12] << 7 | head[13] >> 1
