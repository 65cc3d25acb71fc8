"""WebSockets that a cloud documents: what travels each way, frame by frame, and what it means when one is closed.

A frame is a JSON text whose ``member`` names it, or binary. Sides are told by who speaks, whoever is judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offair.contracts.bodies import SHOWN
from offair.contracts.exchange import Side
from offair.contracts.guard import Guarded, Requirement, read_security
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.parameters import Parameters, read_parameters
from offair.contracts.pointer import Node, deref
from offair.contracts.schema import Schema
from offair.contracts.violation import Grade, Violation
from offair.contracts.vouching import Vouch, vouch


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameTerm:
    """A documented frame; ``schema`` judges its JSON, None where it is binary."""

    name: str
    summary: str
    schema: Schema | None
    grade: Grade
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTerm:
    """What a close code means (RFC 6455 section 7.4)."""

    code: int
    meaning: str
    grade: Grade
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketTerm(Guarded):
    """A documented WebSocket. ``path`` is below the contract's base paths; ``member`` of a JSON frame names it."""

    key: str
    path: str
    summary: str
    grade: Grade
    source: str
    security: tuple[Requirement, ...]
    path_parameters: Parameters
    query_parameters: Parameters
    header_parameters: Parameters
    member: str
    from_client: Mapping[str, FrameTerm]
    from_server: Mapping[str, FrameTerm]
    closes: Mapping[int, CloseTerm]

    def frames(self, side: Side) -> Mapping[str, FrameTerm]:
        """The frames of one side, by their names."""
        return self.from_client if side == "from_client" else self.from_server

    def frame_name(self, side: Side, frame: str | bytes) -> str | None:
        """Name a frame as the document does; None for one that says no name, or that it does not have."""
        if isinstance(frame, bytes):
            return next((term.name for term in self.frames(side).values() if term.schema is None), None)
        try:
            name = self._name(parse(frame.encode()))
        except ValueError:  # no JSON, or half of a surrogate pair
            return None
        return name if name in self.frames(side) else None

    def frame_violations(self, side: Side, frame: str | bytes) -> list[Violation]:
        """Judge a frame: is it documented for this side, and is it as documented."""
        known = [name for name, term in self.frames(side).items() if (term.schema is None) == isinstance(frame, bytes)]
        if isinstance(frame, bytes):
            return [] if known else [self._broken(side, "frame", "text", frame[:SHOWN], "must be text, not binary")]
        try:
            value = parse(frame.encode("utf-8", "surrogatepass"))
        except NotJsonError as error:
            return [self._broken(side, "json", "JSON", frame[:SHOWN], f"must be JSON: {error}")]
        name = self._name(value)
        if name not in known:
            there = f"must say with {self.member!r} which frame it is: {', '.join(known) or 'none is documented'}"
            return [self._broken(side, "frame", known, name, there)]
        schema = self.frames(side)[name].schema
        return [] if schema is None else schema.violations(value)

    def _name(self, value: Any) -> str | None:
        name = value.get(self.member) if isinstance(value, dict) else None
        return name if isinstance(name, str) else None

    def _broken(self, side: Side, rule: str, expected: Any, got: Any, message: str) -> Violation:
        return Violation(
            rule=rule,
            where=f"frame.{side}",
            expected=expected,
            got=got,
            message=message,
            grade=self.grade,
            source=self.source,
        )


def read_sockets(document: Node) -> Iterator[SocketTerm]:
    """Read every socket of ``sockets.yaml``, in its order."""
    for key, node in document.get("sockets", {}).items():
        yield _socket(document, key, node)


def _socket(document: Node, key: str, node: Node) -> SocketTerm:
    said = vouch(node, source=f"sockets.yaml, {key}")
    placed = read_parameters(document, node.get("parameters", ()), said)

    def frames(side: Side) -> dict[str, FrameTerm]:
        named = {name: deref(document, found) for name, found in node.get(side, {}).items()}
        binary = [name for name, found in named.items() if found.get("binary", False)]
        if len(binary) > 1:
            raise LookupError(f"socket {key!r}: {' and '.join(binary)} are both binary, and nothing tells them apart")
        return {name: _frame(document, name, found, side, said) for name, found in named.items()}

    return SocketTerm(
        key=key,
        path=node["path"],
        summary=node.get("summary", ""),
        grade=said.grade,
        source=said.source,
        security=read_security(node.get("security", [])),
        path_parameters=placed.path,
        query_parameters=placed.query,
        header_parameters=placed.header,
        member=node.get("member", "type"),
        from_client=frames("from_client"),
        from_server=frames("from_server"),
        closes={int(code): _close(int(code), found, said) for code, found in node.get("closes", {}).items()},
    )


def _frame(document: Node, name: str, node: Node, side: Side, socket: Vouch) -> FrameTerm:
    said = vouch(node, source=f"{socket.source}, {name}", grade=socket.grade)
    schema = {**said.marks, **node.get("schema", {})}
    judged = Schema(schema, where=f"frame.{side}", components=document.get("components", {}))
    return FrameTerm(
        name=name,
        summary=node.get("summary", ""),
        schema=None if node.get("binary", False) else judged,
        grade=said.grade,
        source=said.source,
    )


def _close(code: int, node: Node, socket: Vouch) -> CloseTerm:
    said = vouch(node, source=f"{socket.source}, close {code}", grade=socket.grade)
    return CloseTerm(code=code, meaning=node["meaning"], grade=said.grade, source=said.source)
