"""AMF0 values to bytes and back, with bounds: the notation of RTMP commands and of FLV script tags.

Source: Adobe "Action Message Format AMF 0" (2007), sections 2.2 to 2.18. Left out on purpose: references, movie
clips, record sets and the switch to AMF3, which no encoder sends.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from offair.emulator.media.formats.errors import ProtocolError

DEEPEST = 16  # levels of nesting; an encoder's metadata has two
SHORT = 0xFFFF  # bytes of the longest string with a 16-bit length
END_OF_OBJECT = b"\x00\x00\x09"


class EcmaArray(dict[str, "Value"]):
    """An object that is marked as an ECMA array (2.10), as the fields of onMetaData usually are."""


@dataclass(frozen=True, slots=True)
class Date:
    """A moment in milliseconds since the epoch, UTC; the zone is reserved and is zero in practice (2.13)."""

    milliseconds: float
    zone: int = 0


Value: TypeAlias = "bool | float | str | Date | list[Value] | dict[str, Value] | None"


def encode(*values: Value) -> bytes:
    """Write values one after the other; ValueError for a property name of more than 65,535 bytes."""
    return b"".join(map(_encode, values))


def decode(data: bytes) -> list[Value]:
    """Read all values; undefined and unsupported become None, XML its text, a typed object a plain one.

    ProtocolError when the bytes end early, nest deeper than ``DEEPEST``, or hold an unknown marker.
    """
    return _Reader(data).values()


def _encode(value: Value) -> bytes:
    if value is None:
        return b"\x05"
    if isinstance(value, bool):
        return b"\x01\x01" if value else b"\x01\x00"
    if isinstance(value, str):
        text = value.encode()
        is_long = len(text) > SHORT
        return struct.pack(">BI" if is_long else ">BH", 12 if is_long else 2, len(text)) + text
    if isinstance(value, dict):
        return _encode_object(value)
    if isinstance(value, list):
        return struct.pack(">BI", 10, len(value)) + b"".join(map(_encode, value))
    if isinstance(value, Date):
        return struct.pack(">Bdh", 11, value.milliseconds, value.zone)
    return struct.pack(">Bd", 0, value)


def _encode_object(fields: dict[str, Value]) -> bytes:
    marker = struct.pack(">BI", 8, len(fields)) if isinstance(fields, EcmaArray) else b"\x03"
    return marker + b"".join(_name(name) + _encode(value) for name, value in fields.items()) + END_OF_OBJECT


def _name(name: str) -> bytes:
    text = name.encode()
    if len(text) > SHORT:
        raise ValueError(f"an AMF0 property name has at most {SHORT} bytes; this one has {len(text)}")
    return struct.pack(">H", len(text)) + text


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._depth = 0
        self._readers: dict[int, Callable[[], Value]] = {
            0: lambda: self._number(">d", 8),
            1: lambda: self._take(1) != b"\x00",
            2: lambda: self._text(">H", 2),
            3: lambda: self._object({}),
            5: lambda: None,
            6: lambda: None,
            8: self._ecma_array,
            10: self._strict_array,
            11: self._date,
            12: lambda: self._text(">I", 4),
            13: lambda: None,
            15: lambda: self._text(">I", 4),
            16: self._typed_object,
        }

    def values(self) -> list[Value]:
        found: list[Value] = []
        while self._at < len(self._data):
            found.append(self._value())
        return found

    def _value(self) -> Value:
        marker = self._take(1)[0]
        read = self._readers.get(marker)
        if read is None:
            raise ProtocolError(f"AMF0: no value starts with the marker {marker:#04x}")
        if self._depth == DEEPEST:
            raise ProtocolError(f"AMF0: values nest deeper than {DEEPEST} levels")
        self._depth += 1
        value = read()
        self._depth -= 1
        return value

    def _take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) < length:
            raise ProtocolError(f"AMF0: a value needs {length} bytes where {len(taken)} are left")
        self._at += length
        return taken

    def _number(self, layout: str, length: int) -> float:
        number: float = struct.unpack(layout, self._take(length))[0]
        return number

    def _text(self, layout: str, width: int) -> str:
        length: int = struct.unpack(layout, self._take(width))[0]
        return self._take(length).decode("utf-8", "replace")

    def _object(self, fields: dict[str, Value]) -> dict[str, Value]:
        while not self._data.startswith(END_OF_OBJECT, self._at):
            name = self._text(">H", 2)
            fields[name] = self._value()
        self._at += len(END_OF_OBJECT)
        return fields

    def _ecma_array(self) -> Value:
        self._take(4)  # the count is a hint; the end mark decides (2.10)
        return self._object(EcmaArray())

    def _typed_object(self) -> Value:
        self._text(">H", 2)  # the class means nothing outside ActionScript
        return self._object({})

    def _strict_array(self) -> Value:
        count: int = struct.unpack(">I", self._take(4))[0]
        if count > len(self._data) - self._at:
            raise ProtocolError(f"AMF0: an array claims {count} values in {len(self._data) - self._at} bytes")
        return [self._value() for _ in range(count)]

    def _date(self) -> Value:
        milliseconds, zone = struct.unpack(">dh", self._take(10))
        return Date(milliseconds, zone)
