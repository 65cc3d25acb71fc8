"""Does an answer keep the promise? Judging a server."""

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.violation import Violation


def check_response(contract: Contract, exchange: Exchange) -> list[Violation]:
    """Judge a server: status, content type and body; what answers an undocumented request is not judged.

    HEAD is answered as GET is, without the body (RFC 9110 section 9.3.2).
    """
    is_head = exchange.method.upper() == "HEAD"
    found = contract.match("GET" if is_head else exchange.method, exchange.path)
    if found is None:
        return []
    operation, _ = found
    return operation.response_violations(
        exchange.status, exchange.response_content_type, exchange.response_body, is_head=is_head
    )
