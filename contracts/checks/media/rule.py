"""A rule: one claim about an origin, with the section that makes it, and the function that judges it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.claim import Claim, Strength
from offair.contracts.violation import Violation

CLOSE = 1e-6  # seconds: what rounding may do to two equal times
SLACK = 0.5  # seconds: what the clocks of judge and origin may differ by, and a request may lose on its way


class Finding(NamedTuple):
    """A place where a rule is broken: the resource's URL or the answer that shows it."""

    seen: Fetch | str
    message: str
    got: Any = None
    expected: Any = None


Find = Callable[[Timeline], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Claim):
    """Calling it judges a timeline; its subjects are those of ``Timeline.subjects``."""

    find: Find

    def is_about(self, timeline: Timeline) -> bool:
        """There is something in the timeline that the rule could judge."""
        return self.subject in timeline.subjects

    def __call__(self, timeline: Timeline) -> list[Violation]:
        """Judge a timeline: one violation for each resource that breaks the rule, where it breaks it first."""
        if not self.is_about(timeline):
            return []
        found: dict[str, list[Finding]] = {}
        for finding in self.find(timeline):
            found.setdefault(_url(finding.seen), []).append(finding)
        return [self._violation(url, findings, timeline) for url, findings in found.items()]

    def _violation(self, url: str, findings: list[Finding], timeline: Timeline) -> Violation:
        first = findings[0]
        more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
        when = f" at +{first.seen.at - timeline.began:.1f} s" if isinstance(first.seen, Fetch) else ""
        return Violation(
            rule=self.name,
            where=shown(url, timeline.entry) + when,
            message=f"{first.message}{more}",
            source=self.source,
            expected=first.expected,
            got=first.got,
        )


def rule(name: str, source: str, *, strength: Strength = "must") -> Callable[[Find], Rule]:
    """Make a function a rule; its docstring's first line is the claim."""

    def make(find: Find) -> Rule:
        claim = (find.__doc__ or "").strip().splitlines()[0]
        return Rule(name=name, source=source, claim=claim, strength=strength, find=find)

    return make


def shown(url: str, entry: str) -> str:
    """Write a URL relative to the folder of the entry, where it lies below it."""
    folder = entry.partition("?")[0].rpartition("/")[0] + "/"
    return url.removeprefix(folder) if url.startswith(folder) and url != folder else url


def short(url: str) -> str:
    """The last part of a URL's path, for sentences."""
    return url.partition("?")[0].rpartition("/")[2] or url


def _url(seen: Fetch | str) -> str:
    return seen if isinstance(seen, str) else seen.resource
