"""The smallest segments that are still segments: some hundred bytes of fragmented MP4 or MPEG-TS, made here."""

import struct

TIMESCALE = 90_000
FPS = 10
NON_SYNC = 0x0101_0000
SYNC = 0x0200_0000
SIZE = (320, 180)
CODECS = {"video": "avc1.64001e", "audio": "mp4a.40.2"}
SPS = bytes.fromhex("000000016764001eacd941419f9f011000000300100000030140f162d960")  # 320x180, High, level 3


def box(kind: bytes, *payload: bytes) -> bytes:
    """A box of ISO/IEC 14496-12."""
    content = b"".join(payload)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, flags: int, *payload: bytes, version: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *payload)


def _u32(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def init(kind: str = "video", *, brand: bytes = b"iso6", has_mvex: bool = True, lasts: int = 0, entries: int = 0,
         codec: str = "", size: tuple[int, int] = SIZE) -> bytes:  # fmt: skip
    """An initialization section with one track: H.264 or AAC."""
    handler = {"video": b"vide", "audio": b"soun"}[kind]
    mdhd = _full(b"mdhd", 0, _u32(0, 0, TIMESCALE, 0), b"\x55\xc4\0\0")
    hdlr = _full(b"hdlr", 0, _u32(0), handler, bytes(13))
    entry = _video_entry(codec or CODECS["video"], size) if kind == "video" else _audio_entry(codec or CODECS["audio"])
    stbl = box(b"stbl", _full(b"stsd", 0, _u32(1), entry), _full(b"stts", 0, _u32(entries), bytes(8 * entries)))
    mdia = box(b"mdia", mdhd, hdlr, box(b"minf", stbl))
    trak = box(b"trak", _full(b"tkhd", 3, _u32(0, 0, 1, 0, lasts), bytes(60)), mdia)
    trex = _full(b"trex", 0, _u32(1, 1, TIMESCALE // FPS, 0, NON_SYNC if kind == "video" else SYNC))
    mvhd = _full(b"mvhd", 0, _u32(0, 0, TIMESCALE, lasts), bytes(80))
    return box(b"ftyp", brand, _u32(0), brand) + box(b"moov", mvhd, trak, box(b"mvex", trex) if has_mvex else b"")


def _video_entry(codec: str, size: tuple[int, int]) -> bytes:
    name, _, profile = codec.partition(".")
    head = bytes(24) + struct.pack(">HH", *size) + bytes(50)
    return box(name.encode(), head, box(b"avcC", b"\1" + bytes.fromhex(profile) + b"\xff\xe0\0"))


def _audio_entry(codec: str) -> bytes:
    kind = int(codec.rpartition(".")[2])
    specific = bytes((5, 2, kind << 3 | 1, 0x90))
    config = bytes((4, 13 + len(specific), 0x40)) + bytes(12) + specific
    return box(b"mp4a", bytes(28), _full(b"esds", 0, bytes((3, 3 + len(config), 0, 0, 0)) + config))


def fragment(start: float, duration: float, *, is_key: bool = True, size: int = 60, has_key: bool = True,
             has_time: bool = True, base: int | None = None, track: int = 1) -> bytes:  # fmt: skip
    """A moof and its mdat: frames of equal length that fill ``duration`` seconds from ``start``.

    Without ``is_key`` the second frame is the key frame, without ``has_key`` none is.
    """
    ticks, frames = round(duration * TIMESCALE), max(1, round(duration * FPS))
    lengths = [ticks // frames + (index < ticks % frames) for index in range(frames)]
    flags = [SYNC if has_key and index == (0 if is_key else 1) else NON_SYNC for index in range(frames)]
    samples = b"".join(_u32(length, size // frames, flag) for length, flag in zip(lengths, flags, strict=True))
    trun = _full(b"trun", 0x701, _u32(frames, 0), samples)
    tfdt = _full(b"tfdt", 0, struct.pack(">Q", round(start * TIMESCALE)), version=1) if has_time else b""
    place = b"" if base is None else struct.pack(">Q", base)
    traf = box(b"traf", _full(b"tfhd", 0x020000 | (base is not None), _u32(track), place), tfdt, trun)
    return box(b"moof", _full(b"mfhd", 0, _u32(1)), traf) + box(b"mdat", bytes(size))


def transport(start: float, duration: float, *, is_key: bool = True, has_tables: bool = True, size: int = 0,
              programs: int = 1, has_key: bool = True, first_counter: int = 0) -> bytes:  # fmt: skip
    """MPEG-TS with H.264 and AAC: a PES packet for each picture, and one of sound for all.

    Each PID has a multiple of sixteen packets, so that continuity counters go on from one segment to the next.
    """
    pat = _section(b"".join(bytes((0, 1 + index, 0xF0, index)) for index in range(programs)), table=0)
    streams = b"\x1b\xe1\0\xf0\0" + b"\x0f\xe1\1\xf0\0"
    pmt = _section(b"\xe1\0\xf0\0" + streams, table=2)
    packets = [_packet(0, pat), _packet(0x1000, pmt)] if has_tables else []
    frames, key = max(2, round(duration * FPS)), (0 if is_key else 1) if has_key else -1
    for index in range(frames):
        picture = SPS + bytes((0, 0, 1, 0x65 if index == key else 0x41))
        stamp = start + index * duration / frames
        packets.append(_packet(0x100, _pes(0xE0, stamp, picture), index + first_counter, is_key=index == key))
        if index < 2:
            packets.append(_packet(0x101, _pes(0xC0, start + index * duration / 2, b"\xff\xf1\x4c"), index))
    for pid, done in ((0x100, frames), (0x101, 2)):
        rest = range(done, done + -done % 16)
        packets += [_packet(pid, b"\0", at + first_counter * (pid == 0x100), starts=False) for at in rest]
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


def _packet(pid: int, payload: bytes, counter: int = 0, *, starts: bool = True, is_key: bool = False) -> bytes:
    """One packet; what the payload leaves free is stuffed."""
    head = bytes((0x47, (0x40 if starts else 0) | pid >> 8, pid & 0xFF))
    if not payload:
        return head + b"\x10" + bytes([0xFF]) * 184
    free = 184 - len(payload) - 2
    flags = 0x40 if is_key else 0
    return head + bytes((0x30 | counter % 16, free + 1, flags)) + bytes([0xFF]) * free + payload
