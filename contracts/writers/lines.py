"""The sentences that several writers have."""

from offair.contracts.report import Report
from offair.contracts.violation import Violation

MOST = 5  # violations of one rule that a report for people spells out


def line(violation: Violation) -> str:
    """One violation, below a heading that has its rule."""
    at = f"{violation.operation}, " if violation.operation else ""
    got = "" if violation.got is None else f": got {violation.got}"
    wanted = "" if violation.expected is None else f", expected {violation.expected}"
    return f"{at}{violation.place} {violation.message}{got}{wanted}"


def summary(report: Report) -> str:
    """How it came out, in a sentence."""
    counts = report.counts
    return (
        f"{counts['kept']} rules kept, {counts['broken']} broken ({len(report.errors)} of them a must), "
        f"{counts['not_judged']} {report.absent}."
    )


def printable(words: str) -> str:
    """Take out what XML 1.0 cannot hold."""
    return "".join(letter if letter in "\t\n" or letter.isprintable() else "\ufffd" for letter in words)
