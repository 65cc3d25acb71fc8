"""What a coded picture can be decoded without, by its NAL units: H.264 sections 7.4.1 and D.2.8, H.265 section 7.4.2.2.

A group of pictures is *open* where pictures that are shown before its first one, and coded after it, need the group
before: a decoder that begins there has to leave them out (stream access points of type 3, ISO/IEC 14496-12 annex I).
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

Coding = Literal["avc", "hevc"]
Kind = Literal["reset", "entry", "decodable", "skipped", "inner"]
"""``reset`` is an IDR picture, ``entry`` another one that decoding may begin with (CRA, BLA, a recovery point).

Leading pictures are ``decodable`` (RADL) or ``skipped`` (RASL) by who begins at the entry, ``inner`` are all others.
"""

LOOKED_AT = 40  # pictures at a segment's beginning: more than can be coded out of order
SEI = {"avc": {6}, "hevc": set[int]()}
RECOVERY_POINT = 6
KEYS: tuple[Kind, ...] = ("reset", "entry")


class Coded(NamedTuple):
    """A picture: what it is, as far as that can be read, and when it is shown, in ticks of any length."""

    kind: Kind | None
    shown: int


def units(data: bytes) -> Iterator[bytes]:
    """Split a byte stream into NAL units (H.264 annex B)."""
    at = data.find(b"\0\0\1")
    while at >= 0:
        end = data.find(b"\0\0\1", at + 3)
        yield data[at + 3 : end if end >= 0 else None]
        at = end


def prefixed_units(data: bytes, prefix: int) -> Iterator[bytes]:
    """Split a sample into NAL units by their lengths (ISO/IEC 14496-15 section 5.3.2)."""
    at = 0
    while at + prefix <= len(data):
        size = int.from_bytes(data[at : at + prefix])
        yield data[at + prefix : at + prefix + size]
        at += prefix + size


def kind_of(found: Iterator[bytes], coding: Coding) -> Kind | None:
    """Tell what a picture is by its first slice and what stands before it; None where there is no slice."""
    is_recovery = False
    for unit in found:
        if not unit:
            continue
        if coding == "avc":
            kind = unit[0] & 0x1F
            if 1 <= kind <= 5:
                return "reset" if kind == 5 else "entry" if is_recovery else "inner"
            is_recovery |= kind in SEI[coding] and _recovers_at_once(unit)
        elif (kind := unit[0] >> 1 & 0x3F) < 32:
            return _hevc(kind)
    return None


def is_closed(pictures: Sequence[Coded], coding: Coding) -> bool | None:
    """No picture of a segment needs one from before its first; None where that cannot be told.

    In H.264 nothing marks a picture as leading, but that it is shown before the one that it follows.
    """
    first, *others = pictures
    if first.kind == "reset":
        return True
    if first.kind != "entry":
        return None
    if coding == "avc":
        return all(other.shown >= first.shown for other in others)
    for other in others:
        if other.kind == "skipped":
            return False
        if other.kind != "decodable":
            return None if other.kind is None else True
    return None if others else True


def _hevc(kind: int) -> Kind:
    if kind in {19, 20}:
        return "reset"
    if 16 <= kind <= 23:
        return "entry"
    return "skipped" if kind in {8, 9} else "decodable" if kind in {6, 7} else "inner"


def _recovers_at_once(unit: bytes) -> bool:
    """An SEI message says that pictures are right from here on: a recovery point with a recovery_frame_cnt of 0."""
    at = 1
    while at + 2 < len(unit):
        kind = size = 0
        for which in ("kind", "size"):
            value = 0
            while at < len(unit) and unit[at] == 0xFF:
                value, at = value + 255, at + 1
            value, at = value + (unit[at] if at < len(unit) else 0), at + 1
            kind, size = (value, size) if which == "kind" else (kind, value)
        if kind == RECOVERY_POINT:
            return at < len(unit) and bool(unit[at] & 0x80)  # a first bit of 1 is an Exp-Golomb code of 0
        at += size
    return False
