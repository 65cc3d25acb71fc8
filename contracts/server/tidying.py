"""Removing what was made at a server that cannot be set back to what it was."""

from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import quote

from offair.contracts.checks.resources import at, read_id
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import parse_or_none
from offair.contracts.server.actors import BUSY, Actor, Made
from offair.contracts.server.calling import US, Caller
from offair.contracts.server.target import Headers, UnreachableError

PAUSES = (0.0, 1.0, 4.0, 10.0)  # seconds in which what was stopped comes to rest


class Traces:
    """Remembers what was made, by whose credentials, until it is deleted."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._left: dict[str, tuple[Made, Headers]] = {}

    def note(self, exchanges: Iterable[Exchange]) -> None:
        """Take in what was asked, and answered."""
        contract, target = self._caller.contract, self._caller.target
        if target.restore is not None or target.is_read_only:
            return
        for one in exchanges:
            found = contract.match(one.method, one.path) if one.status < 300 and not one.is_hook else None
            if found is not None and one.method == "DELETE":
                self._left.pop(one.path.partition("?")[0], None)
            kind = next((kind for kind in self._caller.kinds if found is not None and kind.make is found[0]), None)
            if kind is None or kind.delete is None:
                continue
            said, asked = parse_or_none(one.response_body), parse_or_none(one.request_body)
            name = read_id(contract, kind.make, kind.parameter, said, asked)
            if name is not None:
                there = contract.base_path + kind.delete.path.replace(f"{{{kind.parameter}}}", quote(name, safe=""))
                shown = {word: said for word, said in one.request_headers.items() if word in target.headers}
                self._left[there] = Made(kind, name, contract.base_path + at(kind.home, name), US), shown

    def clear(self) -> None:
        """Delete what is left, and once more what had to come to rest; what cannot be reached any more stays."""
        wait = self._caller.target.advance or self._caller.target.wait or (lambda _seconds: None)
        with suppress(UnreachableError):
            for seconds in PAUSES if self._left else ():
                wait(seconds)
                for there, (made, headers) in [*self._left.items()]:
                    log: list[Exchange] = []
                    Actor(self._caller, headers, log, US).clear(made)
                    if log and log[-1].status != BUSY:
                        del self._left[there]
                if not self._left:
                    return
