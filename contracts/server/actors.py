"""Who calls in a scene or a story, and what they can do with any cloud: make, look, list, act and delete."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from offair.contracts.checks.pages import SIZES, paging_of
from offair.contracts.checks.resources import at, filled, read_id
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import parse_or_none
from offair.contracts.operation import Operation
from offair.contracts.server.calling import US, Caller
from offair.contracts.server.kinds import JSON, GoodBody, Kind, good_bodies
from offair.contracts.server.target import Headers

NOTHING = GoodBody(b"", JSON, None)
WHOLE = 100  # things: more than a judge makes
BUSY = 409  # RFC 9110 section 15.5.10


@dataclass(frozen=True)
class Made:
    """A thing that is there, or was: its id, its path as the contract has it, and its maker."""

    kind: Kind
    id: str
    path: str
    who: str


class Actor:
    """A tenant. What it asks goes into ``log``, with its name; ``title`` says what is special about its requests."""

    def __init__(
        self, caller: Caller, headers: Headers, log: list[Exchange], who: str | None = US, *, title: str = ""
    ) -> None:
        self.caller = caller
        self.headers = headers
        self.log = log
        self.who = who
        self.title = title

    @cached_property
    def _contract(self) -> Contract:
        return self.caller.contract

    def make(self, kind: Kind, body: int = 0, more: Mapping[str, Any] | None = None) -> Made | None:
        """Make a thing by a good request, with ``more`` members of it where it has any; None where refused."""
        good = kind.bodies[body % len(kind.bodies)] if kind.bodies else NOTHING
        content = good.content
        if more and isinstance(good.value, dict):
            content = json.dumps(good.value | dict(more)).encode()
        path = self._contract.base_path + kind.make.path
        answer = self._ask("POST", path, content, {"Content-Type": good.content_type} if content else {})
        return self.made_by(kind, answer)

    def made_by(self, kind: Kind, answer: Exchange) -> Made | None:
        """Read what a call has made; None where it was refused."""
        said = parse_or_none(answer.response_body) if answer.status < 300 else None
        asked = parse_or_none(answer.request_body)
        found = None if said is None else read_id(self._contract, kind.make, kind.parameter, said, asked)
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
        return None if kind.listing is None else self.read_list(kind.listing, kind.listing.path, page, size)

    def read_list(self, listing: Operation, below: str, page: int | None = None, size: int | None = None) -> Exchange:
        """Ask for a list at a path below the base path: all of it, or one page, counted from zero."""
        paging = paging_of(listing)
        asked: dict[str, int] = {}
        if paging is not None and page is not None and size is not None:
            asked = {paging.page: page * size if paging.is_offset else page + 1, paging.size: size}
        path = self._contract.base_path + below
        return self._ask("GET", f"{path}?{urlencode(asked)}" if asked else path)

    def read_whole(self, listing: Operation, below: str) -> Exchange:
        """Ask for a list, or whatever else is read, at a path below the base path: as whole as can be asked for."""
        size = next((one.name for one in listing.query_parameters if SIZES.search(one.name)), None)
        if size is None or paging_of(listing) is not None:
            return self.read_list(listing, below, 0, WHOLE)
        return self.get(f"{self._contract.base_path}{below}?{size}={WHOLE}")

    def act(self, made: Made, act: Operation) -> Exchange:
        """Ask for something to be done with a thing."""
        return self._ask(act.method, self._of(made, act))

    def send(self, operation: Operation, path: str, body: bytes, content_type: str = JSON) -> Exchange:
        """Call an operation at a path below the base path, with a body, whatever it says that it is."""
        return self._ask(operation.method, self._contract.base_path + path, body, {"Content-Type": content_type})

    def try_method(self, method: str, path: str) -> Exchange:
        """Ask with a method, documented or not."""
        return self._ask(method, self._contract.base_path + path)

    def try_all(self, made: Made, beside: Made | None = None) -> None:
        """Do everything with a thing that can be done, but for deleting it: what only reads comes first.

        What stands ``beside`` it is looked at each time.
        """
        is_shy = self.caller.target.is_spared  # then no body is sent that nobody has published
        for way in sorted((*made.kind.ways, *made.kind.acts), key=lambda one: one.method != "GET"):
            if way in made.kind.acts or way.method == "GET" or not is_shy:
                self.call(way, [made])
                if way.method != "GET":
                    self.look(made)
                    self._read_back(made, way)
                if way.method != "GET" and beside is not None:
                    self.look(beside)

    def _read_back(self, made: Made, way: Operation) -> None:
        """Read what was written, where it can be read at the same path."""
        read = self._contract.operations.get(f"GET {way.path}")
        if read is not None and read is not made.kind.look:
            self.call(read, [made])

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

    def call(
        self, operation: Operation, made: Sequence[Made] = (), body: bytes = b"", query: str = ""
    ) -> Exchange | None:
        """Call an operation with a good body, or with this one in JSON; None where its path needs what was not made."""
        path = fill(operation.path, ids_for(operation, made))
        if path is None:
            return None
        good = GoodBody(body, JSON, None) if body or not operation.has_body else self._good(operation)
        headers = {"Content-Type": good.content_type} if good.content else {}
        asked = f"{self._contract.base_path}{path}{'?' if query else ''}{query}"
        return self._ask(operation.method, asked, good.content, headers)

    def _good(self, operation: Operation) -> GoodBody:
        return next(good_bodies(self._contract, operation), NOTHING)

    def _of(self, made: Made, operation: Operation) -> str:
        """The path of an operation with a thing."""
        return self._contract.base_path + operation.path.replace(f"{{{made.kind.parameter}}}", quote(made.id, safe=""))

    def _ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Exchange:
        shown = {**self.headers, **(headers or {})}
        answer = self.caller.ask(method, path, headers=shown, who=self.who, body=body, title=self.title)
        self.log.append(answer)
        return answer


def ids_for(operation: Operation, made: Sequence[Made]) -> dict[str, str]:
    """Give the ids for an operation's path: of two things whose parameters have one name, that which it is with."""
    return {one.kind.parameter: one.id for one in sorted(made, key=lambda one: one.kind.has(operation))}


def fill(template: str, ids: Mapping[str, str]) -> str | None:
    """Fill a path's parameters; None where one has no value."""
    path = filled(template, ids)
    return None if any(part.startswith("{") and part.endswith("}") for part in path.split("/")) else path
