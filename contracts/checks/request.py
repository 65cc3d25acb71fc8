"""Does a request keep the promise? Judging a client."""

from urllib.parse import parse_qs, urlsplit

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.operation import Operation
from offair.contracts.violation import Violation


def check_request(contract: Contract, exchange: Exchange) -> list[Violation]:
    """Judge a client: is the operation documented, and are path, query, headers and body as documented."""
    found = contract.match(exchange.method, exchange.path)
    if found is None:
        return [_undocumented(contract, exchange)]
    operation, path = found
    query = parse_qs(urlsplit(exchange.path).query, keep_blank_values=True)
    return [
        *operation.path_violations(path),
        *operation.query_violations(query),
        *operation.header_violations(exchange.request_headers),
        *_body(operation, exchange),
    ]


def _body(operation: Operation, exchange: Exchange) -> list[Violation]:
    # a cloud may let a body without a type pass; a client says what it sends (RFC 9110 section 8.3)
    return operation.body_violations(exchange.request_content_type or "", exchange.request_body)


def _undocumented(contract: Contract, exchange: Exchange) -> Violation:
    methods = contract.methods(exchange.path)
    if methods:
        return Violation(
            rule="method",
            where="request.method",
            expected=methods,
            got=exchange.method,
            message=f"must be {' or '.join(methods)} at {exchange.path}",
            source=f"{contract.title}: its operations",
        )
    return Violation(
        rule="path",
        where="request.path",
        expected=list(contract.base_paths),
        got=exchange.path,
        message="is no path that the cloud documents",
        source=f"{contract.title}: its operations, below {' or '.join(contract.base_paths)}",
    )
