"""A playlist's lines and attribute lists (RFC 8216 sections 4.1 and 4.2); what is wrong with them is kept as flaws."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

# A name begins where a value may have ended, so that no stretch of a line is tried from each of its characters.
ATTRIBUTE = re.compile(r'(?<![^\s,"])([A-Z0-9-]+)=\s*("[^"\r\n]*"|[^",\s]+)\s*(?:,|$)')
PAIR = r'[A-Z0-9-]+=(?:"[^"\r\n]*"|[^",\s]+)'
LIST = re.compile(rf"{PAIR}(?:,{PAIR})*")
DECIMAL = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
INTEGER = re.compile(r"[0-9]{1,20}")
LARGEST = (1 << 64) - 1  # of a decimal-integer: section 4.2
DATE = re.compile(
    r"([0-9]{4}-?(?:[0-9]{2}-?[0-9]{2}|W[0-9]{2}-?[1-7]))"
    r"T((?:[01][0-9]|2[0-4])(?::?[0-5][0-9](?::?(?:[0-5][0-9]|60))?)?)([.,][0-9]+)?"
    r"(Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?"
)
REMEMBERED = 4096  # dates, and attribute lists: each version of a playlist repeats those of the one before
LEAP = "60"  # the last second of a minute that has one more


@dataclass(frozen=True, slots=True)
class Tag:
    """A line that means something: a tag with its value, or a URI under the name ``""``.

    White space around it is taken off; ``raw`` is the line as it was sent.
    """

    name: str
    value: str
    line: int
    raw: str = ""

    @property
    def attributes(self) -> Mapping[str, str]:
        """The value as an attribute list, quotes taken off; what is malformed is left out."""
        return {name: value.strip('"') for name, value in self.pairs}

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The names and values of an attribute list, quotes and repetitions and all."""
        return _pairs(self.value)

    @property
    def is_well_formed_list(self) -> bool:
        """The value is an attribute list that names nothing twice (section 4.2); white space is judged elsewhere."""
        names = [name for name, _ in self.pairs]
        return LIST.fullmatch(_tight(self.value)) is not None and len(set(names)) == len(names)

    @property
    def has_value(self) -> bool:
        """A colon stands behind the name."""
        return ":" in self.raw


def lines(text: str) -> list[str]:
    """Split a playlist at LF, CR LF, and at a CR that stands alone; no other character ends a line (section 4.1)."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def tags(text: str) -> tuple[Tag, ...]:
    """Split a playlist into tags and URIs; comments and empty lines are ignored (section 4.1)."""
    found: list[Tag] = []
    for number, raw in enumerate(lines(text), 1):
        line = raw.strip()
        if line.startswith("#EXT"):
            name, _, value = line[1:].partition(":")
            found.append(Tag(name.rstrip(), value.lstrip(), number, raw))
        elif line and not line.startswith("#"):
            found.append(Tag("", line, number, raw))
    return tuple(found)


def decimal(text: str | None) -> float | None:
    """Read a decimal-floating-point; None if it is none."""
    return float(text) if text is not None and DECIMAL.fullmatch(text) and len(text) < 40 else None


def integer(text: str | None) -> int | None:
    """Read a decimal-integer, which is below 2^64; None if it is none."""
    number = int(text) if text is not None and INTEGER.fullmatch(text) else None
    return number if number is None or number <= LARGEST else None


@lru_cache(maxsize=REMEMBERED)
def moment(text: str | None) -> float | None:
    """Read a date with a time (ISO 8601) as seconds since the epoch; None if it is none. No zone means UTC.

    A leap second is the first of the next minute, as POSIX has it; 24:00:00 is the end of a day.
    """
    found = DATE.fullmatch(text.strip()) if text is not None else None
    if found is None:
        return None
    date, clock, fraction, zone = found.groups("")
    digits = clock.replace(":", "").ljust(6, "0")
    seconds = 60 if digits[4:] == LEAP else int(digits[4:])
    if digits[:2] == "24" and digits.rstrip("0") != "24":
        return None
    try:
        day = datetime.fromisoformat(f"{date}T00:00{zone or 'Z'}")
        rest = seconds + _fraction(fraction, clock)
        return (day + timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=rest)).timestamp()
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=REMEMBERED)
def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(ATTRIBUTE.findall(text))


def outside_quotes(text: str) -> str:
    """What of an attribute list is not within a quoted string."""
    return '""'.join(text.split('"')[::2])


def _tight(text: str) -> str:
    """An attribute list without the white space between its parts."""
    pieces = text.split('"')
    pieces[::2] = ["".join(piece.split()) for piece in pieces[::2]]
    return '"'.join(pieces)


def _fraction(text: str, clock: str) -> float:
    """A decimal fraction is one of the smallest unit that is written (ISO 8601:2004 section 4.2.2.4)."""
    unit = {2: 3600, 4: 60}.get(len(clock.replace(":", "")), 1)
    return float(f"0.{text[1:40]}") * unit if text else 0.0
