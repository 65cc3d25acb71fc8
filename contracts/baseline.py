"""A baseline: findings that are known, so that only new ones count."""

import json
import re
from dataclasses import replace

from offair.contracts.report import Report
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

FORMAT = 1
# what changes from one run to the next: identifiers, dates, numbers
CHANGING = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\d[\d.:TZ-]*")

Finding = tuple[str, str, str, str]


def write_baseline(report: Report) -> str:
    """Write what a report found, for ``read_baseline``: sorted, once each, so that a version control shows changes."""
    found = sorted({_finding(verdict, one) for verdict in report.verdicts for one in verdict.violations})
    names = ("rule", "operation", "where", "message")
    rows = [dict(zip(names, finding, strict=True)) for finding in found]
    return json.dumps({"format": FORMAT, "findings": rows}, indent=2, ensure_ascii=False) + "\n"


def read_baseline(text: str) -> frozenset[Finding]:
    """Read known findings; ValueError says what is wrong with the text, and where."""
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is no JSON: {error}") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise ValueError(f'has no "format": {FORMAT}; write it with --baseline-update')
    try:
        return frozenset((row["rule"], row["operation"], row["where"], row["message"]) for row in said["findings"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"lacks {error} in a finding; write it with --baseline-update") from error


def leave_out_known(report: Report, known: frozenset[Finding]) -> Report:
    """Give the report without the findings that are known; a rule with no other is kept, and says so."""
    return replace(report, verdicts=tuple(_without(verdict, known) for verdict in report.verdicts))


def _without(verdict: Verdict, known: frozenset[Finding]) -> Verdict:
    fresh = [one for one in verdict.violations if _finding(verdict, one) not in known]
    gone = len(verdict.violations) - len(fresh)
    if not gone:
        return verdict
    return replace(Verdict.of(verdict.rule, fresh), known=gone, why=f"{gone} known by the baseline")


def _finding(verdict: Verdict, one: Violation) -> Finding:
    return verdict.rule.name, one.operation or "", _lasting(one.place), _lasting(one.message)


def _lasting(words: str) -> str:
    return CHANGING.sub("#", words)
