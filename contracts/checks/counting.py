"""Is what a list says of itself so: how many there are, which page it is, how many pages? Judging numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import state_of
from offair.contracts.checks.pages import Paging, paging_of, quiet_runs, reads_of_lists, whole_of
from offair.contracts.checks.resources import listed
from offair.contracts.checks.seen import History, Seen
from offair.contracts.violation import Violation

SOURCE = "what the numbers beside a list are called"
COUNT = "/count"
TOTALS = re.compile(r"^total(_?(count|items|results|records))?$", re.IGNORECASE)
LASTS = re.compile(r"^(total_?pages|pages?_?count|last_?page|pages)$", re.IGNORECASE)


@check("pages/counted", SOURCE, absent="no list said of itself how many there are, or which page it is")
def counted(history: History) -> Iterator[Violation | None]:
    """What a list says of itself is so: how many there are, how many pages, and which of them this is."""
    for read in reads_of_lists(history):
        whole = whole_of(read)
        for (page, size), call in read.items():
            paging = paging_of(call.operation)
            if paging is not None:
                yield from _told(call, paging, page, size, whole)
    for call in history.calls:
        paging = paging_of(call.operation) if call.is_read and call.is_success else None
        if paging is not None and paging.size not in call.query:
            yield from _by_default(call, paging)


def _by_default(call: Seen, paging: Paging) -> Iterator[Violation | None]:
    """A list that nobody gave a size is of the documented one, where it says of which it is."""
    parameter = next(one for one in call.operation.query_parameters if one.name == paging.size)
    default, said = str(parameter.schema.get("default", "")), _beside(call.answer).get(paging.size)
    if default.isdigit() and said is not None:
        message = f"says {paging.size} {said} where nobody asked for one, and {default} is documented"
        yield _wrong(call, message, int(default), said)


@check("pages/counted-apart", SOURCE, absent="no list was read whole, and counted beside it")
def counted_apart(history: History) -> Iterator[Violation | None]:
    """What is counted at a list's path with "count" behind it is as many as the list has."""
    for run in quiet_runs(history):
        counts = {(call.exchange.who, call.path.removesuffix(COUNT)): call for call in run if _is_count(call)}
        for read in reads_of_lists(history, run):
            whole, call = whole_of(read), next(iter(read.values()))
            count = counts.get((call.exchange.who, call.path))
            if whole is not None and count is not None and {*call.query} <= {*_names_of(call)}:
                got = next(iter(count.answer.values()))
                yield _wrong(count, f"says {got}, and the list has {len(whole)}", len(whole), got)
            if whole is not None and {*call.query} <= {*_names_of(call)}:
                rows = listed(max(read.items(), key=lambda one: one[0][1])[1].answer) or ()
                for one in run:
                    if one.exchange.who == call.exchange.who and one.path.startswith(f"{call.path}/"):
                        yield from _by_state(one, rows)


def _by_state(call: Seen, rows: Sequence[Mapping[str, Any]]) -> Iterator[Violation | None]:
    """What says nothing but how many there are in each state says of each that a list shows how often it does."""
    said = call.answer if isinstance(call.answer, dict) else {}
    tally = Counter(state for row in rows if (state := state_of(row)) is not None)
    if tally and {*tally} <= {*said} and all(type(value) is int for value in said.values()):
        for state, number in tally.items():
            message = f"says {said[state]} {state}, and the list has {number}"
            yield _wrong(call, message, number, said[state])


def _is_count(call: Seen) -> bool:
    """It says one number, and nothing else, of everything."""
    is_meant = call.path.endswith(COUNT) and call.is_read and call.is_success and not call.query
    values = [*call.answer.values()] if is_meant and isinstance(call.answer, dict) else []
    return len(values) == 1 and type(values[0]) is int


def _names_of(call: Seen) -> tuple[str, ...]:
    paging = paging_of(call.operation)
    return () if paging is None else (paging.page, paging.size)


def _told(call: Seen, paging: Paging, page: int, size: int, whole: Sequence[str] | None) -> Iterator[Violation | None]:
    beside = _beside(call.answer)
    total = next((number for name, number in beside.items() if TOTALS.match(name)), None)
    lasts = {name: number for name, number in beside.items() if LASTS.match(name)}
    rows = listed(call.answer) or ()
    if total is not None and whole is not None:
        yield _wrong(call, f"says that there are {total}, and there are {len(whole)}", len(whole), total)
    if total is not None:
        pages = -(-total // size)
        for name, last in lasts.items():
            message = f"says {name} {last}, and {total} make {pages} pages of {size}"
            yield _wrong(call, message, pages, last if (last, pages) != (1, 0) else 0)  # none is a page, or it is not
    wanted = page * size if paging.is_offset else page + 1
    if paging.page in beside and rows:
        yield _wrong(call, f"says {paging.page} {beside[paging.page]}, and is {wanted}", wanted, beside[paging.page])
    if paging.size in beside and len(rows) > beside[paging.size]:
        message = f"says {paging.size} {beside[paging.size]}, and has {len(rows)}"
        yield _wrong(call, message, beside[paging.size], len(rows))


def _beside(answer: Any) -> Mapping[str, int]:
    """The numbers in the objects around a list, by their names; the outermost counts."""
    found: dict[str, int] = {}
    waiting = [answer]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            waiting.extend(node.values())
            for name, value in node.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    found.setdefault(name, value)
    return found


def _wrong(call: Seen, message: str, expected: int, got: int) -> Violation | None:
    if expected == got:
        return None
    return call.breach(message, where="response.body", rule="counted", expected=expected, got=got)
