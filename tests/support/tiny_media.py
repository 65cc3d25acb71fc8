"""The smallest segments that are still segments: some hundred bytes of fragmented MP4 or MPEG-TS, made here."""

import struct

TIMESCALE = 90_000
FPS = 10
NON_SYNC = 0x0101_0000
SYNC = 0x0200_0000


def box(kind: bytes, *payload: bytes) -> bytes:
    """A box of ISO/IEC 14496-12."""
    content = b"".join(payload)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, flags: int, *payload: bytes, version: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *payload)


def _u32(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def init(kind: str = "video") -> bytes:
    """An initialization section with one track."""
    handler = {"video": b"vide", "audio": b"soun"}[kind]
    mdhd = _full(b"mdhd", 0, _u32(0, 0, TIMESCALE, 0), b"\x55\xc4\0\0")
    hdlr = _full(b"hdlr", 0, _u32(0), handler, bytes(13))
    trak = box(b"trak", _full(b"tkhd", 3, _u32(0, 0, 1, 0, 0), bytes(60)), box(b"mdia", mdhd, hdlr))
    trex = _full(b"trex", 0, _u32(1, 1, TIMESCALE // FPS, 0, NON_SYNC if kind == "video" else SYNC))
    return box(b"ftyp", b"iso6", _u32(0), b"iso6") + box(b"moov", trak, box(b"mvex", trex))


def fragment(start: float, duration: float, *, is_key: bool = True, size: int = 60) -> bytes:
    """A moof and its mdat: frames of equal length that fill ``duration`` seconds from ``start``."""
    ticks, frames = round(duration * TIMESCALE), max(1, round(duration * FPS))
    lengths = [ticks // frames + (index < ticks % frames) for index in range(frames)]
    samples = b"".join(struct.pack(">II", length, size // frames) for length in lengths)
    trun = _full(b"trun", 0x305, _u32(frames, 0, SYNC if is_key else NON_SYNC), samples)
    tfdt = _full(b"tfdt", 0, struct.pack(">Q", round(start * TIMESCALE)), version=1)
    traf = box(b"traf", _full(b"tfhd", 0x020000, _u32(1)), tfdt, trun)
    return box(b"moof", _full(b"mfhd", 0, _u32(1)), traf) + box(b"mdat", bytes(size))


def transport(start: float, duration: float, *, is_key: bool = True, has_tables: bool = True, size: int = 0,
              programs: int = 1) -> bytes:  # fmt: skip
    """MPEG-TS with H.264 and AAC: a PES packet for each picture, and one of sound for all."""
    pat = _section(b"".join(bytes((0, 1 + index, 0xF0, index)) for index in range(programs)), table=0)
    streams = b"\x1b\xe1\0\xf0\0" + b"\x0f\xe1\1\xf0\0"
    pmt = _section(b"\xe1\0\xf0\0" + streams, table=2)
    packets = [_packet(0, pat), _packet(0x1000, pmt)] if has_tables else []
    frames = max(2, round(duration * FPS))
    for index in range(frames):
        slice_type = 0x65 if is_key and index == 0 else 0x41
        packets.append(_packet(0x100, _pes(0xE0, start + index * duration / frames, bytes((0, 0, 0, 1, slice_type)))))
        if index < 2:
            packets.append(_packet(0x101, _pes(0xC0, start + index * duration / 2, b"\xff\xf1")))
    packets += [_packet(0x1FFF, b"", starts=False)] * (size // 188)
    return b"".join(packets)


def _section(body: bytes, *, table: int) -> bytes:
    """A table with a CRC that nobody checks."""
    body = b"\0\1\xc1\0\0" + body
    return bytes((0, table)) + struct.pack(">H", 0xB000 | len(body) + 4) + body + bytes(4)


def _pes(stream: int, seconds: float, payload: bytes) -> bytes:
    pts = round(seconds * 90_000) % (1 << 33)
    stamp = bytes(
        (0x21 | pts >> 29 & 0xE, pts >> 22 & 0xFF, 1 | pts >> 14 & 0xFE, pts >> 7 & 0xFF, 1 | pts << 1 & 0xFE)
    )
    return b"\0\0\1" + bytes((stream, 0, 0, 0x80, 0x80, 5)) + stamp + payload


def _packet(pid: int, payload: bytes, *, starts: bool = True) -> bytes:
    """One packet; what the payload leaves free is stuffed."""
    head = bytes((0x47, (0x40 if starts else 0) | pid >> 8, pid & 0xFF))
    if not payload:
        return head + b"\x10" + bytes([0xFF]) * 184
    free = 184 - len(payload) - 2
    return head + b"\x30" + bytes((free + 1, 0)) + bytes([0xFF]) * free + payload
