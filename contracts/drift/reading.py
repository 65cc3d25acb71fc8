"""Reading all that a cloud lets its tenant read: lists and single answers, and of each list a few things."""

from collections.abc import Iterator

from offair.contracts.checks.resources import id_of, listed
from offair.contracts.checks.seen import History
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.operation import Operation
from offair.contracts.server.actors import fill
from offair.contracts.server.calling import US, Caller
from offair.contracts.server.target import UnreachableError

FEW = 3  # things of a list that are looked at
UNKNOWN, TOO_MANY = 401, 429


def read_safely(caller: Caller, most: int = FEW) -> Iterator[Exchange]:
    """Ask for everything that is documented with GET, needs no query, and whose path can be filled from lists.

    ``most`` is how many things of a list are looked at. It stops where the cloud says that it is enough (429).
    UnreachableError where the credentials are refused, or nobody answers.
    """
    contract = caller.contract
    known: dict[str, list[str]] = {}
    for operation in _reads(contract):
        for path in _paths(operation, known, most):
            answer = caller.ask("GET", contract.base_path + path, headers=caller.target.headers, who=US)
            if answer.status == UNKNOWN and not operation.is_open:
                raise UnreachableError(
                    f"{caller.target.base_url} refuses the credentials: GET {path} is answered 401; "
                    "give good ones with --header 'NAME: VALUE'"
                )
            yield answer
            if answer.status == TOO_MANY:
                return
            known.setdefault(operation.path.rstrip("/"), []).extend(_ids(contract, answer))


def _reads(contract: Contract) -> list[Operation]:
    """Lists before their things; what cannot be asked without a query is left out."""
    reads = [one for one in contract.operations.values() if one.method == "GET"]
    plain = [one for one in reads if not any(parameter.is_required for parameter in one.query_parameters)]
    return sorted(plain, key=lambda one: one.path.count("{"))


def _paths(operation: Operation, known: dict[str, list[str]], most: int) -> Iterator[str]:
    """Fill the one parameter of a path with ids of the list before it."""
    before, brace, rest = operation.path.partition("/{")
    if not brace:
        yield operation.path
    elif "{" not in rest:
        name = rest.partition("}")[0]
        paths = (fill(operation.path, {name: one}) for one in known.get(before.rstrip("/"), [])[:most])
        yield from (path for path in paths if path is not None)


def _ids(contract: Contract, answer: Exchange) -> list[str]:
    if answer.status >= 300:
        return []
    calls = History(contract, [answer]).calls
    rows = listed(calls[0].answer) if calls else None
    return [found for row in rows or () if (found := id_of(row)) is not None]
