"""Does a request keep the promise? Judging a client."""

from urllib.parse import parse_qsl, urlsplit

from offair.contracts.contract import Contract
from offair.contracts.exchange import JSON, Exchange
from offair.contracts.operation import Operation, judge_media
from offair.contracts.violation import Violation


def check_request(contract: Contract, exchange: Exchange) -> list[Violation]:
    """Judge a client: is the operation documented, and are query and body as documented."""
    found = contract.match(exchange.method, exchange.path)
    if found is None:
        return [_undocumented(contract, exchange)]
    operation, _ = found
    query = dict(parse_qsl(urlsplit(exchange.path).query, keep_blank_values=True))
    return [*operation.query_violations(query), *_body(operation, exchange)]


def _body(operation: Operation, exchange: Exchange) -> list[Violation]:
    if operation.body is None:
        return []
    if not exchange.request_body:
        return [_missing(operation)] if operation.is_body_required else []
    media = {JSON: operation.body}
    kind, raw = exchange.request_content_type, exchange.request_body
    return judge_media(media, kind, raw, side="request", grade=operation.grade, source=operation.source)


def _missing(operation: Operation) -> Violation:
    return Violation(
        rule="required",
        where="request.body",
        message="is missing",
        grade=operation.grade,
        source=operation.source,
    )


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
        expected=contract.base_path,
        got=exchange.path,
        message="is no path that the cloud documents",
        source=f"{contract.title}: its operations, below {contract.base_path}",
    )
