"""MPEG-TS as an encoder sends it: which tracks it has, and from where a fresh ffmpeg can read it.

Source: ISO/IEC 13818-1, 2.4.3 (packets) and 2.4.4 (program association and program map tables).
"""

from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.formats.program_map import AUDIO_TYPES, VIDEO_TYPES, Announced, read_map
from offair.emulator.media.formats.ts_changes import Changes
from offair.emulator.media.formats.ts_packets import PACKET, TIMESTAMPS, begins_picture, is_key, pid_of, timestamp
from offair.emulator.media.formats.ts_probing import Probing

SYNC = 0x47
MOST_HELD = 4 << 20  # bytes without a program map before the stream is taken for something else
LONGEST_LEAD = 22_500  # ticks: a quarter of a second
MOST_PICTURES = 120  # that are left out while none is marked as a key frame, as not every encoder marks them


class NotMpegTsError(ValueError):
    """The bytes are no MPEG-TS; the message says what was seen."""


class TsGate:
    """Passes MPEG-TS on from the first program map on, from which it knows the tracks.

    Whoever joins in the middle gets the tables and what follows from the next key frame on: a fresh ffmpeg that hears
    sound for half a second and sees no whole picture gives up. So everything is held until each track has something
    whole; ``probing`` knows how much that is. It has the same three words as the gate for FLV: :meth:`push`,
    :meth:`rejoin` and :attr:`facts`.
    """

    def __init__(self) -> None:
        self._held = bytearray()  # packets, and the beginning of the next one
        self._boundary = 0  # where in it the next packet has to begin, or behind its end
        self._read_to = 0  # how much of it was searched for a program map
        self._noise = 0  # bytes that were thrown away since the last packets were passed on
        self._is_open = False
        self._has_start = False  # what is held begins where ffmpeg can
        self.probing = Probing()
        self._program_map: int | None = None  # the PID of the map
        self._tables: dict[int, bytes] = {}  # packets by PID
        self._left_out = 0  # pictures
        self._needs_tables = False  # as they came before
        self._first_sound: int | None = None  # its timestamp
        self._changes = Changes()
        self._break: int | None = None  # where in what is held, and comes next, another run begins
        self._since: int | None = None  # the time stamp of what begins there
        self._is_mixed = self._skips_sound = False  # sound of the run before may come, and comes
        self.facts = Facts()
        self.video_pid: int | None = None
        self.audio_pid: int | None = None
        self.unread: tuple[Announced, ...] = ()  # what the program map has besides, and nobody here reads

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
        passed = self._without_old_sound(passed) if self._is_mixed else passed
        del self._held[:whole]
        self._boundary -= whole
        self._noise = 0 if passed else self._noise
        return passed

    def rejoin(self) -> None:
        """Start anew at the next program map: another ffmpeg takes over.

        Where the encoder's own packets broke off, the tables that it sent are those of what follows.
        """
        self._is_open = self._has_start = False
        self.probing = Probing()
        self._left_out = 0
        self._first_sound = None
        self._is_mixed = self._break is not None and self._since is not None
        self._skips_sound = False
        self._changes = Changes(self._since if self._is_mixed else None)
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
        if self._break is not None:
            self._since = timestamp(packets[self._break : self._break + PACKET])
        return self._break is not None

    def _without_old_sound(self, packets: bytes) -> bytes:
        """Leave out sound until it is as late as what this run began with."""
        kept = []
        for at in range(0, len(packets), PACKET):
            packet = packets[at : at + PACKET]
            is_sound = pid_of(packet) == self.audio_pid
            if is_sound and packet[1] & 0x40:
                self._skips_sound = self._changes.is_of_before(packet)
                self._is_mixed = self._is_mixed and self._skips_sound
            if not (is_sound and self._skips_sound):
                kept.append(packet)
        return b"".join(kept)

    def _find_other_map(self, packets: bytes) -> int | None:
        """Read the tables as they come again, and tell where one names other tracks."""
        for at in range(0, len(packets) - PACKET + 1, PACKET):
            if packets[at + 1] & 0x40 and pid_of(packets[at : at + 3]) in {0, self._program_map}:
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
            if not self._has_start and self._starts(packet):
                self._has_start = True
                if self._left_out or self._needs_tables or self._is_led(packet):
                    self._needs_tables = False
                    tables = b"".join(self._tables.values())
                    self._replace_what_was_read(tables)
                    self._read_to = len(tables)
                    self.probing = Probing()
            self.probing.note(packet)
            self._read_to += PACKET
            if self._has_start and self.probing.knows(self.video_pid, self.audio_pid):
                self._is_open = True
                return
        if self._has_start:
            self._is_open = len(self._held) > MOST_HELD
            return
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
        if (is_key(packet) and not self._changes.is_of_before(packet)) or self._left_out == MOST_PICTURES:
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
        pid = pid_of(packet)
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
        said = read_map(section)
        self.facts = Facts(
            video=next((VIDEO_TYPES[one.kind] for one in said if one.kind in VIDEO_TYPES), None),
            audio=next((AUDIO_TYPES[one.kind] for one in said if one.kind in AUDIO_TYPES), None),
        )
        self.video_pid = next((one.pid for one in said if one.kind in VIDEO_TYPES), None)
        self.audio_pid = next((one.pid for one in said if one.kind in AUDIO_TYPES), None)
        self.unread = tuple(one for one in said if not one.is_read)
