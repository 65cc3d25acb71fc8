"""Does a search find what has its words, and nothing else? Judging searches."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.pages import SIZES
from offair.contracts.checks.resources import Thing, listed, lives, names_listed, things
from offair.contracts.checks.seen import History, Seen, led_by
from offair.contracts.operation import Operation
from offair.contracts.parameters import Parameter
from offair.contracts.violation import Violation

SEARCH = "search"
SOUGHT = re.compile(r"^(q|query|search|term|text|keywords?)$", re.IGNORECASE)
TITLES = re.compile(r"^(title|name|[a-z]+_name)$", re.IGNORECASE)
WORD = re.compile(r"\w{4,}")  # shorter ones stand in any answer
FEW = 10  # rows: a list of more may be a page of many
SOURCE = "what the operation is called, and its parameter"


def words_sought(operation: Operation) -> list[Parameter]:
    """The parameters of a list by which people search it, whatever they are called; none where it is no search."""
    named = [one for one in operation.query_parameters if SOUGHT.match(one.name)]
    return named if operation.method == "GET" and SEARCH in operation.path.split("/") else []


@check("reads/found", SOURCE, absent="nothing was searched for", strength="should")
def found(history: History) -> Iterator[Violation | None]:
    """Who searches for the title of what is there finds it, and who searches for other words does not."""
    there: dict[str, tuple[Thing, Seen]] = {}
    ends = {id(call): thing for thing, calls in lives(history) for call in calls if not call.is_read}
    made = {id(thing.made): thing for thing in things(history)}
    for call in history.calls:
        if id(call) in made:
            there[made[id(call)].path] = made[id(call)], call
        elif id(call) in ends and call.exchange.method != "POST":  # it may be gone, or called something else
            there.pop(ends[id(call)].path, None)
        rows = listed(call.answer) if call.is_success else None
        for text in _texts(call) if rows is not None else ():
            alone = [row for row in rows or () if not _has_a_word(row, text)]
            message = f"finds what has no word of {text!r}"
            yield call.breach(message, where="response.body", rule="found", got=alone[0]) if alone else None
            for thing, _ in there.values() if len(rows or ()) < FEW else ():
                if _is_of(call, thing) and text in _titles(thing):
                    is_there = thing.id in (names_listed(call.answer) or ())
                    message = f"does not find {thing.id}, which is called {text!r}"
                    lacking = call.breach(message, where="response.body", rule="found", expected=thing.id)
                    yield None if is_there else led_by(thing.made, call, lacking)


def _texts(call: Seen) -> list[str]:
    """What a search asks for, where that is long enough to mean anything, and nothing else narrows it down."""
    sought = {one.name for one in words_sought(call.operation)}
    others = {name for name in call.query if name not in sought and not SIZES.search(name)}
    said = {value for name in sought for value in call.query.get(name, ())}
    return [text for text in said if WORD.search(text)] if len(said) == 1 and not others else []


def _has_a_word(row: Mapping[str, Any], text: str) -> bool:
    told = json.dumps(row, ensure_ascii=False).lower()
    return any(word.lower() in told for word in WORD.findall(text))


def _is_of(call: Seen, thing: Thing) -> bool:
    """The search stands right below where the thing was made, and its maker asks."""
    is_below = call.path == f"{thing.made.path.rstrip('/')}/{SEARCH}"
    return is_below and call.exchange.who == thing.made.exchange.who


def _titles(thing: Thing) -> list[str]:
    asked = thing.made.asked if isinstance(thing.made.asked, dict) else {}
    return [value for name, value in asked.items() if TITLES.match(name) and isinstance(value, str)]
