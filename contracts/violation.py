"""What was promised, what was got, and who says so."""

from dataclasses import dataclass
from reprlib import Repr
from typing import Any, Literal

Grade = Literal["documented", "inferred"]
Path = tuple[str | int, ...]

SHOWN = 60  # characters of a value
LONGEST = 250  # characters of a member's name
DEPTH = 2  # lists in lists that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule of a contract, at one place.

    ``rule`` is a JSON Schema keyword (``"required"``, ``"maxLength"``), a word for what stands around a body
    (``"status"``, ``"content_type"``), or the code of a rule that the cloud has a name for. ``where`` says what
    was judged (``"request.body"``), ``path`` the place in it; a missing member is blamed at its own path.
    ``expected`` is the keyword's value (the limit, the allowed values), ``got`` what stood there, None if nothing
    did. ``message`` finishes the sentence "<path> ...", ``source`` says who promised it.

    ``operation`` is the key of the operation that it happened at, and ``reproduce`` how to see it again: a curl line,
    or what an answer differs in from a published one; None where nobody said.

    A named rule has a ``field``, the dotted place that the cloud attaches its error to, and the cloud's own
    ``text``.
    """

    rule: str
    where: str
    message: str
    source: str
    path: Path = ()
    expected: Any = None
    got: Any = None
    grade: Grade = "documented"
    field: str | None = None
    text: str | None = None
    operation: str | None = None
    reproduce: str | None = None

    @property
    def place(self) -> str:
        """What was judged, and the place in it."""
        return f"{self.where} at {dotted(self.path)}" if self.path else self.where

    @property
    def is_type_error(self) -> bool:
        """The value is of another JSON type than the contract has there."""
        return self.rule == "type"

    @property
    def is_named(self) -> bool:
        """The rule is one that the cloud has its own code and text for."""
        return self.field is not None

    def __str__(self) -> str:
        got = "" if self.got is None else f", got {_clipped(self.got)}"
        return f"{self.place}: {self.message}{got} ({self.rule}; {self.grade}: {self.source})"


def dotted(path: Path) -> str:
    """Write a path with dots, list positions too: ``ladder.video.0.height``; of a very long name the beginning."""
    return ".".join(str(part)[:LONGEST] for part in path)


def brief(value: Any) -> Any:
    """Give a value itself where it is a short one, and else a text of a line that shows it."""
    is_short = value is None or isinstance(value, int | float) or (isinstance(value, str) and len(value) <= SHOWN)
    return value if is_short else _clipped(value)


def _clipped(value: Any) -> str:
    short = Repr()
    short.maxstring = short.maxother = short.maxlong = SHOWN
    short.maxlevel = DEPTH
    return short.repr(value)
