"""A report: the verdicts of one judging, and all that its readers need to know."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from offair.contracts.exchange import Exchange
from offair.contracts.verdict import Outcome, Verdict
from offair.contracts.violation import Violation

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Report:
    """Verdicts, and the ``seed`` that finds the same again; None where nothing was drawn.

    ``kind`` is what was judged (``"server"``), ``target`` which one, ``seen`` how much of it, in words. ``titles`` are
    for subjects whose name says too little, and ``absent`` finishes the sentence "3 rules ..." of those not judged.
    A report is broken off when somebody did not wait for the rest.
    """

    kind: str
    target: str
    verdicts: tuple[Verdict, ...]
    seed: int | None = None
    seen: str = ""
    seconds: float = 0.0
    titles: Mapping[str, str] = field(default_factory=dict)
    absent: str = "not judged"
    is_broken_off: bool = False
    exchanges: tuple[Exchange, ...] = ()

    @property
    def kept(self) -> bool:
        """Nothing is broken that counts; warnings do not, and what was not judged is not broken."""
        return not self.errors

    @property
    def upheld(self) -> tuple[Verdict, ...]:
        """The rules that were judged and are kept."""
        return self._of("kept")

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """The rules that are broken, warnings too."""
        return self._of("broken")

    @property
    def not_judged(self) -> tuple[Verdict, ...]:
        """The rules that had nothing to judge; each says why."""
        return self._of("not judged")

    @property
    def errors(self) -> tuple[Verdict, ...]:
        """Of the broken rules those that are more than a warning."""
        return tuple(one for one in self.broken if one.grade == "error")

    @property
    def violations(self) -> list[Violation]:
        """Everything that was found, rule by rule."""
        return [found for verdict in self.verdicts for found in verdict.violations]

    @property
    def counts(self) -> dict[str, int]:
        """How many rules came out how."""
        counts = Counter(verdict.outcome for verdict in self.verdicts)
        outcomes: tuple[Outcome, ...] = ("kept", "broken", "not judged")
        return {outcome.replace(" ", "_"): counts[outcome] for outcome in outcomes}

    def fails(self, *, strict: bool = False) -> bool:
        """Say whether something is broken that counts: errors, and if ``strict`` warnings too."""
        return bool(self.broken if strict else self.errors)

    def as_json(self) -> dict[str, Any]:
        """Give all of it as JSON has it: every rule with its outcome and violations."""
        return {"format": FORMAT, "seed": self.seed, "rules": [_row(verdict) for verdict in self.verdicts]}

    def __str__(self) -> str:
        """Tell each fault for a failing test: which rule, what it claims, and what was found."""
        lines = [f"{self.target}: {len(self.broken)} of {len(self.verdicts)} rules are broken"]
        for verdict in self.broken:
            lines.append(f"{verdict.rule.name} ({verdict.grade}): {verdict.rule.claim}")
            lines += (f"  - {found}{f'; {found.reproduce}' if found.reproduce else ''}" for found in verdict.violations)
        return "\n".join(lines)

    def _of(self, outcome: Outcome) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.outcome == outcome)


def _row(verdict: Verdict) -> dict[str, Any]:
    why = {"why": verdict.why} if verdict.why else {}
    return {
        "rule": verdict.rule.name,
        "claim": verdict.rule.claim,
        "source": verdict.rule.source,
        "strength": verdict.rule.strength,
        "grade": verdict.grade,
        "outcome": verdict.outcome.replace(" ", "_"),
        **why,
        "violations": [
            {
                "where": found.place,
                "message": found.message,
                "expected": found.expected,
                "got": found.got,
                "source": found.source,
                "operation": found.operation,
                "reproduce": found.reproduce,
            }
            for found in verdict.violations
        ],
    }
