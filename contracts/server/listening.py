"""A scene for what a server calls: things go on air and off it while somebody listens, takes, fails and says no."""

import json

from offair.contracts.checks.heard import told_of
from offair.contracts.exchange import Exchange
from offair.contracts.server.actors import Actor, Made
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import Kind
from offair.contracts.server.target import Listening

YES, FAILING, NO = 200, 500, 403
LIVE, ENDED = "live", "ended"
MOMENT = 1.0  # cloud seconds between one move and the next
SURE = 10.0  # real seconds for what has to come, on a busy machine too
PERHAPS = 3.0  # and for what may come
AGAIN = 60.0  # cloud seconds after which what failed is sent again, if ever


def called(caller: Caller) -> list[Exchange]:
    """Let each kind of thing go on air and off it, and listen."""
    log: list[Exchange] = []
    target = caller.target
    inbox = target.hooks
    if inbox is None or target.simulate is None or target.is_read_only or not caller.contract.webhooks:
        return log
    inbox.take(0, SURE)  # whatever was told before
    ours = Actor(caller, target.headers, log)
    members = _register(ours, inbox.url)
    for kind in caller.kinds:
        for answers in ((YES,), (FAILING, YES), (NO,)):
            made = ours.make(kind, more=members.get(kind.make.operation_id))
            if made is not None and kind.look is not None:
                _air(ours, inbox, made, answers)
                _clear(ours, kind, made)
    _register(ours, None)
    return log


def _air(ours: Actor, inbox: Listening, made: Made, answers: tuple[int, ...]) -> None:
    """Let a thing go live and end; each time it is told of, answer with all of these in turn.

    What asks and is told no does not go live, and so it has no end that one could wait for.
    """
    for to in (LIVE, ENDED):
        ours.look(made)
        _advance(ours, MOMENT)
        inbox.answer(answers[0])
        is_there = _has_moved(ours, made, to)
        if not is_there and not _is_asked(ours):
            break
        ours.log += inbox.take(told_of(ours.caller.contract, to), SURE)
        for answer in answers[1:]:
            inbox.answer(answer)
            _advance(ours, AGAIN)
            again = 0 if _is_asked(ours) else told_of(ours.caller.contract, to)
            ours.log += inbox.take(again, PERHAPS)
        ours.look(made)
        if not is_there:
            break
    inbox.answer(YES)


def _is_asked(ours: Actor) -> bool:
    """The cloud asks questions, each of them once."""
    return any(webhook.is_question for webhook in ours.caller.contract.webhooks.values())


def _register(ours: Actor, url: str | None) -> dict[str, dict[str, str]]:
    """Say who is called, where one says it for everything; give the members that say it of a thing that is made."""
    made = {kind.make.operation_id for kind in ours.caller.kinds}
    members: dict[str, dict[str, str]] = {}
    for one in ours.caller.contract.registrations:
        if one.operation_id in made and url is not None:
            members[one.operation_id] = {one.member: url}
        elif one.operation_id not in made:
            said = ours.caller.contract.by_id[one.operation_id]
            ours.send(said, said.path, json.dumps({one.member: url}).encode())
    return members


def _has_moved(ours: Actor, made: Made, to: str) -> bool:
    """Let a thing go live, or end; what asks and is told no has not moved, and yet somebody was called."""
    simulate = ours.caller.target.simulate
    is_there = simulate is not None and simulate(made.id, to)
    _advance(ours, MOMENT)
    return is_there


def _advance(ours: Actor, seconds: float) -> None:
    if ours.caller.target.advance is not None:
        ours.caller.target.advance(seconds)


def _clear(ours: Actor, kind: Kind, made: Made) -> None:
    if kind.delete is not None:
        ours.clear(made)
