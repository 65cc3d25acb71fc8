"""A report as a page."""

from collections.abc import Sequence
from html import escape

from offair.contracts.report import Report
from offair.contracts.sentences import MOST, line
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

STYLE = (
    ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:62em;margin:2em auto;"
    "padding:0 1em}"
    "h1{font-size:1.3em;overflow-wrap:anywhere}h2{font-size:1.1em;margin-top:1.6em}table{border-collapse:collapse;"
    "width:100%}td{padding:.35em .6em;vertical-align:top;border-bottom:1px solid #8883}td:first-child{width:5.5em;"
    "font-weight:600}.error{color:#c62838}.warning{color:#a86a00}.kept{color:#2a7d33}code{font-size:90%}small{opacity:.7}"
    "ul{margin:.3em 0 0;padding-left:1.2em;overflow-wrap:anywhere}summary{cursor:pointer;margin-top:1.6em}"
)


def write_html(report: Report) -> str:
    """Write a page for people: what is broken first, then the rest by subject; nothing is fetched from elsewhere."""
    head = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    seen = f"{report.seen}. " if report.seen else ""
    parts = [
        f"{head}<title>{escape(report.target)}</title><style>{STYLE}</style>",
        f"<h1>{escape(report.target)}</h1><p>{escape(seen + report.summary)}</p>",
    ]
    parts += _table("What is broken", sorted(report.broken, key=lambda one: one.grade))
    for subject in dict.fromkeys((*report.titles, *(one.rule.subject for one in report.verdicts))):
        title = report.titles.get(subject, subject.capitalize())
        parts += _table(title, [one for one in report.upheld if one.rule.subject == subject])
    parts += _unjudged(report.not_judged)
    return "\n".join(parts) + "\n"


def _unjudged(rest: Sequence[Verdict]) -> list[str]:
    if not rest:
        return []
    told = ", ".join(f"<code>{one.rule.name}</code>{f' ({escape(one.why)})' if one.why else ''}" for one in rest)
    return [f"<details><summary>{len(rest)} rules had nothing to judge</summary><p>{told}</p></details>"]


def _table(title: str, verdicts: Sequence[Verdict]) -> list[str]:
    return [f"<h2>{escape(title)}</h2><table>{''.join(map(_row, verdicts))}</table>"] if verdicts else []


def _row(verdict: Verdict) -> str:
    rule, word = verdict.rule, "kept" if verdict.outcome == "kept" else verdict.grade
    found = "".join(f"<li>{_item(one)}" for one in verdict.violations[:MOST])
    more = f"<li>… and {len(verdict.violations) - MOST} more" if len(verdict.violations) > MOST else ""
    said = f"<ul>{found}{more}</ul>" if found else ""
    return (
        f"<tr><td class={word}>{word}"
        f"<td><code>{rule.name}</code><td>{escape(rule.claim)}"
        f"<br><small>{rule.strength}; {escape(rule.source)}</small>{said}"
    )


def _item(one: Violation) -> str:
    again = f"<br><code>{escape(one.reproduce)}</code>" if one.reproduce else ""
    return escape(line(one)) + again
