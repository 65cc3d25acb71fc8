"""Reading all that a cloud lets its tenant read: lists and single answers, and of each list a few things."""

from collections.abc import Iterator
from urllib.parse import quote

from offair.contracts.checks.resources import homes_of, id_of, listed
from offair.contracts.checks.seen import History
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.operation import Operation
from offair.contracts.server.calling import US, Caller
from offair.contracts.server.target import UnreachableError

FEW = 3  # things of a list that are looked at
UNKNOWN, TOO_MANY = 401, 429


def read_safely(caller: Caller, most: int = FEW) -> Iterator[Exchange]:
    """Ask for everything that is documented with GET, needs no query, and whose path earlier answers can fill.

    ``most`` is how many things of a list are looked at. It stops where the cloud says that it is enough (429).
    UnreachableError where the credentials are refused, or nobody answers.
    """
    contract = caller.contract
    told = Told(contract)
    for operation in _reads(contract):
        for path in told.fill(operation.path, most):
            answer = caller.ask("GET", contract.base_path + path, headers=caller.target.headers, who=US)
            if answer.status == UNKNOWN and not operation.is_open:
                raise UnreachableError(
                    f"{caller.target.base_url} refuses the credentials: GET {path} is answered 401; "
                    "give good ones with --header 'NAME: VALUE'"
                )
            yield answer
            if answer.status == TOO_MANY:
                return
            told.note(path, answer)


class Told:
    """What answers have told so far: the ids in each list by its path, and the texts of members by their names."""

    def __init__(self, contract: Contract) -> None:
        makes = [one for one in contract.operations.values() if one.method == "POST" and "{" not in one.path]
        self._contract = contract
        self._lists = {home: make.path.rstrip("/") for make in makes for home in homes_of(contract, make)}
        self._ids: dict[str, list[str]] = {}
        self._texts: dict[str, dict[str, None]] = {}

    def note(self, path: str, answer: Exchange) -> None:
        """Remember what a list has, and what its things are called."""
        calls = History(self._contract, [answer]).calls if answer.status < 300 else ()
        for row in (listed(calls[0].answer) or ()) if calls else ():
            found = id_of(row)
            if found is not None:
                self._ids.setdefault(path.rstrip("/"), []).append(found)
            for name, value in row.items():
                if isinstance(value, str) and value:
                    self._texts.setdefault(name, {}).setdefault(value)

    def fill(self, path: str, most: int) -> Iterator[str]:
        """Fill a path's parameters, the first one first.

        By ids of the list before it, else of the list of what is kept there, else by members of its name.
        """
        before, brace, rest = path.partition("/{")
        name, _, after = rest.partition("}")
        if not brace:
            yield path
            return
        home = self._lists.get(f"{before}/{{{name}}}", "")
        ids = self._ids.get(before.rstrip("/")) or self._ids.get(home) or []
        for value in (ids or [*self._texts.get(name, ())])[:most]:
            yield from self.fill(f"{before}/{quote(value, safe='')}{after}", most)


def _reads(contract: Contract) -> list[Operation]:
    """Lists before their things; what cannot be asked without a query is left out."""
    reads = [one for one in contract.operations.values() if one.method == "GET"]
    plain = [one for one in reads if not any(parameter.is_required for parameter in one.query_parameters)]
    return sorted(plain, key=lambda one: one.path.count("{"))
