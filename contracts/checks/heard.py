"""Is everything told that a cloud documents to tell, and does it do as it is answered? Judging by who listened."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from offair.contracts.checks.check import Check, check
from offair.contracts.checks.hooks import about
from offair.contracts.checks.lifecycle import ON_ITS_WAY, state_of
from offair.contracts.checks.resources import Thing, lives
from offair.contracts.checks.seen import History, Seen
from offair.contracts.checks.webhook import event_of
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.violation import Violation
from offair.contracts.webhook import Webhook

DOCUMENT = "the cloud's webhooks"
UNHEARD = "nobody listened while something went live, or ended"
LIVE, ENDED = "live", "ended"
SOON = 10.0  # cloud seconds


@dataclass(frozen=True)
class Told:
    """A hook, with what is documented of it and the name of the thing that it is about."""

    place: int
    exchange: Exchange
    webhook: Webhook
    about: str


@dataclass(frozen=True)
class Turn:
    """A look that shows a thing in another state than the look before, and the places of the looks around it."""

    state: str
    call: Seen
    before: int
    after: float

    def spans(self, one: Told) -> bool:
        """The hook came between the look before and the look after."""
        return self.before < one.place < self.after


def heard_checks(url: str) -> tuple[Check, ...]:
    """Make the checks of what is told at a URL at which somebody listens all the time; an empty one is nobody's."""

    @check("webhooks/told", DOCUMENT, absent=UNHEARD)
    def told(history: History) -> Iterator[Violation | None]:
        """What a cloud documents to tell of is told, and once."""
        for turn, webhook, hooks in _occasions(history, url):
            came = [one for one in hooks if turn.spans(one)]
            taken = sum(one.exchange.status < 300 for one in came)
            if not came:
                yield _wrong(turn, webhook, "told", f"has {turn.state}, and no {webhook.event} tells of it")
            else:
                message = f"has {turn.state}, and {taken} of {webhook.event} tell of it"
                yield _wrong(turn, webhook, "told", message) if taken > 1 else None

    @check("webhooks/soon", DOCUMENT, strength="should", absent=UNHEARD)
    def soon(history: History) -> Iterator[Violation | None]:
        """What happened is told within ten seconds."""
        for turn, webhook, hooks in _occasions(history, url):
            first = next((one for one in hooks if turn.spans(one)), None)
            began = turn.call.exchange.at
            if first is not None and began is not None and first.exchange.at is not None:
                late = first.exchange.at - began
                message = f"tells of {webhook.event} {late:g} s after it was seen"
                yield _wrong(turn, webhook, "soon", message) if late > SOON else None

    @check("webhooks/obeyed", DOCUMENT, absent="the cloud asked nobody, or was never told no")
    def obeyed(history: History) -> Iterator[Violation | None]:
        """What its customer says no to does not happen."""
        hooks = tuple(_hooks(history))
        for thing, looks in _looks(history):
            for one in _about(hooks, _names(looks)) if _is_listened_to(history, thing, url) else ():
                answer = one.webhook.answer(one.exchange.status) if one.webhook.when == LIVE else None
                look = next((call for place, call, _ in looks if place > one.place), None)
                if answer is not None and answer.allows is False and look is not None:
                    is_on = state_of(look.answer) == LIVE
                    message = f"is {LIVE}, and its customer had answered {one.exchange.status}"
                    found = look.breach(message, where="response.body", rule="obeyed", expected="another state")
                    yield found if is_on else None

    return told, soon, obeyed


def _occasions(history: History, url: str) -> Iterator[tuple[Turn, Webhook, list[Told]]]:
    """Pair each turn of a thing that is listened to with each webhook that tells of it, and with those that came."""
    hooks = tuple(_hooks(history))
    for thing, looks in _looks(history):
        if _is_listened_to(history, thing, url):
            ours = _about(hooks, _names(looks))
            for turn in _turns(looks):
                for webhook in history.contract.webhooks.values():
                    if webhook.when == turn.state:
                        yield turn, webhook, [one for one in ours if one.webhook.event == webhook.event]


def _hooks(history: History) -> Iterator[Told]:
    for place, one in enumerate(history.exchanges):
        webhook = history.contract.webhooks.get(event_of(history.contract, one) or "") if one.is_hook else None
        if webhook is not None:
            yield Told(place, one, webhook, about(history, one))


def _looks(history: History) -> Iterator[tuple[Thing, list[tuple[int, Seen, str]]]]:
    """Pair each thing with its maker's looks at it: the place, the answer and the state."""
    places = {id(one): place for place, one in enumerate(history.exchanges)}
    for thing, calls in lives(history):
        looks = [
            (places[id(call.exchange)], call, state_of(call.answer) or "")
            for call in calls
            if call.is_read and call.path == thing.path and call.is_success
            and call.exchange.who == thing.made.exchange.who
        ]  # fmt: skip
        yield thing, looks


def _turns(looks: list[tuple[int, Seen, str]]) -> Iterator[Turn]:
    places = [place for place, _, _ in looks]
    for (before, _, was), (_, call, now), after in zip(looks, looks[1:], [*places[2:], math.inf], strict=False):
        if now == LIVE != was:
            yield Turn(LIVE, call, before, after)
        elif was == LIVE != now and not now.endswith(ON_ITS_WAY):
            yield Turn(ENDED, call, before, after)


def _names(looks: list[tuple[int, Seen, str]]) -> str:
    """All that a thing's answers say, for finding in it what a hook calls the thing."""
    return "\n".join(text for _, call, _ in looks for text in _texts(call.answer))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _about(hooks: tuple[Told, ...], names: str) -> list[Told]:
    return [one for one in hooks if one.about and one.about in names]


def _is_listened_to(history: History, thing: Thing, url: str) -> bool:
    """Its maker has said that the URL is called, when it was made or before; or nobody has to say so."""
    if not url:
        return False
    registrations = history.contract.registrations
    named = {one.operation_id: one.member for one in registrations}
    is_heard = not registrations
    for call in history.calls:
        member = named.get(call.operation.operation_id)
        if member is not None and call.is_success and call.exchange.who == thing.made.exchange.who:
            asked = call.asked if isinstance(call.asked, dict) else {}
            is_mine = call.operation is not thing.made.operation or call is thing.made
            is_heard = asked.get(member) == url if is_mine else is_heard
        if call is thing.made:
            break
    return is_heard


def _wrong(turn: Turn, webhook: Webhook, rule: str, message: str) -> Violation:
    return Violation(
        rule=rule,
        where="webhook",
        message=message,
        grade=webhook.grade,
        source=webhook.source,
        operation=turn.call.key,
        reproduce=turn.call.again,
    )


def told_of(contract: Contract, state: str) -> int:
    """Count the webhooks that tell of a state."""
    return sum(webhook.when == state for webhook in contract.webhooks.values())
