"""What a track is coded as: the name that CODECS has for it (RFC 6381), and the size of a picture."""

import struct
from collections.abc import Iterator
from typing import Literal

Format = tuple[str | None, tuple[int, int] | None]
UNKNOWN: Format = (None, None)

VISUAL, AUDIO = 78, 28  # bytes of a sample entry before its boxes: ISO/IEC 14496-12 sections 12.1.3 and 12.2.3
PROFILES_WITH_CHROMA = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}  # H.264 section 7.3.2.1.1
MPEG4_AUDIO = 0x40
ESCAPED = 31  # an audio object type that does not fit in five bits: ISO/IEC 14496-3 section 1.6.2.1


def read_entry(stsd: bytes) -> Format:
    """Read the first sample entry of an stsd box; what is not known by name is named by its four characters."""
    if len(stsd) < 16:
        return UNKNOWN
    name, body = stsd[12:16].decode("latin-1"), stsd[16 : 8 + struct.unpack_from(">I", stsd, 8)[0]]
    is_picture = name in {"encv", "avc1", "avc3", "hvc1", "hev1", "av01", "vp08", "vp09", "dvh1", "dvhe"}
    inner = dict(_boxes(body[VISUAL if is_picture else AUDIO :]))
    original = dict(_boxes(inner.get(b"sinf", b""))).get(b"frma", b"")
    name = original[:4].decode("latin-1") if original else name
    size = struct.unpack_from(">HH", body, 24) if is_picture and len(body) >= VISUAL else None
    avc, hevc, esds = (inner.get(kind, b"") for kind in (b"avcC", b"hvcC", b"esds"))
    if len(avc) >= 4:
        return f"{name}.{avc[1:4].hex()}", size
    if len(hevc) >= 13:
        return f"{name}.{_hevc(hevc)}", size
    if esds:
        return _mpeg4_audio(esds), size
    return name, size


def read_coding(stsd: bytes) -> tuple[Literal["avc", "hevc"], int] | None:
    """How NAL units are coded, and in how many bytes their lengths are; None where samples have no NAL units."""
    if len(stsd) < 16 or stsd[12:16] == b"encv":  # of what is encrypted, little can be read for sure
        return None
    size = struct.unpack_from(">I", stsd, 8)[0]
    inner = dict(_boxes(stsd[16 + VISUAL : 8 + size]))
    avc, hevc = inner.get(b"avcC", b""), inner.get(b"hvcC", b"")
    if len(avc) > 4:
        return "avc", (avc[4] & 3) + 1
    return ("hevc", (hevc[21] & 3) + 1) if len(hevc) > 21 else None


def read_avc(head: bytes) -> Format:
    """Read an H.264 access unit's sequence parameter set (section 7.3.2.1.1)."""
    at = head.find(b"\0\0\1")
    while at >= 0 and at + 3 < len(head):
        end = head.find(b"\0\0\1", at + 3)
        if head[at + 3] & 0x1F == 7:
            unit = head[at + 4 : end if end >= 0 else None].replace(b"\0\0\3", b"\0\0")
            return (f"avc1.{unit[:3].hex()}", _avc_size(unit)) if len(unit) >= 4 else UNKNOWN
        at = end
    return UNKNOWN


def read_adts(head: bytes) -> Format:
    """Read an ADTS header's object type (ISO/IEC 14496-3 section 1.A.2)."""
    is_adts = len(head) > 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0
    return (f"mp4a.40.{(head[2] >> 6) + 1}", None) if is_adts else UNKNOWN


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Sibling boxes, as far as they make sense: what is broken in a sample entry is no reason to read no segment."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        yield kind, data[at + 8 : at + size]
        at += size


def _hevc(config: bytes) -> str:
    """Write a decoder configuration as CODECS has it (ISO/IEC 14496-15 annex E.3)."""
    space = ("", "A", "B", "C")[config[1] >> 6]
    flags = int(f"{struct.unpack_from('>I', config, 2)[0]:032b}"[::-1], 2)
    constraints = config[6:12].rstrip(b"\0")
    parts = [f"{space}{config[1] & 0x1F}", f"{flags:X}", f"{'H' if config[1] & 0x20 else 'L'}{config[12]}"]
    return ".".join(parts + [f"{one:X}" for one in constraints])


def _mpeg4_audio(esds: bytes) -> str:
    """Find the object type in an esds box (ISO/IEC 14496-14 section 5.6)."""
    data, kind = esds[4:], 0
    for tag, skipped in ((3, 3), (4, 13), (5, 0)):
        if not data or data[0] != tag:
            break
        start = 1
        while start < len(data) and data[start] & 0x80:
            start += 1
        data = data[start + 1 :]
        kind = data[0] if tag == 4 and data else kind
        if tag == 5 and len(data) >= 2:
            first = data[0] >> 3
            return f"mp4a.40.{first if first != ESCAPED else 32 + ((data[0] & 7) << 3 | data[1] >> 5)}"
        data = data[skipped:]
    return f"mp4a.{kind:x}" if kind not in {0, MPEG4_AUDIO} else "mp4a"


class _Bits:
    """Reads a bit stream; past its end there are zeros."""

    def __init__(self, data: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in data)
        self._at = 0

    def number(self, count: int) -> int:
        self._at += count
        return int(self._bits[self._at - count : self._at].ljust(count, "0") or "0", 2)

    def golomb(self) -> int:
        zeros = 0
        while zeros < 32 and not self.number(1):
            zeros += 1
        return (1 << zeros) - 1 + self.number(zeros)

    def signed(self) -> int:
        value = self.golomb()
        return (value + 1) // 2 if value % 2 else -(value // 2)


def _avc_size(unit: bytes) -> tuple[int, int] | None:
    """Width and height after cropping."""
    bits, chroma = _Bits(unit[3:200]), 1
    bits.golomb()
    if unit[0] in PROFILES_WITH_CHROMA:
        chroma = bits.golomb()
        if chroma == 3:
            bits.number(1)
        bits.golomb()
        bits.golomb()
        bits.number(1)
        if bits.number(1):  # scaling matrices: rare, and long to skip
            return None
    bits.golomb()
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.number(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.golomb(), 255)):
            bits.signed()
    bits.golomb()
    bits.number(1)
    width, height = 16 * (bits.golomb() + 1), 16 * (bits.golomb() + 1)
    is_progressive = bits.number(1)
    height *= 1 if is_progressive else 2
    if not is_progressive:
        bits.number(1)
    bits.number(1)
    if bits.number(1):
        across, down = (2 if chroma in {1, 2} else 1), (2 if chroma == 1 else 1) * (1 if is_progressive else 2)
        width -= across * (bits.golomb() + bits.golomb())
        height -= down * (bits.golomb() + bits.golomb())
    return width, height
