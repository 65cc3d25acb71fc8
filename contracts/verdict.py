"""A verdict: what became of one rule."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from traceback import walk_tb
from typing import Literal, Self

from offair.contracts.claim import Claim, Severity
from offair.contracts.violation import Violation

Outcome = Literal["kept", "broken", "not judged"]
SAID = 120  # letters of what went wrong that are told


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule found. ``why`` says why it was not judged, or what else there is to say.

    ``known`` counts the violations that a baseline had, and which are left out. ``is_ours`` where the rule itself
    failed: a fault of the judge's, and of nobody who is judged.
    """

    rule: Claim
    outcome: Outcome
    violations: tuple[Violation, ...] = ()
    why: str = ""
    known: int = 0
    is_ours: bool = False

    @classmethod
    def guarded(cls, rule: Claim, judge: Callable[[], Self]) -> Self:
        """Judge; a rule that fails is not judged, and says so: it takes no other verdict with it."""
        try:
            return judge()
        except Exception as error:  # noqa: BLE001 - whatever it is, the report of all other rules is worth more
            why = f"the check itself {failing(error)}"
            return cls(rule, "not judged", why=why, is_ours=True)

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


def failing(error: Exception) -> str:
    """Say that the judge has failed, and how: a fault of ours, which whoever is judged has no part in."""
    where = next(reversed([*walk_tb(error.__traceback__)]), None)
    place = "" if where is None else f" in {where[0].f_code.co_name}, line {where[1]}"
    said = f"{type(error).__name__}: {str(error)[:SAID]}{place}"
    return f"failed ({said}): a fault of Offair's, and not of what is judged; please report it"
