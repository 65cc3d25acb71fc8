"""Do lists agree with what is there: is it listed, as it shows itself, and as it was asked for? Judging rows."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.checks.changing import CHANGES
from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import HIDDEN, ON_ITS_WAY, STATES, is_plain, is_secret, row_of
from offair.contracts.checks.pages import SIZES, paging_of
from offair.contracts.checks.resources import Thing, id_of, listed, names_listed, thing_at, things
from offair.contracts.checks.seen import History, Seen
from offair.contracts.checks.vocabulary import words_of
from offair.contracts.digits import is_number
from offair.contracts.violation import Violation

SOURCE = "RFC 9110 section 4.2.4: one resource, whoever shows it"
MADE = "created_at"
FILTER = re.compile(r"^filter_|_filter$")
ORDERS = re.compile(r"^(order|sort_?order|direction)$", re.IGNORECASE)
WAYS = ("asc", "desc")
COLLECTION = "RFC 9110 section 9.3.3, with the cloud's document"


@check("lifecycle/made-is-listed", COLLECTION, absent="nothing was listed as a whole after something was made")
def made_is_listed(history: History) -> Iterator[Violation | None]:
    """What was made stands in the whole list of its maker, until somebody deletes it."""
    for call, there in _lists(history):
        rows = {*(names_listed(call.answer) or ())}
        is_meant = is_whole(call, len(there)) and None not in rows  # rows without ids are groups, of days say
        for thing in there.values() if is_meant else ():
            message = "lacks what was made and not deleted"
            found = call.breach(message, where="response.body", rule="unlisted", expected=thing.id)
            yield None if thing.id in rows else found


@check("reads/agree", SOURCE, absent="nothing was looked at and listed at one moment")
def agree(history: History) -> Iterator[Violation | None]:
    """A thing is shown alike at one moment, by itself, in a list and by what changed it: the same texts and truths."""
    looks: dict[tuple[str | None, str], tuple[Seen, Mapping[str, Any]]] = {}
    for call in history.calls:
        thing = thing_at(history, call.path)
        if not call.is_read:
            looks.clear()
        shown = {} if thing is None else row_of(call.answer, thing.id)  # else it is a list of what is within it
        for row in ([shown] if shown else listed(call.answer) or ()) if call.is_success else ():
            whose = call.exchange.who, id_of(row) or ""
            before, look = looks.get(whose, (None, {}))
            # how one operation shows it twice is what reads/same judges
            if before is not None and before.operation is not call.operation and _is_same_moment(before, call):
                yield from _differing(call, row, look)
            if shown:
                looks[whose] = call, row


@check("reads/filtered", "the list's parameters", absent="no list was asked for a part that its rows tell")
def filtered(history: History) -> Iterator[Violation | None]:
    """A list that is asked for those with a value has no others: a parameter and a member of one name mean the same."""
    for call in history.calls:
        rows = listed(call.answer) if call.is_read and call.is_success else None
        parameters = call.operation.query_parameters
        for parameter in parameters if rows else ():
            member = FILTER.sub("", parameter.name.removesuffix("[]"))
            wanted = [value for value in call.query.get(parameter.name, ()) if value]
            told = [row[member] for row in rows or () if isinstance(row.get(member), str | list)]
            is_list = bool(told) and all(isinstance(one, list) for one in told)
            texts = [one for one in told if isinstance(one, str)]
            is_known = {*texts} <= {*parameters.words_of(parameter)} or {*wanted} <= words_of(call, (member,))
            if is_list and (len(wanted) == 1 or (wanted and parameter.schema.get("x-all"))):
                message = (
                    f"has one that lacks {' or '.join(wanted)} among its {member}, and was asked for those with it"
                )
                others = [value for value in told if not {*wanted} <= {*map(str, value)}]
            elif texts and is_known and len(wanted) == 1:  # else it means something else
                message = f"has one whose {member} is another than was asked for"
                others = [value for value in texts if value != wanted[0]]
            else:
                continue
            expected = wanted if is_list else wanted[0]
            yield (
                call.breach(message, where="response.body", rule="filtered", expected=expected, got=others[0])
                if others
                else None
            )


@check("pages/by-time", "the list's order", absent="no list with two moments was documented to be in their order")
def by_time(history: History) -> Iterator[Violation | None]:
    """A list that is documented, or was asked, to be in the order of making is in that order."""
    for call in history.calls:
        way = _way(call) if call.is_read and call.is_success else None
        made = [row[MADE] for row in (listed(call.answer) or () if way else ()) if isinstance(row.get(MADE), str)]
        if len({*made}) > 1:
            message = f"is not in the order of {MADE}, {'newest' if way == 'desc' else 'oldest'} first"
            is_wrong = made != sorted(made, reverse=way == "desc")
            yield call.breach(message, where="response.body", rule="by-time", got=made) if is_wrong else None


def _way(call: Seen) -> str | None:
    """Which way a list goes: as was asked, as it goes where nobody asks, or as the document says of it."""
    parameter = next((one for one in call.operation.query_parameters if ORDERS.match(one.name)), None)
    default = "desc" if call.operation.is_newest_first else None
    if parameter is None:
        return default
    said = call.query.get(parameter.name, [str(parameter.schema.get("default", ""))])[0].lower()
    return said if said in WAYS else default


def _is_same_moment(before: Seen, call: Seen) -> bool:
    return before.exchange.at is not None and before.exchange.at == call.exchange.at


def _lists(history: History) -> Iterator[tuple[Seen, dict[str, Thing]]]:
    """Pair each list with those things of its reader's that are there."""
    made = {id(thing.made): thing for thing in things(history)}
    there: dict[str, Thing] = {}
    for call in history.calls:
        who = call.exchange.who
        if call.is_read and call.is_success:
            mine = {
                one.id: one for one in there.values() if one.is_listed_at(call.path) and one.made.exchange.who == who
            }
            if mine and who:
                yield call, mine
        elif call.exchange.method == "DELETE":  # whoever did it, and whatever came of it
            there = {name: one for name, one in there.items() if call.path not in one.homes}
        elif not call.is_success:
            continue
        elif call.exchange.method in CHANGES:  # what people have named may be called something else by now
            there = {name: one for name, one in there.items() if not (one.is_named and call.path in one.homes)}
        if id(call) in made:
            there[made[id(call)].id] = made[id(call)]


