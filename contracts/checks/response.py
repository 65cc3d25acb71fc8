"""Does an answer keep the promise? Judging a server."""

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.violation import Violation


def check_response(contract: Contract, exchange: Exchange) -> list[Violation]:
    """Judge a server: status, content type and body; what answers an undocumented request is not judged."""
    found = contract.match(exchange.method, exchange.path)
    if found is None:
        return []
    operation, _ = found
    return operation.response_violations(exchange.status, exchange.response_content_type, exchange.response_body)
