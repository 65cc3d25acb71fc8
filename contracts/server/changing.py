"""A scene in which things are changed, one text at a time, and looked at after each change."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from offair.contracts.checks.changing import CHANGES
from offair.contracts.checks.keys import RESETS
from offair.contracts.checks.lifecycle import is_plain
from offair.contracts.exchange import Exchange
from offair.contracts.operation import Operation
from offair.contracts.sampling import sample
from offair.contracts.server.actors import Actor, Made
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import JSON

LATER = 10.0  # cloud seconds


def changing(caller: Caller) -> list[Exchange]:
    """Change a thing of each kind, wherever that is documented and no more is needed than which."""
    log: list[Exchange] = []
    if caller.target.is_read_only or caller.target.is_spared:
        return log
    ours = Actor(caller, caller.target.headers, log)
    for kind in caller.kinds:
        ways = [way for way in (*kind.ways, *kind.acts) if way.method in CHANGES]
        resets = [act for act in kind.acts if RESETS.match(act.path.rpartition("/")[2])]
        made = ours.make(kind) if ways or resets else None
        if made is not None:
            if caller.target.advance is not None:
                caller.target.advance(LATER)  # so that it shows whether a change is noted
            for way in ways:
                _change(ours, made, way)
            for act in resets:
                ours.act(made, act)
                ours.look(made)
            ours.list(kind)
            ours.clear(made)
    return log


def _change(ours: Actor, made: Made, way: Operation) -> None:
    for body in bodies_of(way) if JSON in way.bodies else ():
        ours.call(way, [made], body)
        ours.look(made)
    for query in queries_of(way) if not way.has_body else ():
        ours.call(way, [made], query=query)
        ours.look(made)


def queries_of(way: Operation) -> Iterator[str]:
    """Give queries that say one of the words that a parameter has to be, each that there is, there and back."""
    for parameter in (one for one in way.query_parameters if one.is_required):
        words = [word for word in way.query_parameters.words_of(parameter) if isinstance(word, str)]
        yield from (urlencode({parameter.name: word}) for word in (*words, *reversed(words)))


def bodies_of(way: Operation) -> Iterator[bytes]:
    """Give bodies that say no more than they have to, and one text, or some."""
    schema = way.bodies.get(JSON)
    least, most = ({}, {}) if schema is None else (sample(schema.root) or {}, sample(schema.root, is_full=True) or {})
    for name, value in most.items():
        if is_plain(value) and value:
            own = {**least, name: f"offair {name}"}  # a text of its own shows where it went
            is_own = isinstance(value, str) and schema is not None and schema.is_valid(own)
            yield json.dumps(own if is_own else {**least, name: value}).encode()
