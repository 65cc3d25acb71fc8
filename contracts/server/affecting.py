"""A scene in which what shows elsewhere is done, and looked for where the document says that it shows."""

import json
from collections.abc import Collection
from typing import Any

from offair.contracts.checks.resources import member_of
from offair.contracts.checks.seen import History
from offair.contracts.effect import ASKED, Done, Effect
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import parse_or_none
from offair.contracts.operation import Operation
from offair.contracts.server.actors import Actor, Made, fill, ids_for
from offair.contracts.server.calling import Caller
from offair.contracts.server.within import bodies_with, known_to

OTHER = "another"


def affecting(caller: Caller) -> list[Exchange]:
    """Do whatever has an effect, with things that are on air where they can be, and look there after each."""
    log: list[Exchange] = []
    ours = Actor(caller, caller.target.headers, log)
    ways = [one for one in caller.contract.operations.values() if one.effects and not one.ends_access]
    if not ways or caller.target.is_read_only or caller.target.is_spared:
        return log
    made: list[Made] = []
    for kind in caller.kinds:
        one = ours.make(kind)
        made += [] if one is None else [one]
        _look(ours, kind.make)
    for one in made:
        if caller.target.simulate is not None:
            caller.target.simulate(one.id, "live")
    within = [way for way in ways if "{" in way.path]
    unknown = {one.name for way in within for one in way.path_parameters} - {one.kind.parameter for one in made}
    somebody = _somebody(caller, unknown, log)
    for way in within:
        path = fill(way.path, {**somebody, **ids_for(way, made)})
        if path is None:
            continue
        least = next(bodies_with(way, known_to(ours, made)), {}) if way.has_body else {}
        for body in dict.fromkeys(json.dumps(least | _given(one)) for one in way.effects):
            ours.send(way, path, body.encode() if way.has_body else b"")
            _look(ours, way)
    for one in made:
        ours.clear(one)
    return log


def _somebody(caller: Caller, names: Collection[str], log: list[Exchange]) -> dict[str, str]:
    """What another tenant is called, by parameters of paths: as what only they may read calls them."""
    found: dict[str, str] = {}
    for headers in caller.target.others[:1]:
        other = Actor(caller, headers, log, OTHER)
        for read in caller.contract.operations.values():
            if not {*names} <= {*found} and read.method == "GET" and "{" not in read.path and not read.is_open:
                answer = other.call(read)
                said = None if answer is None else parse_or_none(answer.response_body)
                told = {name: member_of(said, (name,)) for name in names}
                found = {name: value for name, value in told.items() if isinstance(value, str)} | found
    return found


def _given(effect: Effect) -> dict[str, Any]:
    """The members of a request that has an effect: those that have to be something."""
    wanted = {way: schema.root for way, schema in effect.given.items() if way.startswith(ASKED)}
    return {way.removeprefix(ASKED): root["const"] for way, root in wanted.items() if "const" in root}


def _look(ours: Actor, way: Operation) -> None:
    """Look wherever what was just done shows, if it was done."""
    for call in History(ours.caller.contract, ours.log[-1:]).calls if way.effects else ():
        done = Done(call.parameters, call.asked, call.answer)
        for effect in way.effects if call.is_success else ():
            there = ours.caller.contract.by_id[effect.shown_in]
            path = fill(there.path, done.places(effect)) if done.is_given(effect) else None
            if path is not None:
                ours.read_whole(there, path)
