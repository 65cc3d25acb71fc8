"""MPEG-TS as an encoder sends it: which tracks it has, and from where a fresh ffmpeg can read it.

Source: ISO/IEC 13818-1, 2.4.3 (packets) and 2.4.4 (program association and program map tables).
"""

from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.formats.ts_changes import Changes

PACKET = 188
SYNC = 0x47
VIDEO_TYPES = {0x01: "mpeg1", 0x02: "mpeg2", 0x10: "mp4v", 0x1B: "avc1", 0x24: "hvc1"}
AUDIO_TYPES = {0x03: "mp3", 0x04: "mp3", 0x0F: "mp4a", 0x11: "mp4a-latm", 0x81: "ac-3"}
PES_START = b"\0\0\1"
VIDEO_STREAM = 0xE0  # with the number of the stream in the low four bits
MOST_HELD = 4 << 20  # bytes without a program map before the stream is taken for something else
TIMESTAMPS = 1 << 33  # there are so many before they begin anew
LONGEST_LEAD = 22_500  # ticks: a quarter of a second
MOST_PICTURES = 120  # that are left out while none is marked as a key frame, as not every encoder marks them


def first_key(packets: bytes) -> int | None:
    """Tell where, in whole packets, a picture begins that needs no other."""
    starts = range(0, len(packets), PACKET)
    return next((at for at in starts if begins_picture(packet := packets[at : at + PACKET]) and is_key(packet)), None)


def begins_picture(packet: bytes | bytearray) -> bool:
    """Say whether a packet of a video stream begins (ISO/IEC 13818-1, 2.4.3.7: stream_id)."""
    if not packet[1] & 0x40:
        return False
    at = 4 + (packet[4] + 1 if packet[3] & 0x20 else 0)
    head = packet[at : at + 4]
    return len(head) == 4 and head[:3] == PES_START and head[3] & 0xF0 == VIDEO_STREAM


def is_key(packet: bytes | bytearray) -> bool:
    """Say whether a decoder may begin here (ISO/IEC 13818-1, 2.4.3.5: random_access_indicator)."""
    return bool(packet[3] & 0x20 and packet[4] and packet[5] & 0x40)


def timestamp(packet: bytes | bytearray) -> int | None:
    """Tell the presentation time stamp, at 90 kHz, of what begins in a packet (ISO/IEC 13818-1, 2.4.3.7)."""
    if not packet[1] & 0x40:
        return None
    at = 4 + (packet[4] + 1 if packet[3] & 0x20 else 0)
    head = packet[at : at + 14]
    if len(head) < 14 or head[:3] != PES_START or not head[7] & 0x80:
        return None
    return (head[9] & 0x0E) << 29 | head[10] << 22 | (head[11] & 0xFE) << 14 | head[12] << 7 | head[13] >> 1


class NotMpegTsError(ValueError):
    """The bytes are no MPEG-TS; the message says what was seen."""


