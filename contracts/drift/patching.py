"""Writing what was seen into a contract: edits of its YAML text, which leave everything else as somebody wrote it."""

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from offair.contracts.contract import OPENAPI, Contract
from offair.contracts.drift.edits import Edit, ListEdit, edited, spell_word
from offair.contracts.drift.judging import Drifted
from offair.contracts.drift.observing import EACH, Change
from offair.contracts.pointer import TOGETHER
from offair.contracts.wording import JSON

SOURCES = "SOURCES.md"
HEADING = "## Seen, and not documented"


def propose(contract: Contract, drifted: Drifted) -> str:
    """Write a unified diff of the contract's document and its sources; empty where nothing can be proposed.

    Everything is marked as inferred, with where and when it was seen: whether anybody documents it has to be found out.
    """
    document = contract.folder.joinpath(OPENAPI).read_text("utf-8")
    source = f"seen at {drifted.seen_at}" + (f", {drifted.seen_on}" if drifted.seen_on else "")
    outline = Outline(document)
    edits, told = set[Edit | ListEdit](), list[str]()
    for change in drifted.changes:
        edit = outline.edit(change, source)
        if edit is not None:
            edits.add(edit)
            told.append(f"| {change.where}: {_words(change)} | inferred | {source} |")
    sources = contract.folder.joinpath(SOURCES)
    before = sources.read_text("utf-8") if sources.is_file() else ""
    folder = "/".join(("contracts", contract.name, *([contract.service] if contract.service else [])))
    return _diff(f"{folder}/{OPENAPI}", document, edited(document, edits)) + _diff(
        f"{folder}/{SOURCES}", before, _listed(before, list(dict.fromkeys(told)))
    )


class Outline:
    """A YAML document with the places at which everything stands."""

    def __init__(self, text: str) -> None:
        self._root: Any = yaml.compose(text, Loader=yaml.SafeLoader)

    def edit(self, change: Change, source: str) -> Edit | ListEdit | None:
        """The edit that lets a document say what was seen; None where it is no matter of one word."""
        method, _, path = change.operation.partition(" ")
        answers = _follow(self._root, ("paths", path, method.lower(), "responses"))
        if change.rule == "status":
            content = f", content: {{{json.dumps(change.media_type)}: {{}}}}" if change.media_type else ""
            value = f"{{description: {json.dumps(source)}{content}}}"
            return answers and _entry(answers, json.dumps(str(change.value)), value)
        answer = self._resolved(_get(answers, change.status))
        schema = _follow(answer, ("content", change.media_type, "schema"))
        is_of_owner = change.rule in {"member", "required"}
        nodes = self._clauses(schema)
        for step in change.place[:-1] if is_of_owner else change.place:
            nodes = [inner for node in nodes for one in self._steps(node, step) for inner in self._clauses(one)]
        found = (_edit_of(node, change, source) for node in nodes)
        return next((edit for edit in found if edit is not None), None)

    def _resolved(self, node: Any) -> Any:
        reference = _get(node, "$ref")
        while reference is not None:
            parts = (part.replace("~1", "/").replace("~0", "~") for part in reference.value.split("/")[1:])
            node = _follow(self._root, tuple(parts))
            reference = _get(node, "$ref")
        return node

    def _clauses(self, node: Any) -> list[Any]:
        """Every mapping that judges the same value, as ``unfold`` has them."""
        if node is None:
            return []
        node = self._resolved(node)
        inner = [one for word in TOGETHER for one in getattr(_get(node, word), "value", ())]
        return [node, *(clause for one in inner for clause in self._clauses(one))]

    def _steps(self, node: Any, step: str) -> Iterator[Any]:
        found = _get(node, "items") if step == EACH else _get(_get(node, "properties"), step)
        if found is not None:
            yield found


def _edit_of(node: Any, change: Change, source: str) -> Edit | ListEdit | None:
    """The edit of one mapping of a schema; None where it does not say what was broken."""
    match change.rule:
        case "member":
            named = _get(node, "properties")
            kind = JSON.get(type(change.value))
            kind_of = f"type: {kind}, " if kind is not None and change.value is not None else ""
            value = f"{{{kind_of}x-grade: inferred, x-source: {json.dumps(source)}}}"
            return named and _entry(named, spell_word(change.place[-1]), value)
        case "required":
            needed = _get(node, "required")
            names = [one.value for one in needed.value] if needed is not None else []
            if change.place[-1] not in names:
                return None
            taken = change.place[-1]
            return ListEdit(needed.start_mark.index, _end_of(needed), take=taken) if needed.flow_style else None
        case "enum":
            values = _get(node, "enum")
            if values is None or not values.flow_style:
                return None
            place = values.end_mark.index - 1
            return Edit(place, place, f", {json.dumps(change.value)}")
        case "type":
            kind = _get(node, "type")
            if kind is None or not (isinstance(kind, yaml.ScalarNode) or kind.flow_style):
                return None
            return ListEdit(kind.start_mark.index, _end_of(kind), add=JSON.get(type(change.value), "null"))
    return None


def _entry(mapping: Any, key: str, value: str) -> Edit | None:
    """Put a further entry first into a mapping."""
    if not isinstance(mapping, yaml.MappingNode) or not mapping.value:
        return None
    if mapping.flow_style:
        place = mapping.value[0][0].start_mark.index
        return Edit(place, place, f"{key}: {value}, ")
    first = mapping.value[0][0].start_mark
    return Edit(first.index, first.index, f"{key}: {value}\n{' ' * first.column}")


def _get(node: Any, name: str) -> Any:
    """Find a member of a mapping, of those that are merged into it too (``<<``)."""
    if not isinstance(node, yaml.MappingNode):
        return None
    merged: list[Any] = []
    for key, value in node.value:
        if key.value == name:
            return value
        if key.value == "<<":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
    return next((found for one in merged if (found := _get(one, name)) is not None), None)


def _follow(node: Any, way: tuple[str, ...]) -> Any:
    for name in way:
        node = _get(node, name)
    return node


def _end_of(node: Any) -> int:
    return int(node.end_mark.index)


def _listed(text: str, rows: list[str]) -> str:
    fresh = [row for row in rows if row not in text]
    if not fresh:
        return text
    head = "" if HEADING in text else f"\n{HEADING}\n\n| fact | grade | source |\n|---|---|---|\n"
    return text.rstrip("\n") + "\n" + head + "\n".join(fresh) + "\n"


def _words(change: Change) -> str:
    said: Mapping[str, str] = {
        "member": f"there is such a member ({JSON.get(type(change.value), 'null')})",
        "required": "it may be missing",
        "enum": f"it may be `{change.value}`",
        "type": f"it may be {JSON.get(type(change.value), 'null')}",
        "status": "it is answered",
    }
    return said[change.rule]


def _diff(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(lines)
