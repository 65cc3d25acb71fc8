"""MPEG-TS as an encoder sends it: which tracks it has, and from where a fresh ffmpeg can read it.

Source: ISO/IEC 13818-1, 2.4.3 (packets) and 2.4.4 (program association and program map tables).
"""

from understudy.emulator.media.ingest.flv import Facts

PACKET = 188
SYNC = 0x47
VIDEO_TYPES = {0x01: "mpeg1", 0x02: "mpeg2", 0x10: "mp4v", 0x1B: "avc1", 0x24: "hvc1"}
AUDIO_TYPES = {0x03: "mp3", 0x04: "mp3", 0x0F: "mp4a", 0x11: "mp4a-latm", 0x81: "ac-3"}
MOST_HELD = 4 << 20  # bytes without a program map before the stream is taken for something else


class NotMpegTsError(ValueError):
    """The bytes are no MPEG-TS; the message says what was seen."""


class TsGate:
    """Passes MPEG-TS on from the first program map on, from which it knows the tracks.

    It has the same three words as the gate for FLV: :meth:`push`, :meth:`rejoin` and :attr:`facts`.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_open = False
        self._program_map: int | None = None  # the PID of the map
        self.facts = Facts()
        self.video_pid: int | None = None
        self.audio_pid: int | None = None

    def push(self, content: bytes) -> bytes:
        """Take what came, give what ffmpeg may read: whole packets; NotMpegTsError when there are none in a lot."""
        self._held += content
        self._align()
        whole = len(self._held) // PACKET * PACKET
        if not self._is_open:
            for at in range(0, whole, PACKET):
                self._read(self._held[at : at + PACKET])
            self._is_open = self.facts.has_video or self.facts.has_audio
        if not self._is_open:
            if len(self._held) > MOST_HELD:
                raise NotMpegTsError(f"{len(self._held)} bytes came without a program map; send MPEG-TS")
            return b""
        passed = bytes(self._held[:whole])
        del self._held[:whole]
        return passed

    def rejoin(self) -> None:
        """Start anew at the next program map: another ffmpeg takes over."""
        self._is_open = False
        self._program_map = None
        self._held.clear()
        self.facts = Facts()

    def _align(self) -> None:
        while self._held and self._held[0] != SYNC:
            lost = self._held.find(SYNC)
            if lost < 0:
                if len(self._held) > MOST_HELD:
                    raise NotMpegTsError(f"it starts with {bytes(self._held[:8])!r}; send MPEG-TS")
                return
            del self._held[:lost]

    def _read(self, packet: bytearray) -> None:
        pid = (packet[1] & 0x1F) << 8 | packet[2]
        is_start, has_payload = bool(packet[1] & 0x40), bool(packet[3] & 0x10)
        if not (is_start and has_payload):
            return
        at = 4 + (packet[4] + 1 if packet[3] & 0x20 else 0)
        if at >= PACKET:
            return
        section = packet[at + 1 + packet[at] :]
        if pid == 0 and len(section) > 11:
            self._read_association(section)
        elif pid == self._program_map and len(section) > 12:
            self._read_map(section)

    def _read_association(self, section: bytearray) -> None:
        end = min(3 + ((section[1] & 0x0F) << 8 | section[2]) - 4, len(section) - 3)
        for at in range(8, end, 4):
            if section[at] << 8 | section[at + 1]:  # program 0 is the network's own table
                self._program_map = (section[at + 2] & 0x1F) << 8 | section[at + 3]
                return

    def _read_map(self, section: bytearray) -> None:
        end = min(3 + ((section[1] & 0x0F) << 8 | section[2]) - 4, len(section) - 4)
        at = 12 + ((section[10] & 0x0F) << 8 | section[11])
        kinds = []
        while at < end:
            kinds.append((section[at], (section[at + 1] & 0x1F) << 8 | section[at + 2]))
            at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])
        self.facts = Facts(
            video=next((VIDEO_TYPES[kind] for kind, _ in kinds if kind in VIDEO_TYPES), None),
            audio=next((AUDIO_TYPES[kind] for kind, _ in kinds if kind in AUDIO_TYPES), None),
        )
        self.video_pid = next((pid for kind, pid in kinds if kind in VIDEO_TYPES), None)
        self.audio_pid = next((pid for kind, pid in kinds if kind in AUDIO_TYPES), None)
