"""Segments whose pictures are of known kinds, in MPEG-TS and fragmented MP4, H.264 and HEVC; made here."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from airing import Clip
from tiny_media import FPS, SPS, box

PREFIX = b"\0\0\0\1"
UNITS = {
    "avc": {"reset": [b"\x65\x88"], "entry": [b"\x06\x06\x01\xc4\x80", b"\x41\x9a"], "inner": [b"\x41\x9a"]},
    "hevc": {
        "reset": [b"\x26\x01\xaf"],
        "entry": [b"\x2a\x01\xaf"],
        "skipped": [b"\x10\x01\xd0"],
        "decodable": [b"\x0c\x01\xd0"],
        "inner": [b"\x02\x01\xd0"],
    },
}
CONFIGURATION = {
    "avc": (b"avc1", box(b"avcC", b"\1\x64\0\x1e\xff\xe0\0")),
    "hevc": (b"hvc1", box(b"hvcC", bytes((1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93)) + bytes(8) + b"\x0f\0")),
}
TYPES = {"avc": 0x1B, "hevc": 0x24}
HZ, PACKET = 90_000, 188


@dataclass(frozen=True)
class Group:
    """The pictures that a segment begins with, in coding order: what each is, and the how-manieth to be shown."""

    coding: str
    pictures: tuple[tuple[str, int], ...]

    def units(self, count: int) -> list[tuple[list[bytes], int]]:
        """The NAL units of so many pictures; whatever follows is shown as it is coded."""
        known = UNITS[self.coding]
        begin = [(known[kind if kind in known else "inner"], place) for kind, place in self.pictures]
        return begin + [(known["inner"], place) for place in range(len(begin), count)]


OPEN = Group("avc", (("entry", 2), ("skipped", 0), ("skipped", 1)))


def pictured(clip: Clip, group: Group, container: str) -> bytes:
    """A segment with the pictures of a clip; in MPEG-TS with sound, as ``tiny_media`` has it."""
    count = round(clip.duration * FPS)
    times = [clip.start + place * clip.duration / count for _, place in group.units(count)]
    pictures = [pair[0] for pair in group.units(count)]
    if container == "ts":
        return transport(group.coding, pictures, times, clip.start)
    return fragment(pictures, times, clip.start, clip.duration / count)


def header(coding: str) -> bytes:
    """An initialization section with one video track."""
    name, configuration = CONFIGURATION[coding]
    entry = box(name, bytes(24), struct.pack(">HH", 320, 180), bytes(50), configuration)
    stbl = box(b"stbl", box(b"stsd", bytes(4), struct.pack(">I", 1), entry), box(b"stts", bytes(8)))
    mdhd = box(b"mdhd", struct.pack(">5I", 0, 0, 0, HZ, 0), bytes(4))
    mdia = box(b"mdia", mdhd, box(b"hdlr", bytes(8), b"vide", bytes(13)), box(b"minf", stbl))
    trak = box(b"trak", box(b"tkhd", struct.pack(">6I", 3, 0, 0, 1, 0, 0), bytes(60)), mdia)
    mvex = box(b"mvex", box(b"trex", struct.pack(">6I", 0, 1, 1, 0, 0, 0)))
    return box(b"ftyp", b"iso6", bytes(4), b"iso6") + box(b"moov", box(b"mvhd", bytes(100)), trak, mvex)


def fragment(pictures: Sequence[list[bytes]], times: Sequence[float], start: float, lasts: float) -> bytes:
    """A moof and its mdat. All samples but the first are said to be no sync samples, whatever they are."""
    samples = [b"".join(struct.pack(">I", len(unit)) + unit for unit in units) for units in pictures]
    rows = b"".join(
        struct.pack(">IIIi", round(lasts * HZ), len(sample), 0x0101_0000 if index else 0x0200_0000,
                    round((shown - start) * HZ) - index * round(lasts * HZ))
        for index, (sample, shown) in enumerate(zip(samples, times, strict=True))
    )  # fmt: skip
    tfdt = box(b"tfdt", b"\1\0\0\0", struct.pack(">Q", round(start * HZ)))
    tfhd = box(b"tfhd", struct.pack(">II", 0x020000, 1))

    def moof(offset: int) -> bytes:
        trun = box(b"trun", struct.pack(">IIi", 0x0100_0F01, len(samples), offset), rows)
        return box(b"moof", box(b"mfhd", bytes(4), struct.pack(">I", 1)), box(b"traf", tfhd, tfdt, trun))

    return moof(len(moof(0)) + 8) + box(b"mdat", *samples)


def transport(coding: str, pictures: Sequence[list[bytes]], times: Sequence[float], start: float) -> bytes:
    """MPEG-TS with a PES packet a picture, and two of AAC; each PID fills a multiple of sixteen packets."""
    streams = bytes((TYPES[coding], 0xE1, 0, 0xF0, 0)) + b"\x0f\xe1\1\xf0\0"
    packets = [_table(0, 0, b"\0\1\xf0\0"), _table(0x1000, 2, b"\xe1\0\xf0\0" + streams)]
    for index, (units, shown) in enumerate(zip(pictures, times, strict=True)):
        head = SPS if coding == "avc" and not index else b""
        packets.append(_packet(0x100, index, _pes(0xE0, shown, head + b"".join(PREFIX + unit for unit in units))))
        if index < 2:
            packets.append(_packet(0x101, index, _pes(0xC0, start + index * 0.5, b"\xff\xf1\x4c")))
    for pid, done in ((0x100, len(times)), (0x101, 2)):
        packets += [_packet(pid, count, b"\0", begins=False) for count in range(done, done + -done % 16)]
    return b"".join(packets)


def clocked(*times: float) -> bytes:
    """Packets with nothing but clock references, in seconds, on the pictures' PID."""
    fields = (round(time * HZ) << 15 | 0x3F << 9 for time in times)
    return b"".join(b"\x47\1\0\x20\xb7\x10" + field.to_bytes(6) + b"\xff" * 176 for field in fields)


def _table(pid: int, table: int, body: bytes) -> bytes:
    """A table with a CRC that nobody checks."""
    body = b"\0\1\xc1\0\0" + body + bytes(4)
    return _packet(pid, 0, bytes((0, table)) + struct.pack(">H", 0xB000 | len(body)) + body)


def _pes(stream: int, seconds: float, payload: bytes) -> bytes:
    pts = round(seconds * HZ)
    stamp = bytes((0x21 | pts >> 29 & 14, pts >> 22 & 255, 1 | pts >> 14 & 254, pts >> 7 & 255, 1 | pts << 1 & 254))
    return b"\0\0\1" + bytes((stream, 0, 0, 0x80, 0x80, 5)) + stamp + payload


def _packet(pid: int, counter: int, payload: bytes, *, begins: bool = True) -> bytes:
    free = PACKET - 6 - len(payload)
    head = bytes((0x47, 0x40 * begins | pid >> 8, pid & 255, 0x30 | counter % 16, free + 1, 0))
    return head + b"\xff" * free + payload
