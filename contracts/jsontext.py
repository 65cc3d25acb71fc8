"""JSON text, read strictly (RFC 8259): UTF-8 without a byte order mark, no NaN, no half of a surrogate pair."""

import math
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

AT_BYTE = re.compile(r" \(byte (\d+)\)$")
BEYOND = re.compile(rb"[0-9]{309}")  # digits that no number of double precision has, unless they are those of a text


class NotJsonError(ValueError):
    """A text is not JSON; ``offset`` is the byte where reading stopped."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.offset = offset


def parse(text: bytes) -> Any:
    """Parse a JSON text; NotJsonError says what is wrong, and where.

    The last of several members of one name stands. ``2.0`` is the integer 2, as JSON Schema has it (Draft 2020-12,
    section 6.1.1: type). A number beyond double precision is refused however it is written (RFC 8259, section 6), as
    nobody can reckon with it.
    """
    try:
        value = DECODER.decode(text)
    except RecursionError as error:
        raise NotJsonError("nested too deeply", 0) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = str(error).removeprefix("JSON is malformed: ")
        found = AT_BYTE.search(reason)
        raise NotJsonError(reason, int(found[1]) if found else len(text)) from error
    digits = BEYOND.search(text)
    if digits and any(type(one) is int and abs(one) > LARGEST for one in values_in(value)):
        raise NotJsonError(f"a number of {len(digits[0])} digits or more is out of range", digits.end())
    return value


def _number(text: str) -> int | float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of range")
    return int(number) if number.is_integer() else number


LARGEST = int(sys.float_info.max)
DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=_number)


def parse_or_none(text: bytes) -> Any:
    """Read JSON; None where there is nothing, and where it is something else."""
    try:
        return parse(text) if text else None
    except NotJsonError:
        return None


def is_json_number(value: Any) -> bool:
    """Say whether a value is a number of JSON; a truth, which Python counts among them, is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def follow(value: Any, way: Iterable[str]) -> Any:
    """Give the member at the end of a way through objects; None where it leads nowhere."""
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Give every object in a value of JSON, however deep, the outermost first."""
    return (node for node in values_in(value) if isinstance(node, dict))


def values_in(value: Any) -> Iterator[Any]:
    """Give a value of JSON and all that is in it, however deep, the outermost first."""
    waiting = deque([value])
    while waiting:
        node = waiting.popleft()
        yield node
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            waiting.extend(node.values())
