"""What a cloud keeps: the kinds of things that can be made there, with which bodies, and what can be done with one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from offair.contracts.checks.lifecycle import STOPS
from offair.contracts.checks.resources import homes_of, parameter_of
from offair.contracts.contract import Contract
from offair.contracts.operation import Operation
from offair.contracts.sampling import sample

JSON = "application/json"


@dataclass(frozen=True)
class GoodBody:
    """A body that a request may have: ``value`` is what it says, and ``is_published`` that the cloud has said it."""

    content: bytes
    content_type: str
    value: Any
    is_published: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of thing that a cloud keeps: how one is made, and what can be done with it below its path.

    ``acts`` need no more said than which; ``ways`` are all other operations with one.
    """

    make: Operation
    bodies: tuple[GoodBody, ...]
    home: str
    listing: Operation | None
    look: Operation | None
    delete: Operation | None
    acts: tuple[Operation, ...]
    ways: tuple[Operation, ...]

    def __repr__(self) -> str:
        return f"<Kind {self.home}>"

    @property
    def parameter(self) -> str:
        """What stands for one in paths."""
        return parameter_of(self.home)

    @property
    def is_published(self) -> bool:
        """A request that makes one was published; another one is of our own making."""
        return not self.make.has_body or any(body.is_published for body in self.bodies)

    def has(self, operation: Operation) -> bool:
        """The operation is with one."""
        return any(operation is one for one in (self.look, self.delete, *self.acts, *self.ways))

    @property
    def stops(self) -> tuple[Operation, ...]:
        """What brings one to rest."""
        return tuple(act for act in self.acts if act.path.rpartition("/")[2] in STOPS)


def kinds(contract: Contract) -> Iterator[Kind]:
    """Find what a cloud keeps that can be made by a request with nothing in its path."""
    operations = contract.operations
    for make in operations.values():
        homes = homes_of(contract, make) if make.method == "POST" and "{" not in make.path else ()
        bodies = tuple(good_bodies(contract, make)) if homes and make.has_body else ()
        if not homes or (make.has_body and not bodies):
            continue
        listing, look = (operations.get(f"GET {path}") for path in (make.path, homes[0]))
        delete = next((operations[f"DELETE {home}"] for home in homes if f"DELETE {home}" in operations), None)
        known = {id(one) for one in (make, listing, look, delete)}
        with_one = [one for one in operations.values() if id(one) not in known and _is_with_one(one, homes)]
        acts = tuple(one for one in with_one if any(_is_act(one, home) for home in homes))
        ways = tuple(one for one in with_one if one not in acts and not one.ends_access)
        yield Kind(make, bodies, homes[0], listing, look, delete, acts, ways)


def good_bodies(contract: Contract, operation: Operation) -> Iterator[GoodBody]:
    """Give the published bodies of a request; where none is JSON, one that the schema allows, if that says enough."""
    examples = [one for one in contract.examples_of(operation.key) if one.status < 300 and not one.is_sketch]
    said = [one for one in examples if one.request_body is not None]
    for one in said:
        exchange = one.exchange
        yield GoodBody(
            exchange.request_body, exchange.request_content_type or JSON, one.request_body, is_published=True
        )
    schema = None if any(one.request_form == "body" for one in said) else operation.bodies.get(JSON)
    made = None if schema is None else sample(schema.root)
    if schema is not None and schema.is_valid(made):
        yield GoodBody(json.dumps(made).encode(), JSON, made)


def _is_with_one(operation: Operation, homes: tuple[str, ...]) -> bool:
    """The operation is with a thing, and its path needs no more than which."""
    rests = [operation.path.removeprefix(home) for home in homes if f"{operation.path}/".startswith(f"{home}/")]
    return any("{" not in rest for rest in rests)


def _is_act(operation: Operation, home: str) -> bool:
    """Something is done with a thing, and no more is said than which."""
    rest = operation.path.removeprefix(f"{home}/")
    is_said = operation.has_body and operation.is_body_required
    return rest != operation.path and "{" not in rest and operation.method in {"POST", "PUT"} and not is_said
