"""A report for a terminal."""

from collections.abc import Iterator, Sequence

from offair.contracts.report import Report
from offair.contracts.verdict import Verdict
from offair.contracts.writers.lines import MOST, line, summary


def write_text(report: Report) -> str:
    """Write what is broken, what was not judged and why, then how much was judged."""
    lines = [f"{report.target}: {report.seen}" if report.seen else report.target]
    for verdict in report.broken:
        lines += _broken(verdict)
    lines += _unjudged(report.not_judged)
    seed = "" if report.seed is None else f" Seed {report.seed} finds the same again."
    lines += ("", summary(report) + seed)
    return "\n".join(lines) + "\n"


def _broken(verdict: Verdict) -> Iterator[str]:
    rule = verdict.rule
    grade = "" if verdict.grade == rule.grade else f", {verdict.grade}: a guess of ours is all that says so"
    yield from ("", f"{rule.name} ({rule.strength}{grade}): {rule.claim}", f"  {rule.source}")
    for one in verdict.violations[:MOST]:
        yield f"  - {line(one)}"
        if one.source not in rule.source:
            yield f"    said by {one.source}"
        if one.reproduce:
            yield f"    {one.reproduce}"
    if len(verdict.violations) > MOST:
        yield f"  … and {len(verdict.violations) - MOST} more"


def _unjudged(verdicts: Sequence[Verdict]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.why:
            reasons.setdefault(verdict.why, []).append(verdict.rule.name)
    if reasons:
        yield ""
    for why, names in reasons.items():
        yield f"not judged, {why}: {', '.join(names)}"
