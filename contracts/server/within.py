"""A scene for what is kept within things: it is made there, looked at, listed, changed, and taken away again."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from offair.contracts.checks.changing import CHANGES
from offair.contracts.checks.resources import Thing, homes_of, things
from offair.contracts.checks.seen import History
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import is_json_number, objects_in, parse_or_none
from offair.contracts.operation import Operation
from offair.contracts.pointer import members, unfold
from offair.contracts.sampling import sample
from offair.contracts.server.actors import Actor, Made, fill, ids_for
from offair.contracts.server.calling import Caller
from offair.contracts.server.changing import bodies_of
from offair.contracts.server.kinds import JSON

ON_AIR = 20.0  # cloud seconds of media, of which something can be cut out
NUMBER = 3  # within what there is of it by then
REFUSED = 400


def within(caller: Caller) -> list[Exchange]:
    """Give what is kept within a thing of each kind its whole life, while the thing is on air where it can be."""
    log: list[Exchange] = []
    ours = Actor(caller, caller.target.headers, log)
    if caller.target.is_read_only or caller.target.is_spared:
        return log
    ways = [way for way in caller.contract.operations.values() if way.method == "POST" and "{" in way.path]
    made = [one for kind in caller.kinds if (one := ours.make(kind)) is not None]
    for one in made:
        if caller.target.simulate is not None and caller.target.simulate(one.id, "live") and caller.target.advance:
            caller.target.advance(ON_AIR)
        for way in ways:
            path = fill(way.path, ids_for(way, made)) if f"{{{one.kind.parameter}}}" in way.path else None
            if path is not None and one.kind.has(way) and homes_of(caller.contract, way):
                _live(ours, one, way, path, known_to(ours, made))
    for one in made:
        ours.clear(one)
    return log


def _live(ours: Actor, around: Made, way: Operation, path: str, known: Mapping[str, str]) -> None:
    """Make what is kept at a path by each of some bodies; the first is changed, too, before it is taken away."""
    for place, body in enumerate(bodies_with(way, known)):
        begun = len(ours.log)
        ours.look(around)
        ours.send(way, path, json.dumps(body).encode())
        inner = next(reversed(things(History(ours.caller.contract, ours.log[begun:]))), None)
        if inner is not None:
            _read(ours, around, way, path)
            if place == 0:
                _do(ours, inner, CHANGES)
                _read(ours, around, way, path)
            _do(ours, inner, {"DELETE"})
            _read(ours, around, way, path)


def _do(ours: Actor, inner: Thing, methods: Collection[str]) -> None:
    """Do with what was made whatever has one of these methods, and look at it before and after, where that is there."""
    contract = ours.caller.contract
    for method in ("GET", *methods, "GET"):
        for home in inner.homes:
            found = contract.match(method, home)
            if found is not None and found[0].path.endswith("}"):
                below = home.removeprefix(contract.base_path)
                for body in bodies_of(found[0]) if found[0].has_body else (b"",):
                    ours.send(found[0], below, body)


def _read(ours: Actor, around: Made, way: Operation, path: str) -> None:
    """Read the list where something was made, as whole as can be asked for, and look around it."""
    listing = ours.caller.contract.operations.get(f"GET {way.path}")
    ours.look(around)
    if listing is not None:
        ours.read_whole(listing, path)


def bodies_with(way: Operation, known: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Write bodies that say no more than they have to, with ids that are known; then each number that may be said."""
    schema = way.bodies.get(JSON)
    root: Any = {} if schema is None else schema.root
    least, most = (sample(root) or {}, sample(root, is_full=True) or {}) if schema is not None else ({}, {})
    named = members(unfold(root, [root]))
    least = least | {name: known[name] for name in named if name in known and (name in least or is_id(name))}
    yield least
    for name in (name for name, value in most.items() if is_json_number(value)):
        if schema is not None and schema.is_valid(least | {name: NUMBER}):
            yield least | {name: NUMBER}


def known_to(ours: Actor, made: Sequence[Made]) -> dict[str, str]:
    """Texts that are known by now to be good, as bodies call them: ids of what there is, and what was asked before."""
    told = [(one.request_body, one.status < REFUSED) for one in ours.log]
    told += [(one.response_body, False) for one in ours.log]
    said = {
        name: value
        for content, is_good in told
        for node in objects_in(parse_or_none(content))
        for name, value in node.items()
        if isinstance(value, str) and (is_good or is_id(name))
    }
    return said | {one.kind.parameter: one.id for one in made}


def is_id(name: str) -> bool:
    """The member is called as those are that name another thing."""
    return name.endswith("_id")
