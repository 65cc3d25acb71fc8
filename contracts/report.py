"""A report: the verdicts of one judging, and all that its readers need to know."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

from offair.contracts.exchange import Exchange
from offair.contracts.sentences import spell_out, tell_unjudged
from offair.contracts.verdict import Outcome, Verdict
from offair.contracts.violation import Violation

FORMAT = 1
SHORT = 200  # characters: pytest cuts what is longer than 240


@dataclass(frozen=True, kw_only=True, repr=False)
class Report:
    """Verdicts, and the ``seed`` that finds the same again; None where nothing was drawn.

    ``kind`` is what was judged (``"server"``), ``target`` which one, ``seen`` how much of it, in words. ``titles`` are
    for subjects whose name says too little, and ``absent`` finishes the sentence "3 rules ..." of those not judged.
    A report is broken off when somebody did not wait for the rest. As text it is what a person reads: what is broken
    and how to see it again, what was not judged and why, how much was judged.
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

    @property
    def summary(self) -> str:
        """How it came out, in a sentence."""
        counts = self.counts
        return (
            f"{counts['kept']} rules kept, {counts['broken']} broken ({len(self.errors)} of them a must), "
            f"{counts['not_judged']} {self.absent}."
        )

    def __str__(self) -> str:
        lines = [f"{self.target}: {self.seen}" if self.seen else self.target]
        for verdict in self.broken:
            lines += spell_out(verdict)
        lines += tell_unjudged(self.not_judged)
        seed = "" if self.seed is None else f" Seed {self.seed} finds the same again."
        return "\n".join([*lines, "", self.summary + seed])

    def __repr__(self) -> str:
        """Short, for what shows it in the middle of other things; its text has all."""
        names = ", ".join(verdict.rule.name for verdict in self.broken)
        return shorten(f"<{self.kind} report: {self.summary[:-1]}{': ' if names else ''}{names}>", SHORT)

    def fails(self, *, strict: bool = False) -> bool:
        """Say whether something is broken that counts: errors, and if ``strict`` warnings too."""
        return bool(self.broken if strict else self.errors)

    def as_json(self) -> dict[str, Any]:
        """Give all of it as JSON has it: every rule with its outcome and violations."""
        return {"format": FORMAT, "seed": self.seed, "rules": [_row(verdict) for verdict in self.verdicts]}

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
