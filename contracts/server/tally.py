"""What became of each rule over many small histories, in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from offair.contracts.claim import Claim
from offair.contracts.exchange import Exchange
from offair.contracts.server.target import UnreachableError
from offair.contracts.verdict import Verdict, failing
from offair.contracts.violation import Violation

MOST = 20  # violations of a rule that are kept: the first, one for each place, the shortest there
KEPT = 5000  # exchanges that a report has


class Tally:
    """Counts verdicts: a rule is broken if it ever was, and kept if it ever was and never broken.

    The ``listener`` hears of all that was exchanged.
    """

    def __init__(self, rules: Sequence[Claim], listener: Callable[[Sequence[Exchange]], None] | None = None) -> None:
        self.rules = rules
        self._listener = listener
        self.exchanges: list[Exchange] = []
        self.seen = 0
        self._judged: set[str] = set()
        self._why: dict[str, str] = {}
        self._failed: dict[str, Verdict] = {}
        self.failures: list[str] = []
        self._found: dict[str, dict[tuple[str | None, str, str, str], Violation]] = {}

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """Take in what became of some rules; those that are not asked for are left out."""
        names = {rule.name for rule in self.rules}
        for verdict in verdicts:
            name = verdict.rule.name
            if verdict.is_ours:
                self._failed.setdefault(name, verdict)
            if name in names and verdict.outcome != "not judged":
                self._judged.add(name)
                for one in verdict.violations:
                    self._keep(name, one)
            elif verdict.why:
                self._why.setdefault(name, verdict.why)

    def keep(self, name: str) -> None:
        """Say that a rule was judged and kept, once more."""
        self._judged.add(name)

    def breach(self, rule: Claim, one: Violation) -> None:
        """Take in one violation."""
        self.add([Verdict.of(rule, [one])])

    def note(self, exchanges: Sequence[Exchange]) -> None:
        """Remember what was exchanged, the first thousands of it."""
        if self._listener is not None:
            self._listener(exchanges)
        self.seen += len(exchanges)
        self.exchanges.extend(exchanges[: KEPT - len(self.exchanges)])

    @contextmanager
    def going_on(self, what: str) -> Iterator[None]:
        """Go on with the rest where a part of the judging itself fails, and remember that; whoever is away is away."""
        try:
            yield
        except UnreachableError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, what is judged so far is worth more
            self.failures.append(f"{what} {failing(error)}")

    def excuse(self, name: str, why: str) -> None:
        """Say why a rule cannot be judged, if it is not."""
        self._why[name] = why

    @property
    def broken(self) -> set[str]:
        """Name the rules that were broken so far."""
        return set(self._found)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Give the verdict on each rule, in the order of the rules."""
        return tuple(self._verdict(rule) for rule in self.rules)

    def _verdict(self, rule: Claim) -> Verdict:
        if rule.name in self._failed and rule.name not in self._found:
            return self._failed[rule.name]
        if rule.name not in self._judged:
            return Verdict(rule, "not judged", why=self._why.get(rule.name, "nothing of the kind was seen"))
        return Verdict.of(rule, sorted(self._found.get(rule.name, {}).values(), key=_standing))

    def _keep(self, name: str, one: Violation) -> None:
        place = one.operation, one.rule, one.where, ".".join(str(p) for p in one.path if isinstance(p, str))
        kept = self._found.setdefault(name, {})
        if place not in kept or len(one.reproduce or "") < len(kept[place].reproduce or ""):
            kept[place] = one
        if len(kept) > MOST:
            del kept[max(kept, key=lambda other: _standing(kept[other]))]


def _standing(one: Violation) -> tuple[bool, str, str]:
    return one.grade != "documented", one.operation or "", one.place
