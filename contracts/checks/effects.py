"""Does what was done show where the document says that it does? Judging effects."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from offair.contracts.checks.agreement import is_whole
from offair.contracts.checks.check import check
from offair.contracts.checks.seen import History, Seen, led_by
from offair.contracts.effect import NOWHERE, Done, Effect, is_shown
from offair.contracts.jsontext import values_in
from offair.contracts.violation import Violation


@check("lifecycle/effects", "the document's effects", absent="nothing was looked for where the document says it shows")
def effects(history: History) -> Iterator[Violation | None]:
    """What was done shows where the document says that it does, when its doer looks there next."""
    fresh: list[tuple[Seen, Effect, Done]] = []
    for call in history.calls:
        if not call.is_read:
            done = Done(call.parameters, call.asked, call.answer)
            said = call.operation.effects if call.is_success else ()
            fresh = [(call, one, done) for one in said if done.is_given(one)]
        elif call.is_success and call.exchange.method == "GET":
            for doing, effect, done in fresh:
                if _is_meant(call, doing, effect, done):
                    yield from _looked_for(call, doing, effect, done.worth(effect.members))


def _looked_for(call: Seen, doing: Seen, effect: Effect, wanted: Mapping[str, Any]) -> Iterator[Violation | None]:
    """Say whether it is there; nothing where an expression led nowhere."""
    if NOWHERE not in values_in(wanted):
        message = f"shows nothing with what {doing.key} has done a moment before"
        found = call.breach(message, where="response.body", rule="effects", expected=wanted, grade=effect.grade)
        is_there = is_shown(wanted, call.answer)
        yield None if is_there else led_by(doing, call, replace(found, source=effect.source))


def _is_meant(call: Seen, doing: Seen, effect: Effect, done: Done) -> bool:
    """It is all of what is read there by who did it."""
    is_there = call.operation.operation_id == effect.shown_in and call.exchange.who == doing.exchange.who
    return is_there and call.parameters.items() <= done.places(effect).items() and is_whole(call, 1)
