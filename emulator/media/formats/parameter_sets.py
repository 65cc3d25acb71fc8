"""How large a picture is, from the sequence parameter set that its encoder sends.

Source: ITU-T H.264, 7.3.2.1.1; ITU-T H.265, 7.3.2.2 and 7.3.3.
"""

import re
from collections.abc import Iterable

from offair.emulator.media.formats.bits import Bits

START_CODE = re.compile(rb"\x00\x00\x00?\x01")
AVC_SPS, HEVC_SPS = 7, 33  # NAL unit types
HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
CHROMA_UNITS = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}  # luma samples for one of chroma, across and down
MACROBLOCK = 16

Size = tuple[int, int]


def find_size(units: Iterable[bytes], codec: str) -> Size | None:
    """Find (width, height) as shown among NAL units of ``avc1`` or ``hvc1``; None where no unit says it.

    Raises MalformedMediaError for a parameter set that ends too early.
    """
    for unit in units:
        if codec == "avc1" and unit and unit[0] & 31 == AVC_SPS:
            return _avc_size(Bits(_without_emulation(unit[1:]), "sequence parameter set"))
        if codec == "hvc1" and unit and unit[0] >> 1 & 63 == HEVC_SPS:
            return _hevc_size(Bits(_without_emulation(unit[2:]), "sequence parameter set"))
    return None


def split_units(content: bytes) -> list[bytes]:
    """Split a byte stream (H.264, annex B) into its NAL units."""
    return START_CODE.split(content)[1:]


def _without_emulation(unit: bytes) -> bytes:
    return unit.replace(b"\0\0\3", b"\0\0")


def _avc_size(bits: Bits) -> Size:
    profile = bits.take(8)
    bits.take(16)
    bits.golomb()
    chroma = 1
    if profile in HIGH_PROFILES:
        chroma = bits.golomb()
        if chroma == 3:
            bits.take(1)
        bits.golomb()
        bits.golomb()
        bits.take(1)
        if bits.take(1):
            _pass_scaling(bits, 8 if chroma != 3 else 12)
    bits.golomb()
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.take(1)
        bits.golomb()
        bits.golomb()
        for _ in range(bits.golomb()):
            bits.golomb()
    bits.golomb()
    bits.take(1)
    width, height = bits.golomb() + 1, bits.golomb() + 1
    is_progressive = bits.take(1)
    if not is_progressive:
        bits.take(1)
    bits.take(1)
    fields = 2 - is_progressive
    across, down = CHROMA_UNITS.get(chroma, (1, 1))
    left, right, top, bottom = _window(bits)
    return (
        width * MACROBLOCK - across * (left + right),
        height * MACROBLOCK * fields - down * fields * (top + bottom),
    )


def _pass_scaling(bits: Bits, lists: int) -> None:
    """Step over scaling lists: ITU-T H.264, 7.3.2.1.1.1."""
    for number in range(lists):
        if not bits.take(1):
            continue
        last = following = 8
        for _ in range(16 if number < 6 else 64):
            if following:
                code = bits.golomb()
                step = (code + 1) // 2 if code % 2 else -(code // 2)
                following = (last + step) % 256
            last = following or last


def _hevc_size(bits: Bits) -> Size:
    bits.take(4)
    layers = bits.take(3)
    bits.take(1 + 88 + 8)
    if layers:
        present = [(bits.take(1), bits.take(1)) for _ in range(8)]
        for has_profile, has_level in present[:layers]:
            bits.take(88 * has_profile + 8 * has_level)
    bits.golomb()
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    width, height = bits.golomb(), bits.golomb()
    across, down = CHROMA_UNITS.get(chroma, (1, 1))
    left, right, top, bottom = _window(bits)
    return width - across * (left + right), height - down * (top + bottom)


def _window(bits: Bits) -> tuple[int, int, int, int]:
    """Read what is cut off at the left, right, top and bottom, if anything."""
    if not bits.take(1):
        return 0, 0, 0, 0
    return bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()
