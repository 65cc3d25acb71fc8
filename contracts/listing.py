"""The rules as a list: for a terminal, for programs, or as the tables of the documents."""

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from offair.contracts.claim import Claim

Form = Literal["text", "json", "markdown"]


def write_rules(form: Form, rules: Sequence[Claim], titles: Mapping[str, str]) -> str:
    """Write every rule with its name, key word, claim and source; ``titles`` name the subjects, in their order."""
    match form:
        case "text":
            return "".join(f"{one.name} ({one.strength}): {one.claim}\n    {one.source}\n" for one in rules)
        case "json":
            rows = [
                {
                    "rule": one.name,
                    "strength": one.strength,
                    "grade": one.grade,
                    "claim": one.claim,
                    "source": one.source,
                }
                for one in rules
            ]
            return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
        case "markdown":
            return "\n".join(_section(subject, title, rules) for subject, title in titles.items())


def _section(subject: str, title: str, rules: Sequence[Claim]) -> str:
    rows = [
        f"| `{one.name}` | {one.strength} | {_cell(one.claim)} | {_cell(one.source)} |"
        for one in rules
        if one.subject == subject
    ]
    return "\n".join([f"## {title}", "", "| rule | | what it asks for | who says so |", "|---|---|---|---|", *rows, ""])


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("*", "\\*")
