"""Verdicts as a report: text, JSON, JUnit XML or HTML. Pure."""

import json
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Literal
from xml.etree import ElementTree as ET

from offair.contracts.checks.media.rulebook import Verdict
from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.violation import Violation

MOST = 5  # violations of one rule that a report for people spells out
SUBJECTS = {
    "http": "Every answer",
    "hls": "HLS media playlists",
    "master": "HLS master playlist",
    "ll": "Low-latency HLS",
    "dash": "DASH",
}
STYLE = (
    ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:62em;margin:2em auto;"
    "padding:0 1em}"
    "h1{font-size:1.3em;overflow-wrap:anywhere}h2{font-size:1.1em;margin-top:1.6em}table{border-collapse:collapse;"
    "width:100%}td{padding:.35em .6em;vertical-align:top;border-bottom:1px solid #8883}td:first-child{width:5.5em;"
    "font-weight:600}.error{color:#c62838}.warning{color:#a86a00}.kept{color:#2a7d33}code{font-size:90%}small{opacity:.7}"
    "ul{margin:.3em 0 0;padding-left:1.2em;overflow-wrap:anywhere}summary{cursor:pointer;margin-top:1.6em}"
)


Form = Literal["text", "json", "junit", "html"]


def write_report(timeline: Timeline, verdicts: Sequence[Verdict], form: Form) -> str:
    """Write a report in the form that is asked for."""
    match form:
        case "text":
            return text(timeline, verdicts)
        case "json":
            return as_json(timeline, verdicts)
        case "junit":
            return junit(timeline, verdicts)
        case "html":
            return html(timeline, verdicts)


def text(timeline: Timeline, verdicts: Sequence[Verdict]) -> str:
    """Write for a terminal: what is broken, then how much was judged."""
    lines = [f"{timeline.entry}: {_seen(timeline)}"]
    for verdict in verdicts:
        if verdict.outcome != "broken":
            continue
        rule = verdict.rule
        lines += ("", f"{rule.name} ({rule.strength}): {rule.claim}", f"  {rule.source}")
        lines += (f"  - {_line(violation)}" for violation in verdict.violations[:MOST])
        if len(verdict.violations) > MOST:
            lines.append(f"  … and {len(verdict.violations) - MOST} more")
    lines += ("", _summary(verdicts))
    return "\n".join(lines) + "\n"


def as_json(timeline: Timeline, verdicts: Sequence[Verdict]) -> str:
    """Write for programs: every rule with its outcome and violations."""
    rules = [
        {
            "rule": verdict.rule.name,
            "claim": verdict.rule.claim,
            "source": verdict.rule.source,
            "strength": verdict.rule.strength,
            "grade": verdict.rule.grade,
            "outcome": verdict.outcome,
            "violations": [
                {"where": one.where, "message": one.message, "got": one.got, "expected": one.expected}
                for one in verdict.violations
            ],
        }
        for verdict in verdicts
    ]
    seen = {"url": timeline.entry, "answers": len(timeline.fetches), "seconds": round(_seconds(timeline), 1)}
    counts = Counter(verdict.outcome.replace(" ", "_") for verdict in verdicts)
    seen |= {"format": 1, **{outcome: counts[outcome] for outcome in ("kept", "broken", "not_judged")}}
    return json.dumps({**seen, "rules": rules}, indent=2, ensure_ascii=False, default=str) + "\n"


def junit(timeline: Timeline, verdicts: Sequence[Verdict]) -> str:
    """Write for CI: a test case for each rule, skipped where there was nothing to judge."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    suite = ET.Element(
        "testsuite",
        {
            "name": f"offair check media {timeline.entry}",
            "tests": str(len(verdicts)),
            "failures": str(counts["broken"]),
            "skipped": str(counts["not judged"]),
            "errors": "0",
            "time": f"{_seconds(timeline):.1f}",
        },
    )
    for verdict in verdicts:
        rule = verdict.rule
        subject, _, name = rule.name.partition("/")
        case = ET.SubElement(suite, "testcase", {"classname": f"media.{subject}", "name": name, "time": "0"})
        if verdict.outcome == "broken":
            failure = ET.SubElement(case, "failure", {"message": _printable(rule.claim), "type": rule.strength})
            failure.text = _printable("\n".join((rule.source, *map(_line, verdict.violations))))
        elif verdict.outcome == "not judged":
            ET.SubElement(case, "skipped", {"message": "the origin has nothing of that kind"})
    ET.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"


def html(timeline: Timeline, verdicts: Sequence[Verdict]) -> str:
    """Write a page for people: what is broken first, then the rest by subject; nothing is fetched from elsewhere."""
    head = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    parts = [
        f"{head}<title>{escape(timeline.entry)}</title><style>{STYLE}</style>",
        f"<h1>{escape(timeline.entry)}</h1><p>{escape(_seen(timeline))}. {escape(_summary(verdicts))}</p>",
    ]
    broken = [verdict for verdict in verdicts if verdict.outcome == "broken"]
    parts += _table("What is broken", sorted(broken, key=lambda one: one.rule.grade))
    for subject, title in SUBJECTS.items():
        parts += _table(title, [one for one in verdicts if one.rule.subject == subject and one.outcome == "kept"])
    rest = [verdict.rule.name for verdict in verdicts if verdict.outcome == "not judged"]
    if rest:
        names = ", ".join(f"<code>{name}</code>" for name in rest)
        parts.append(f"<details><summary>{len(rest)} rules had nothing to judge</summary><p>{names}</p></details>")
    return "\n".join(parts) + "\n"


def _table(title: str, verdicts: Sequence[Verdict]) -> list[str]:
    return [f"<h2>{title}</h2><table>{''.join(map(_row, verdicts))}</table>"] if verdicts else []


def _row(verdict: Verdict) -> str:
    rule, is_kept = verdict.rule, verdict.outcome == "kept"
    found = "".join(f"<li>{escape(_line(one))}" for one in verdict.violations[:MOST])
    more = f"<li>… and {len(verdict.violations) - MOST} more" if len(verdict.violations) > MOST else ""
    said = f"<ul>{found}{more}</ul>" if found else ""
    return (
        f"<tr><td class={'kept' if is_kept else rule.grade}>{'kept' if is_kept else rule.grade}"
        f"<td><code>{rule.name}</code><td>{escape(rule.claim)}"
        f"<br><small>{rule.strength}; {escape(rule.source)}</small>{said}"
    )


def _line(violation: Violation) -> str:
    """One violation, below a heading that has its rule."""
    got = "" if violation.got is None else f": got {violation.got}"
    wanted = "" if violation.expected is None else f", expected {violation.expected}"
    return f"{violation.where} {violation.message}{got}{wanted}"


def _seen(timeline: Timeline) -> str:
    return f"{len(timeline.fetches)} answers in {_seconds(timeline):.1f} s"


def _seconds(timeline: Timeline) -> float:
    return max((fetch.at for fetch in timeline.fetches), default=timeline.began) - timeline.began


def _summary(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(verdict.outcome for verdict in verdicts)
    musts = sum(verdict.outcome == "broken" and verdict.rule.strength == "must" for verdict in verdicts)
    return (
        f"{counts['kept']} rules kept, {counts['broken']} broken ({musts} of them a must), "
        f"{counts['not judged']} about what this origin does not have."
    )


def _printable(words: str) -> str:
    """Take out what XML 1.0 cannot hold."""
    return "".join(letter if letter in "\t\n" or letter.isprintable() else "\ufffd" for letter in words)
