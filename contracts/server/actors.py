"""Who calls in a scene or a story, and what they can do with any cloud: make, look, list, act and delete."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlencode

from offair.contracts.checks.lifecycle import STOPS
from offair.contracts.checks.pages import paging_of
from offair.contracts.checks.resources import at, homes_of, parameter_of, read_id
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.operation import Operation
from offair.contracts.published import Published
from offair.contracts.server.calling import US, Caller
from offair.contracts.server.target import Headers

JSON = "application/json"
BUSY = 409  # RFC 9110 section 15.5.10


@dataclass(frozen=True)
class Kind:
    """A kind of thing that a cloud keeps: how one is made, and what can be done with it below its path."""

    make: Operation
    bodies: tuple[Published, ...]
    home: str
    listing: Operation | None
    look: Operation | None
    delete: Operation | None
    acts: tuple[Operation, ...]

    @property
    def parameter(self) -> str:
        """What stands for one in paths."""
        return parameter_of(self.home)

    @property
    def stops(self) -> tuple[Operation, ...]:
        """What brings one to rest."""
        return tuple(act for act in self.acts if act.path.rpartition("/")[2] in STOPS)


@dataclass(frozen=True)
class Made:
    """A thing that is there, or was: its id, its path as the contract has it, and its maker."""

    kind: Kind
    id: str
    path: str
    who: str


def kinds(contract: Contract) -> Iterator[Kind]:
    """Find what a cloud keeps that can be made by a published request, and by nothing but its path."""
    operations = contract.operations
    for make in operations.values():
        homes = homes_of(contract, make) if make.method == "POST" and "{" not in make.path else ()
        bodies = tuple(one for one in contract.examples_of(make.key) if one.status < 300 and not one.is_sketch)
        if not homes or (make.has_body and not any(one.request_body is not None for one in bodies)):
            continue
        yield Kind(
            make=make,
            bodies=tuple(one for one in bodies if one.request_body is not None or not make.has_body),
            home=homes[0],
            listing=operations.get(f"GET {make.path}"),
            look=operations.get(f"GET {homes[0]}"),
            delete=next((operations[f"DELETE {home}"] for home in homes if f"DELETE {home}" in operations), None),
            acts=tuple(one for one in operations.values() if any(_is_act(one, home) for home in homes)),
        )


def _is_act(operation: Operation, home: str) -> bool:
    """Something is done with a thing, and no more is said than which."""
    rest = operation.path.removeprefix(f"{home}/")
    is_said = operation.has_body and operation.is_body_required
    return rest != operation.path and "{" not in rest and operation.method in {"POST", "PUT"} and not is_said


class Actor:
    """A tenant. What it asks goes into ``log``, with its name."""

    def __init__(self, caller: Caller, headers: Headers, log: list[Exchange], who: str | None = US) -> None:
        self.caller = caller
        self.headers = headers
        self.log = log
        self.who = who

    @cached_property
    def _contract(self) -> Contract:
        return self.caller.contract

    def make(self, kind: Kind, body: int = 0, more: Mapping[str, str] | None = None) -> Made | None:
        """Make a thing by a published request, with ``more`` members of it where it has any; None where refused."""
        example = kind.bodies[body % len(kind.bodies)].exchange if kind.bodies else None
        content = b"" if example is None else example.request_body
        said = kind.bodies[body % len(kind.bodies)].request_body if kind.bodies else None
        if more and isinstance(said, dict):
            content = json.dumps(said | dict(more)).encode()
        content_type = (example.request_content_type if example else None) or JSON
        path = self._contract.base_path + kind.make.path
        answer = self._ask("POST", path, content, {"Content-Type": content_type} if content else {})
        return self.made_by(kind, answer)

    def made_by(self, kind: Kind, answer: Exchange) -> Made | None:
        """Read what a call has made; None where it was refused."""
        try:
            said = parse(answer.response_body) if answer.status < 300 and answer.response_body else None
        except NotJsonError:
            said = None
        found = None if said is None else read_id(self._contract, kind.make, kind.parameter, said)
        return (
            None
            if found is None
            else Made(kind, found, self._contract.base_path + at(kind.home, found), self.who or "")
        )

    def look(self, made: Made) -> Exchange | None:
        """Ask for a thing."""
        return None if made.kind.look is None else self._ask("GET", made.path)

    def list(self, kind: Kind, page: int | None = None, size: int | None = None) -> Exchange | None:
        """Ask for all things, or for one page of them, counted from zero."""
        paging = None if kind.listing is None else paging_of(kind.listing)
        if kind.listing is None:
            return None
        asked: dict[str, int] = {}
        if paging is not None and page is not None and size is not None:
            asked = {paging.page: page * size if paging.is_offset else page + 1, paging.size: size}
        path = self._contract.base_path + kind.listing.path
        return self._ask("GET", f"{path}?{urlencode(asked)}" if asked else path)

    def act(self, made: Made, act: Operation) -> Exchange:
        """Ask for something to be done with a thing."""
        return self._ask(act.method, self._of(made, act))

    def send(self, operation: Operation, path: str, body: bytes) -> Exchange:
        """Call an operation at a path below the base path, with JSON."""
        return self._ask(operation.method, self._contract.base_path + path, body, {"Content-Type": JSON})

    def delete(self, made: Made) -> Exchange | None:
        """Delete a thing."""
        return None if made.kind.delete is None else self._ask("DELETE", self._of(made, made.kind.delete))

    def get(self, path: str) -> Exchange:
        """Ask for a path, documented or not."""
        return self._ask("GET", path)

    def clear(self, made: Made) -> None:
        """Delete a thing; what is busy is stopped first."""
        answer = self.delete(made)
        if answer is not None and answer.status == BUSY:
            for act in made.kind.stops:
                self.act(made, act)
            self.delete(made)

    def call(self, operation: Operation, made: Sequence[Made] = ()) -> Exchange | None:
        """Call an operation with no more than its path, filled with what was made; None where something is missing."""
        path = fill(operation.path, {one.kind.parameter: one.id for one in made})
        if path is None:
            return None
        body = next((e for e in self._contract.examples_of(operation.key) if e.request_body is not None), None)
        content = b"" if body is None or not operation.has_body else json.dumps(body.request_body).encode()
        return self._ask(
            operation.method, self._contract.base_path + path, content, {"Content-Type": JSON} if content else {}
        )

    def _of(self, made: Made, operation: Operation) -> str:
        """The path of an operation with a thing."""
        return self._contract.base_path + operation.path.replace(f"{{{made.kind.parameter}}}", quote(made.id, safe=""))

    def _ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Exchange:
        answer = self.caller.ask(method, path, headers={**self.headers, **(headers or {})}, who=self.who, body=body)
        self.log.append(answer)
        return answer


def fill(template: str, ids: Mapping[str, str]) -> str | None:
    """Fill a path's parameters; None where one has no value."""
    parts = []
    for part in template.split("/"):
        if part.startswith("{") and part.endswith("}"):
            if part[1:-1] not in ids:
                return None
            parts.append(quote(ids[part[1:-1]], safe=""))
        else:
            parts.append(part)
    return "/".join(parts)
