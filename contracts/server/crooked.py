"""A scene of requests that no good client sends: bodies that are none, names and numbers of any form, other methods."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from offair.contracts.checks.pages import paging_of
from offair.contracts.checks.resources import at
from offair.contracts.exchange import Exchange
from offair.contracts.operation import Operation
from offair.contracts.pointer import members, unfold
from offair.contracts.server.actors import Actor
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import JSON, Kind
from offair.contracts.server.pacing import Pace

BODIES = (b"", b"{", b"[]", b"null", b'"offair"', b"\xff\xfe", b"[" * 500 + b"]" * 500, b'{"offair": 1e999}')
BROKEN = b"{"
TYPES = ("text/plain", "application/xml")
SPELT = ("application/json; charset=utf-8", "Application/JSON")  # RFC 9110 section 8.3.1: the same as the plain one
NAMES = ("a" * 300, "a b", "a\0b", "%", "'\"<>", "ö…", "0", "-1")
NUMBERS = ("many", "-1", "0", "1.5", "9" * 30)
TEXTS = ("Füße, 日本語 🎥", '<b>"R&D"</b> \\ / 100 %')
WORDS = ("offair_no_word", "-1")
UNKNOWN = {"offair_nobody_has_this": "x" * 2000}
ANYWHERE = ("HEAD", "OPTIONS")
OTHERS = ("PATCH", "PUT", "DELETE", "POST")
LONGEST = 2000  # characters: a longer text is not tried


def crooked(caller: Caller) -> list[Exchange]:
    """Ask for each kind of thing as nobody means it, and make things with texts of all kinds."""
    log: list[Exchange] = []
    if caller.target.is_read_only or caller.target.is_spared:
        return log
    ours, pace = Actor(caller, caller.target.headers, log), Pace(caller.contract, caller.target)
    for kind in caller.kinds:
        for body, content_type in (*_bodies(kind), *_texts(kind)):
            pace.keep(kind.make)
            made = ours.made_by(kind, ours.send(kind.make, kind.make.path, body, content_type))
            if made is not None:
                ours.look(made)
                ours.list(kind)
                ours.clear(made)
            ours.list(kind)
        for name in NAMES if kind.look is not None else ():
            ours.get(caller.contract.base_path + at(kind.home, name))
        for query in _queries(kind.listing) if kind.listing is not None else ():
            ours.get(f"{caller.contract.base_path}{kind.make.path}?{query}")
        documented = caller.contract.methods(caller.contract.base_path + kind.make.path)
        other = next((one for one in OTHERS if one not in documented), "PATCH")
        for method in (*ANYWHERE, other):
            ours.try_method(method, kind.make.path)
        _try_at_one(ours, kind)
    for operation in caller.contract.operations.values():
        if JSON in operation.bodies and "{" not in operation.path and not operation.ends_access:
            pace.keep(operation)
            ours.send(operation, operation.path, BROKEN)
        for query in _wrong_queries(operation) if operation.method == "GET" and "{" not in operation.path else ():
            ours.get(f"{caller.contract.base_path}{operation.path}?{query}")
    return log


def _try_at_one(ours: Actor, kind: Kind) -> None:
    """Ask with a method that is not documented for a thing that is there."""
    made = ours.make(kind)
    if made is not None:
        ours.look(made)
        documented = ours.caller.contract.methods(made.path)
        for method in [one for one in OTHERS if one not in documented][:1]:
            ours.try_method(method, made.path.removeprefix(ours.caller.contract.base_path))
        ours.clear(made)


def _wrong_queries(operation: Operation) -> Iterator[str]:
    """Break each documented parameter by what is no value of it, and by the first number that is too large."""
    parameters = operation.query_parameters
    if operation.ends_access or any(one.is_required for one in parameters):
        return
    for one in parameters:
        known = unfold(parameters.schema.root, [one.schema])
        beyond = [str(node["maximum"] + 1) for node in known if "maximum" in node]
        word = next((word for word in WORDS if parameters.violations({one.name: [word]})), None)
        for value in (*beyond[:1], *([] if word is None else [word])):
            yield urlencode({one.name: value})


def _bodies(kind: Kind) -> Iterator[tuple[bytes, str]]:
    if kind.make.has_body and JSON in kind.make.bodies:
        yield from ((body, JSON) for body in BODIES)
        yield from ((kind.bodies[0].content, content_type) for content_type in (*TYPES, *SPELT))


def _texts(kind: Kind) -> Iterator[tuple[bytes, str]]:
    """Good bodies with other texts, and with the longest one that there may be."""
    schema = kind.make.bodies.get(JSON)
    good = next((one.value for one in kind.bodies if isinstance(one.value, dict)), None)
    if schema is None or good is None:
        return
    known = members(unfold(schema.root, [schema.root]))
    for name in (name for name, value in good.items() if isinstance(value, str)):
        limits = [node["maxLength"] for node in unfold(schema.root, known.get(name, [])) if "maxLength" in node]
        longest = min(limits, default=LONGEST + 1)
        for text in (*TEXTS, *(["é" * longest] if longest <= LONGEST else [])):
            body: Any = good | {name: text}
            if schema.is_valid(body):
                yield json.dumps(body).encode(), JSON


def _queries(listing: Operation) -> Iterator[str]:
    paging = paging_of(listing)
    for name in (paging.page, paging.size) if paging is not None else ():
        yield from (urlencode({name: number}) for number in NUMBERS)
    yield urlencode(UNKNOWN)
