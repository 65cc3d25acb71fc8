"""A verdict: what became of one rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from offair.contracts.claim import Claim, Severity
from offair.contracts.violation import Violation

Outcome = Literal["kept", "broken", "not judged"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule found. ``why`` says why it was not judged, or what else there is to say.

    ``known`` counts the violations that a baseline had, and which are left out.
    """

    rule: Claim
    outcome: Outcome
    violations: tuple[Violation, ...] = ()
    why: str = ""
    known: int = 0

    @classmethod
    def of(cls, rule: Claim, violations: Iterable[Violation]) -> Self:
        """Judge by what was found: broken by any violation, kept without one."""
        found = tuple(violations)
        return cls(rule, "broken" if found else "kept", found)

    @property
    def grade(self) -> Severity:
        """How bad it is: a warning where the rule is no must, or where all that is broken is a guess of ours."""
        if self.violations and all(one.grade == "inferred" for one in self.violations):
            return "warning"
        return self.rule.grade
