"""A report for CI: JUnit XML."""

from xml.etree import ElementTree as ET

from offair.contracts.report import Report
from offair.contracts.sentences import line

NOTHING = "there was nothing of that kind"


def write_junit(report: Report) -> str:
    """Write a test case for each rule: failed where it is broken, skipped where there was nothing to judge."""
    counts = report.counts
    suite = ET.Element(
        "testsuite",
        {
            "name": _printable(f"offair check {report.kind} {report.target}"),
            "tests": str(len(report.verdicts)),
            "failures": str(counts["broken"]),
            "skipped": str(counts["not_judged"]),
            "errors": "0",
            "time": f"{report.seconds:.1f}",
        },
    )
    for verdict in report.verdicts:
        rule = verdict.rule
        subject, _, name = rule.name.partition("/")
        case = ET.SubElement(suite, "testcase", {"classname": f"{report.kind}.{subject}", "name": name, "time": "0"})
        if verdict.outcome == "broken":
            kind = rule.strength if verdict.grade == rule.grade else verdict.grade
            failure = ET.SubElement(case, "failure", {"message": _printable(rule.claim), "type": kind})
            told = (part for one in verdict.violations for part in (line(one), one.reproduce) if part)
            failure.text = _printable("\n".join((rule.source, *told)))
        elif verdict.outcome == "not judged":
            ET.SubElement(case, "skipped", {"message": _printable(verdict.why or NOTHING)})
    ET.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"


def _printable(words: str) -> str:
    """Take out what XML 1.0 cannot hold."""
    return "".join(letter if letter in "\t\n" or letter.isprintable() else "\ufffd" for letter in words)
