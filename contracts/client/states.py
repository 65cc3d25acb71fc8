"""Where an answer says how far a thing is, in a word of an enumeration, and the same answer with another word there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from offair.contracts.client.answers import Answer, schema_of
from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.finding import Called
from offair.contracts.client.tape import Heard, Respond
from offair.contracts.departures import Departure
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.pointer import Node, members, unfold
from offair.contracts.violation import Path


@dataclass(frozen=True, slots=True)
class Said:
    """At ``path`` an answer says ``word``, and could say any of ``words``."""

    path: Path
    word: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(map(str, self.path))


def states_in(called: Called, one: Exchange) -> list[Said]:
    """List the words of enumerations that an answer has, but those within lists; none where it is no JSON."""
    schema = schema_of(called.operation.answer(one.status))
    try:
        body = None if schema is None else parse(one.response_body)
    except NotJsonError:
        body = None
    return [] if schema is None else list(_said(schema.root, [schema.root], body, ()))


def _said(root: Node, nodes: list[Any], value: Any, path: Path) -> Iterator[Said]:
    known = unfold(root, nodes)
    words = next((node["enum"] for node in known if "enum" in node), ())
    if isinstance(value, str) and words:
        yield Said(path, value, tuple(map(str, filter(None, words))))
    if isinstance(value, dict):
        for name, below in members(known).items():
            yield from _said(root, below, value.get(name), (*path, name))


def saying(called: Called, path: Path, word: str, times: int | None = None) -> Respond:
    """Let an operation say another word in its first so many answers, or in all; it is done really all the same."""
    one = Answer(called=called, status=200, body={}, departures=(Departure("value", path, word),))

    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        real = proceed()
        if call.name != called.name or (times is not None and call.nth >= times) or not 0 < real.status < 400:
            return real
        return one.departing_from(real)

    return respond
