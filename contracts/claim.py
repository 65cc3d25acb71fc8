"""A claim: one rule by its name, what it says, on whose word, and how binding it is."""

from dataclasses import dataclass
from typing import Literal

Strength = Literal["must", "should"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What every rule says of itself. ``name`` is ``"<subject>/<what>"``.

    ``strength`` is the key word of the source (RFC 2119): what must be done, or what should.
    """

    name: str
    source: str
    claim: str
    strength: Strength = "must"

    @property
    def subject(self) -> str:
        """What the rule is about."""
        return self.name.partition("/")[0]

    @property
    def grade(self) -> Severity:
        """How bad a breach is: of what must be done it is an error, of what should be a warning."""
        return "error" if self.strength == "must" else "warning"
