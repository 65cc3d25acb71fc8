"""A drill: a situation that a client is put into, and one claim about what it does then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from offair.contracts.claim import Claim, Strength
from offair.contracts.client.finding import Called
from offair.contracts.client.stage import Stage
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Grade, Violation

# None for each situation that was met and passed, so that "nothing to practise" differs from "nothing is wrong"
Practise = Callable[[Stage], Iterable[Violation | None]]

HTTP = "RFC 9110"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill(Claim):
    """``absent`` says what is not there when there is nothing to practise."""

    practise: Practise
    absent: str

    def judge(self, stage: Stage) -> Verdict:
        """Put the client into the situation, at each operation that has what it needs."""
        found = list(self.practise(stage))
        if not found:
            return Verdict(self, "not judged", why=self.absent)
        return Verdict.of(self, (one for one in found if one is not None))


def drill(source: str, *, absent: str, strength: Strength = "must") -> Callable[[Practise], Drill]:
    """Make a function a drill; it is called as the function is, and its docstring's first line is the claim."""

    def make(practise: Practise) -> Drill:
        name = f"drills/{practise.__name__}"
        claim = (practise.__doc__ or "").strip().splitlines()[0]
        return Drill(name=name, source=source, claim=claim, strength=strength, practise=practise, absent=absent)

    return make


def breach(called: Called, message: str, *, situation: str, grade: Grade = "documented", source: str = "") -> Violation:
    """Say what a client does wrong at an operation; ``situation`` says how to see it again."""
    return Violation(
        rule="drill",
        where=called.name,
        message=message,
        grade=grade,
        source=source or called.operation.source,
        operation=called.operation.key,
        reproduce=situation,
    )
