"""What an encoder sends, measured from its own bytes on their way to the transcoder."""

from collections.abc import Callable, Sequence

from offair.emulator.core.numbers import SourceNumbers
from offair.emulator.media.formats.boxes import Fields, MalformedMediaError
from offair.emulator.media.formats.codecs import CHANNELS, RATES, read_avc_record, read_hevc_record, read_specific
from offair.emulator.media.formats.flv import AUDIO, SCRIPT, Facts, Tag, TagKind
from offair.emulator.media.formats.mpegts import TsGate
from offair.emulator.media.formats.parameter_sets import Size, find_size, split_units
from offair.emulator.media.formats.ts_packets import PACKET, is_key, timestamp
from offair.emulator.media.listening.numbers.pace import Pace
from offair.emulator.media.listening.numbers.rate import Rate
from offair.emulator.media.listening.numbers.spacing import Spacing

RECORDS = {"avc1": read_avc_record, "hvc1": read_hevc_record}
HEAD = 1024  # bytes of an access unit in which its parameter sets are looked for
PES_HEADER = 9
ADTS_HEADER = 7
OPUS_RATE = 48_000
FLV_CLOCK, TS_CLOCK = 1000, 90_000  # ticks a second

SoundShape = tuple[int, int]  # sample rate in Hz, channels


class SourceMeter:
    """Counts over all connections of one broadcast; size and sound are those of the latest sequence headers.

    Fed by one thread, read by any. What it cannot read it leaves unknown: refusing media is the transcoder's part.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._bytes = Rate(monotonic)
        self._frames = Rate(monotonic)
        self._spacing = Spacing()
        self.pace = Pace(monotonic)
        self._size: Size | None = None
        self._sound: SoundShape | None = None
        self._head: bytearray | None = None  # the beginning of an access unit that may have parameter sets

    def take_tags(self, tags: Sequence[Tag]) -> bool:
        """Take tags of FLV that came together, and tell whether one is a picture or a sound."""
        if not tags:
            return False
        pictures, latest = 0, dict[TagKind, int]()
        for tag in tags:
            if tag.is_picture:
                pictures += 1
                if tag.is_keyframe:
                    self._spacing.mark(tag.timestamp / FLV_CLOCK)
            elif tag.is_sequence_header:
                self._read_header(tag)
                continue
            if tag.kind is not SCRIPT:
                latest[tag.kind] = tag.timestamp
        if pictures:
            self._frames.add(pictures)
        self._bytes.add(sum([len(tag.payload) for tag in tags]))
        for kind, moment in latest.items():
            self.pace.note("sound" if kind is AUDIO else "pictures", moment / FLV_CLOCK)
        return bool(latest)

    def take_packets(self, packets: bytes, gate: TsGate) -> bool:
        """Take whole packets of MPEG-TS, whose program the gate knows; tell whether they begin a picture or a sound."""
        if not packets:
            return False
        pictures = sounds = 0
        for at in range(0, len(packets), PACKET):
            pid = (packets[at + 1] & 0x1F) << 8 | packets[at + 2]
            begins = packets[at + 1] & 0x40
            if pid == gate.video_pid:
                pictures += bool(begins)
                if begins or self._head is not None:
                    self._read_picture(packets[at : at + PACKET], gate.facts.video, begins=bool(begins))
                if begins:
                    self._mark(packets[at : at + PACKET])
                    self._note_pace("pictures", packets[at : at + PACKET])
            elif pid == gate.audio_pid and begins:
                sounds += 1
                self._note_pace("sound", packets[at : at + PACKET])
                self._sound = self._sound or _adts(_payload(packets[at : at + PACKET]))
        if pictures:
            self._frames.add(pictures)
        self._bytes.add(len(packets))
        return pictures + sounds > 0

    def numbers(self, facts: Facts, *, is_connected: bool) -> SourceNumbers:
        """Tell what was measured of an encoder whose tracks are known from elsewhere."""
        bitrate = round(self._bytes.per_second() * 8)  # first: where no bytes came there were no frames either
        width, height = self._size or (None, None)
        sample_rate, channels = self._sound or (None, None)
        return SourceNumbers(
            is_connected=is_connected,
            video_codec=facts.video,
            width=width,
            height=height,
            audio_codec=facts.audio,
            sample_rate=sample_rate,
            channels=channels,
            fps=round(self._frames.per_second(), 2),
            bitrate=bitrate,
            frames=int(self._frames.total),
            bytes=int(self._bytes.total),
            key_frame_seconds=self._spacing.seconds,
        )

    def _note_pace(self, track: str, packet: bytes) -> None:
        at = timestamp(packet)
        if at is not None:
            self.pace.note(track, at / TS_CLOCK)

    def _mark(self, packet: bytes) -> None:
        at = timestamp(packet) if is_key(packet) else None
        if at is not None:
            self._spacing.mark(at / TS_CLOCK)

    def _read_header(self, tag: Tag) -> None:
        record = tag.configuration
        try:
            if tag.kind is AUDIO:
                sound = read_specific(record) if tag.codec == "mp4a" else None
                self._sound = (sound.sample_rate, sound.channels) if sound else _opus(record)
            elif tag.codec in RECORDS:
                _, _, sets = RECORDS[tag.codec](Fields(record, 0, len(record)))
                self._size = find_size(sets, tag.codec)
            else:
                self._size = None
        except MalformedMediaError:
            return

    def _read_picture(self, packet: bytes, codec: str | None, *, begins: bool) -> None:
        """Gather the beginning of an access unit that others can be decoded from, and look for its size."""
        if begins:
            self._finish_head(codec)
            is_random_access = bool(packet[3] & 0x20 and packet[4] and packet[5] & 0x40)
            self._head = bytearray() if is_random_access or self._size is None else None
        if self._head is not None:
            self._head += _payload(packet)
            if len(self._head) >= HEAD:
                self._finish_head(codec)

    def _finish_head(self, codec: str | None) -> None:
        head, self._head = self._head, None
        if head and codec:
            try:
                self._size = find_size(split_units(bytes(head)), codec) or self._size
            except MalformedMediaError:
                return


def _payload(packet: bytes) -> bytes:
    """Give what a packet carries: ISO/IEC 13818-1, 2.4.3.2."""
    if not packet[3] & 0x10:
        return b""
    return packet[4 + (packet[4] + 1 if packet[3] & 0x20 else 0) :]


def _opus(record: bytes) -> SoundShape | None:
    """Read an Opus identification header: RFC 7845, 5.1. What is decoded has 48 kHz, whatever went in."""
    return (OPUS_RATE, record[9]) if record[:8] == b"OpusHead" and len(record) > 9 else None


def _adts(packet: bytes) -> SoundShape | None:
    """Read the first ADTS header of a PES packet: ISO/IEC 14496-3, 1.A.3.2."""
    if len(packet) < PES_HEADER:
        return None
    header = packet[PES_HEADER + packet[PES_HEADER - 1] :][:ADTS_HEADER]
    if len(header) < ADTS_HEADER or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return None
    index, configuration = header[2] >> 2 & 15, (header[2] & 1) << 2 | header[3] >> 6
    return (RATES[index], CHANNELS[configuration]) if index < len(RATES) else None