class TsGate:
    """Passes MPEG-TS on from the first program map on, from which it knows the tracks.

    Whoever joins in the middle gets the tables and what follows from the next key frame on: a fresh ffmpeg that hears
    sound for half a second and sees no whole picture gives up. It has the same three words as the gate for FLV:
    :meth:`push`, :meth:`rejoin` and :attr:`facts`.
    """

    def __init__(self) -> None:
        self._held = bytearray()  # packets, and the beginning of the next one
        self._boundary = 0  # where in it the next packet has to begin, or behind its end
        self._read_to = 0  # how much of it was searched for a program map
        self._noise = 0  # bytes that were thrown away since the last packets were passed on
        self._is_open = False
        self._program_map: int | None = None  # the PID of the map
        self._tables: dict[int, bytes] = {}  # packets by PID
        self._left_out = 0  # pictures
        self._needs_tables = False  # as they came before
        self._first_sound: int | None = None  # its timestamp
        self._changes = Changes()
        self._break: int | None = None  # where in what is held, and comes next, another run begins
        self.facts = Facts()
        self.video_pid: int | None = None
        self.audio_pid: int | None = None

    def push(self, content: bytes) -> bytes:
        """Take what came, give what ffmpeg may read: whole packets; NotMpegTsError when there are none in a lot."""
        self._held += content
        if self._break:
            del self._held[: self._break]
        self._break = None
        self._align(content)
        if not self._is_open:
            self._look_for_a_start()
        whole = len(self._held) // PACKET * PACKET
        if not self._is_open:
            if whole > MOST_HELD:
                raise NotMpegTsError(f"{whole} bytes came without a program map; send MPEG-TS")
            return b""
        passed = bytes(self._held[:whole])
        del self._held[:whole]
        self._boundary -= whole
        self._noise = 0 if passed else self._noise
        return passed

    def rejoin(self) -> None:
        """Start anew at the next program map: another ffmpeg takes over.

        Where the encoder's own packets broke off, the tables that it sent are those of what follows.
        """
        self._is_open = False
        self._changes = Changes()
        self._left_out = 0
        self._first_sound = None
        if self._break is not None:
            self._boundary = self._read_to = 0
            self._needs_tables = True
            return
        self._program_map = None
        self._tables.clear()
        self._held.clear()
        self._boundary = self._read_to = 0
        self.facts = Facts()

    def breaks_off(self, content: bytes) -> bool:
        """An ffmpeg that runs cannot go on with what comes: the decoder is configured anew, or the time leaps."""
        if not self._is_open:
            return False
        held = len(self._held)
        packets = bytes(self._held) + content if held else content
        self._break = self._find_other_map(packets)
        if self._break is None:
            self._break = self._changes.find(
                packets,
                video=self.video_pid,
                audio=self.audio_pid,
                codec=self.facts.video,
                sound=self.facts.audio,
            )
        return self._break is not None

    def _find_other_map(self, packets: bytes) -> int | None:
        """Read the tables as they come again, and tell where one names other tracks."""
        for at in range(0, len(packets) - PACKET + 1, PACKET):
            if packets[at + 1] & 0x40 and (packets[at + 1] & 0x1F) << 8 | packets[at + 2] in {0, self._program_map}:
                before = self.facts, self.video_pid, self.audio_pid
                self._read(bytearray(packets[at : at + PACKET]))
                if before != (self.facts, self.video_pid, self.audio_pid):
                    return at
        return None

    @property
    def has_left_out_pictures(self) -> bool:
        """Pictures came, and none yet from which a decoder can begin."""
        return self._left_out > 0

    def _look_for_a_start(self) -> None:
        while self._read_to + PACKET <= len(self._held):
            packet = self._held[self._read_to : self._read_to + PACKET]
            self._read(packet)
            if self._starts(packet):
                self._is_open = True
                if self._left_out or self._needs_tables or self._is_led(packet):
                    self._needs_tables = False
                    self._replace_what_was_read(b"".join(self._tables.values()))
                return
            self._read_to += PACKET
        if self._left_out:
            self._replace_what_was_read(b"")
        self._is_open = self._program_map in self._tables and len(self._held) > MOST_HELD

    def _replace_what_was_read(self, content: bytes) -> None:
        self._held[: self._read_to] = content
        self._boundary += len(content) - self._read_to
        self._read_to = 0

    def _starts(self, packet: bytearray) -> bool:
        if not self.facts.has_video:
            return self.facts.has_audio
        if not begins_picture(packet):
            self._first_sound = timestamp(packet) if self._first_sound is None else self._first_sound
            return False
        if is_key(packet) or self._left_out == MOST_PICTURES:
            return True
        self._left_out += 1
        return False

    def _is_led(self, picture: bytearray) -> bool:
        """Say whether so much sound came before a picture that a fresh ffmpeg would look for pictures no more."""
        begins = timestamp(picture)
        if begins is None or self._first_sound is None:
            return False
        return LONGEST_LEAD < (begins - self._first_sound) % TIMESTAMPS < TIMESTAMPS // 2

    def _align(self, content: bytes) -> None:
        """Throw away what stands between packets: from where one has to begin and does not, to the next sync byte."""
        held = self._held
        while self._boundary < len(held):
            if held[self._boundary] == SYNC:
                self._boundary += PACKET
                continue
            found = held.find(SYNC, self._boundary)
            end = found if found >= 0 else len(held)
            self._noise += end - self._boundary
            del held[self._boundary : end]
        if self._noise > MOST_HELD:
            raise NotMpegTsError(f"{self._noise} bytes are no packets, the last {content[:8]!r}; send MPEG-TS")

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
            self._tables[pid] = bytes(packet)
            self._read_association(section)
        elif pid == self._program_map and len(section) > 12:
            self._tables[pid] = bytes(packet)
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
