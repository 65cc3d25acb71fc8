"""A check: one claim about exchanges, with the function that judges it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from offair.contracts.checks.seen import History
from offair.contracts.claim import Claim, Strength
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

# None for each place that was looked at and is kept, so that "nothing to judge" differs from "nothing is wrong"
Found = Violation | None
Find = Callable[[History], Iterable[Found]]
KEPT: tuple[Found, ...] = (None,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Claim):
    """Calling it judges exchanges by a contract. ``absent`` says what is not there when there is nothing to judge."""

    find: Find
    absent: str

    def __call__(self, contract: Contract, exchanges: Sequence[Exchange]) -> list[Violation]:
        """Judge exchanges in the order in which they were asked."""
        return list(self.judge(History(contract, exchanges)).violations)

    def judge(self, history: History) -> Verdict:
        """Judge, and say so where there was nothing to judge."""
        found = list(self.find(history))
        if not found:
            return Verdict(self, "not judged", why=self.absent)
        return Verdict.of(self, (one for one in found if one is not None))


def check(name: str, source: str, *, absent: str, strength: Strength = "must") -> Callable[[Find], Check]:
    """Make a function a check; its docstring's first line is the claim."""

    def make(find: Find) -> Check:
        claim = (find.__doc__ or "").strip().splitlines()[0]
        return Check(name=name, source=source, claim=claim, strength=strength, find=find, absent=absent)

    return make
