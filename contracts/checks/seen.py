"""What was seen, as checks read it: each exchange with the operation that it means, its bodies read once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import parse_or_none
from offair.contracts.operation import Operation
from offair.contracts.reproducing import curl_line
from offair.contracts.sockets import SocketTerm
from offair.contracts.violation import Grade, Violation

Worth = TypeVar("Worth")


@dataclass(frozen=True)
class Seen:
    """An exchange, and the operation that its request means. HEAD means what GET does (RFC 9110 section 9.3.2)."""

    exchange: Exchange
    operation: Operation
    parameters: dict[str, str]
    root: str

    @property
    def key(self) -> str:
        """The operation's key."""
        return self.operation.key

    @property
    def is_success(self) -> bool:
        """The answer says that it was done."""
        return self.exchange.status < 400

    @property
    def is_read(self) -> bool:
        """The request is safe: it asks for no change (RFC 9110 section 9.2.1)."""
        return self.exchange.method in {"GET", "HEAD"}

    @property
    def path(self) -> str:
        """The path without a query."""
        return self.exchange.path.partition("?")[0]

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The query's values by name."""
        return parse_qs(urlsplit(self.exchange.path).query, keep_blank_values=True)

    @cached_property
    def answer(self) -> Any:
        """The answer's body as JSON; None where it is none."""
        return parse_or_none(self.exchange.response_body)

    @cached_property
    def asked(self) -> Any:
        """The request's body as JSON; None where it is none."""
        return parse_or_none(self.exchange.request_body)

    @cached_property
    def wrongs(self) -> tuple[Violation, ...]:
        """What of the answer is not as documented; judged once, for all checks that ask."""
        one = self.exchange
        is_head = one.method == "HEAD"
        found = self.operation.response_violations(
            one.status, one.response_content_type, one.response_body, is_head=is_head
        )
        return tuple(replace(v, operation=self.key, reproduce=self.again) for v in found)

    @cached_property
    def faults(self) -> tuple[Violation, ...]:
        """What of the request is not as documented; a body without a type is read as the documented one."""
        one, operation = self.exchange, self.operation
        return (
            *operation.path_violations(self.parameters),
            *operation.query_violations(self.query),
            *operation.header_violations(one.request_headers),
            *operation.body_violations(one.request_content_type, one.request_body),
        )

    def breach(
        self, message: str, *, where: str, rule: str, expected: Any = None, got: Any = None, grade: Grade | None = None
    ) -> Violation:
        """Say what is broken here; the operation vouches for it, unless a ``grade`` is given."""
        return Violation(
            rule=rule,
            where=where,
            message=message,
            expected=expected,
            got=got,
            grade=self.operation.grade if grade is None else grade,
            source=self.operation.source,
            operation=self.key,
            reproduce=self.again,
        )

    @cached_property
    def again(self) -> str:
        """The request as a curl line."""
        return curl_line(self.exchange, self.root)


def led_by(before: Seen, call: Seen, found: Violation | None) -> Violation | None:
    """Let who tries again what was found at a call begin with what was asked before it."""
    if found is None or before is call:
        return found
    return replace(found, reproduce=f"{before.again} && {found.reproduce}")


@dataclass(frozen=True)
class Talk:
    """An exchange that asks for a WebSocket, and the documented one that it means."""

    exchange: Exchange
    socket: SocketTerm
    parameters: dict[str, str]

    @property
    def key(self) -> str:
        """What a report calls it."""
        return f"GET {self.socket.path}"


class History:
    """Exchanges in the order in which they were asked; ``root`` is what stands before their paths."""

    def __init__(self, contract: Contract, exchanges: Sequence[Exchange], root: str | None = None) -> None:
        self.contract = contract
        self.exchanges = exchanges
        self.root = _origin(contract) if root is None else root
        self._worth: dict[Callable[..., Any], Any] = {}

    def worked_out(self, make: Callable[["History"], Worth]) -> Worth:
        """What a function makes of this history: worked out once, for all checks that ask."""
        if make not in self._worth:
            self._worth[make] = make(self)
        return cast("Worth", self._worth[make])

    @cached_property
    def calls(self) -> tuple[Seen, ...]:
        """The requests of documented operations."""
        return tuple(self._calls())

    @cached_property
    def talks(self) -> tuple[Talk, ...]:
        """The WebSockets that were asked for, as far as they are documented."""
        asked = [one for one in self.exchanges if not one.is_hook and one.is_socket] if self.contract.sockets else []
        found = ((one, self.contract.socket_at(one.path)) for one in asked)
        return tuple(Talk(one, *documented) for one, documented in found if documented is not None)

    @cached_property
    def hooks(self) -> tuple[Exchange, ...]:
        """What the cloud called."""
        return tuple(one for one in self.exchanges if one.is_hook)

    @cached_property
    def strays(self) -> tuple[Exchange, ...]:
        """The requests below a base path that mean no documented operation."""
        known = {*(id(call.exchange) for call in self.calls), *(id(talk.exchange) for talk in self.talks)}
        return tuple(one for one in self.exchanges if not one.is_hook and id(one) not in known)

    def stray(self, one: Exchange, message: str, rule: str, *, grade: Grade = "inferred") -> Violation:
        """Say what is broken where no documented operation was meant."""
        return Violation(
            rule=rule,
            where="response.status",
            message=message,
            got=one.status,
            grade=grade,
            source=f"{self.contract.title}: its operations",
            operation=f"{one.method} {one.path.partition('?')[0]}",
            reproduce=curl_line(one, self.root),
        )

    def _calls(self) -> Iterator[Seen]:
        talks = {id(talk.exchange) for talk in self.talks}
        for one in self.exchanges:
            method = "GET" if one.method == "HEAD" else one.method
            found = None if one.is_hook or id(one) in talks else self.contract.match(method, one.path)
            if found is not None:
                yield Seen(one, *found, self.root)


def _origin(contract: Contract) -> str:
    parts = urlsplit(contract.servers[0]) if contract.servers else None
    return f"{parts.scheme}://{parts.netloc}" if parts and parts.netloc else ""
