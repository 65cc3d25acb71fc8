"""Verdicts and violations in the words of a report for people."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from offair.contracts.terminal import beginning, harmless
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

MANY = 12  # rules of one subject that are told of by their number
LONGEST = 1000  # characters of what was got
MOST = 5  # violations of one rule that a report for people spells out


def line(violation: Violation) -> str:
    """One violation, below a heading that has its rule: a line, whatever it is that was got."""
    at = f"{violation.operation}, " if violation.operation else ""
    got = "" if violation.got is None else f": got {beginning(str(violation.got), LONGEST)}"
    wanted = "" if violation.expected is None else f", expected {violation.expected}"
    return harmless(f"{at}{violation.place} {violation.message}{got}{wanted}")


def spell_out(verdict: Verdict) -> Iterator[str]:
    """Spell out a broken rule: its claim, its source, and the first of its violations with how to see them again.

    What several in a row are seen by is told once, below the last of them.
    """
    rule = verdict.rule
    grade = "" if verdict.grade == rule.grade else f", {verdict.grade}: a guess of ours is all that says so"
    yield from ("", f"{rule.name} ({rule.strength}{grade}): {rule.claim}", f"  {rule.source}")
    shown = verdict.violations[:MOST]
    for one, following in zip(shown, (*shown[1:], None), strict=True):
        yield f"  - {line(one)}"
        if one.source not in rule.source:
            yield f"    said by {one.source}"
        if one.reproduce and (following is None or following.reproduce != one.reproduce):
            yield "    " + "\n".join(map(harmless, one.reproduce.split("\n")))
    if len(verdict.violations) > MOST:
        yield f"  … and {len(verdict.violations) - MOST} more"


def tell_unjudged(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Tell which rules were not judged, reason by reason."""
    reasons: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.why:
            reasons.setdefault(verdict.why, []).append(verdict.rule.name)
    if reasons:
        yield ""
    for why, names in reasons.items():
        yield f"not judged, {why}: {', '.join(_named(names))}"


def _named(names: Iterable[str]) -> Iterator[str]:
    """Name rules one by one; those of a subject that has many of them only by it."""
    for subject, found in groupby(names, key=lambda name: name.partition("/")[0]):
        same = tuple(found)
        yield from same if len(same) < MANY else (f"{len(same)} of {subject}/*",)
