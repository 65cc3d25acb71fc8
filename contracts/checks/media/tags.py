"""A playlist's lines and attribute lists (RFC 8216 sections 4.1 and 4.2); what is wrong with them is kept as flaws."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

ATTRIBUTE = re.compile(r'\s*([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)\s*(?:,|$)')
LIST = re.compile(rf"(?:{ATTRIBUTE.pattern})+")
DECIMAL = re.compile(r"\d+(\.\d*)?|\.\d+")
INTEGER = re.compile(r"\d{1,20}")


@dataclass(frozen=True, slots=True)
class Tag:
    """A line that means something: a tag with its value, or a URI under the name ``""``."""

    name: str
    value: str
    line: int

    @property
    def attributes(self) -> Mapping[str, str]:
        """The value as an attribute list, quotes taken off; what is malformed is left out."""
        return {name: value.strip('"') for name, value in self.pairs}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of an attribute list, quotes and repetitions and all."""
        return ATTRIBUTE.findall(self.value)

    @property
    def is_well_formed_list(self) -> bool:
        """The value is an attribute list that names nothing twice (section 4.2)."""
        names = [name for name, _ in self.pairs]
        return LIST.fullmatch(self.value) is not None and len(set(names)) == len(names)


def tags(text: str) -> tuple[Tag, ...]:
    """Split a playlist into tags and URIs; comments and empty lines are ignored (section 4.1)."""
    found: list[Tag] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#EXT"):
            name, _, value = line[1:].partition(":")
            found.append(Tag(name, value, number))
        elif line and not line.startswith("#"):
            found.append(Tag("", line, number))
    return tuple(found)


def decimal(text: str | None) -> float | None:
    """Read a decimal-floating-point; None if it is none."""
    return float(text) if text is not None and DECIMAL.fullmatch(text) and len(text) < 40 else None


def integer(text: str | None) -> int | None:
    """Read a decimal-integer; None if it is none."""
    return int(text) if text is not None and INTEGER.fullmatch(text) else None


def moment(text: str | None) -> float | None:
    """Read a date and time (ISO 8601) as seconds since the epoch; None if it is none. No zone means UTC."""
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