def is_whole(call: Seen, least: int) -> bool:
    """All that there is, ``least`` and more, would fit: the first page is not full; and no part was asked for."""
    paging = paging_of(call.operation)
    sizes = [one.name for one in call.operation.query_parameters if SIZES.search(one.name)]
    if paging is None and (not call.query or not sizes):  # a list that has a size may have more than it shows
        return not call.query and not sizes
    size, page = (sizes[0], "") if paging is None else (paging.size, paging.page)
    if not {*call.query} <= {page, size}:
        return False
    said = call.query.get(size, [""])[0], call.query.get(page, [""])[0]
    is_first = paging is None or said[1] in {"0" if paging.is_offset else "1"}
    return is_number(said[0]) and is_first and max(least, len(listed(call.answer) or ())) < int(said[0])


def _differing(call: Seen, row: Mapping[str, Any], look: Mapping[str, Any]) -> Iterator[Violation | None]:
    for name, value in row.items():
        if name in STATES and str(look.get(name)).lower().endswith(ON_ITS_WAY):
            continue  # it comes to rest by itself
        if name in look and is_plain(value) and is_plain(look[name]):
            was, now = (HIDDEN, HIDDEN) if is_secret(name) else (look[name], value)
            message = f"shows {name} as {now!r}, and a moment before it was shown as {was!r}"
            found = call.breach(message, where="response.body", rule="agree", expected=was, got=now)
            yield None if value == look[name] else found
