"""Is what was made, or changed, as it was asked to be, at once and from then on? Judging what is kept of a request."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import SOURCE, is_plain, row_of
from offair.contracts.checks.resources import Thing, lives
from offair.contracts.checks.seen import History, Seen, led_by
from offair.contracts.checks.wishes import asked_of, differing
from offair.contracts.pointer import members, unfold
from offair.contracts.violation import Violation

CHANGES = frozenset({"PUT", "PATCH"})  # RFC 9110 section 9.3.4; RFC 5789


@check("lifecycle/made-is-as-asked", SOURCE, absent="nothing that was made has a member of its request")
def made_is_as_asked(history: History) -> Iterator[Violation | None]:
    """What a thing is made with is what it has: what was asked stands in each answer until something is done."""
    for thing, calls in lives(history):
        asked = asked_of(thing.made)
        if "{" in thing.made.operation.path:  # what is made within another thing may be answered by showing that
            asked = {name: value for name, value in asked.items() if not isinstance(value, bool | list | dict)}
        yield from differing(thing.made, thing.id, asked, "made with")
        for call in _looks_before_anything_else(thing, calls) if asked else ():
            yield from differing(call, thing.id, asked, "made with")


@check("lifecycle/changed-is-as-asked", SOURCE, absent="nothing was changed by a text, and looked at")
def changed_is_as_asked(history: History) -> Iterator[Violation | None]:
    """What a thing is changed to is what it has: the answer shows what was asked, and so does the next look."""
    for thing, calls in lives(history):
        asked: Mapping[str, Any] = {}
        change = thing.made
        for call in calls:
            if not call.is_success:
                continue
            if not call.is_read:  # whoever did it, what was asked before may be over
                asked, change = _asked_of(call) if call.exchange.method in CHANGES else {}, call
            yield from (led_by(change, call, one) for one in differing(call, thing.id, asked, "changed to"))


@check("lifecycle/changed-alone", SOURCE, absent="nothing was changed by a request that may leave out what it keeps")
def changed_alone(history: History) -> Iterator[Violation | None]:
    """A change that may leave members out leaves those as they are."""
    for thing, calls in lives(history):
        shown: Mapping[str, Any] = row_of(thing.made.answer, thing.id)
        change: Seen | None = None
        for call in calls:
            if not call.is_success or call.exchange.method == "HEAD":
                continue
            if not call.is_read:
                shown = shown if change is None and _may_leave_out(call, thing) else {}
                change = call
            row = row_of(call.answer, thing.id)
            if change is not None and row:
                yield from (led_by(change, call, one) for one in _kept_alone(change, call, shown, row))
            if row and call.is_read and call.exchange.who == thing.made.exchange.who:
                shown, change = row, None


def _looks_before_anything_else(thing: Thing, calls: Iterable[Seen]) -> Iterator[Seen]:
    """Its maker's good looks at a thing, until a call at it asks for something else."""
    for call in calls:
        if not call.is_read:
            return
        if call.path == thing.path and call.is_success and call.exchange.who == thing.made.exchange.who:
            yield call


def _may_leave_out(call: Seen, thing: Thing) -> bool:
    """It changes the thing itself, and no member has to be there: then what is not there is not meant."""
    schema = call.operation.bodies.get("application/json")
    is_ours = call.path in thing.homes and call.exchange.who == thing.made.exchange.who
    is_partial = schema is not None and not any(node.get("required") for node in unfold(schema.root, [schema.root]))
    return is_ours and is_partial and call.exchange.method in CHANGES and isinstance(call.asked, dict)


def _kept_alone(
    change: Seen, call: Seen, shown: Mapping[str, Any], row: Mapping[str, Any]
) -> Iterator[Violation | None]:
    schema = change.operation.bodies["application/json"] if shown else None
    named = members(unfold(schema.root, [schema.root])) if schema is not None else {}
    for name in (name for name in named if name in shown and name in row and name not in change.asked):
        how = "null for its" if row[name] is None else "another"
        message = f"has {how} {name}, which {change.key} did not ask for"
        is_wrong = is_plain(shown[name]) and row[name] != shown[name]
        yield (
            call.breach(message, where="response.body", rule="asked", expected=shown[name], got=row[name])
            if is_wrong
            else None
        )


def _asked_of(call: Seen) -> Mapping[str, Any]:
    """What is asked, in the query too, and what is written to a place of one value under the name of that place."""
    asked = {name: values[0] for name, values in call.query.items() if len(values) == 1 and values[0]} | asked_of(call)
    return {call.path.rpartition("/")[2]: value for value in asked.values()} | asked if len(asked) == 1 else asked
