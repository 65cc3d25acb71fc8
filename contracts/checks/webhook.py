"""Does a call of the cloud keep the promise? Judging what a webhook receives."""

from typing import Any

from offair.contracts.bodies import SHOWN
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange, header
from offair.contracts.jsontext import NotJsonError
from offair.contracts.violation import Violation
from offair.contracts.webhook import Webhook, read_member

METHOD = "POST"  # as what every document of webhooks describes


def check_webhook(contract: Contract, exchange: Exchange) -> list[Violation]:
    """Judge a delivery: is the event documented, is it signed, and are headers and body as documented."""
    try:
        event = _event(contract, exchange)
    except ValueError as error:
        rule, form = ("json", "JSON") if isinstance(error, NotJsonError) else ("form", "a form")
        return [_wrong(rule, contract, exchange.request_body[:SHOWN], f"must be {form}: {error}")]
    webhook = contract.webhooks.get(event) if isinstance(event, str) else None
    if webhook is None:
        return [
            _wrong("event", contract, event, f"must be an event that is documented: {', '.join(contract.webhooks)}")
        ]
    return [
        *_method(webhook, exchange),
        *_signature(webhook, exchange),
        *webhook.header_violations(exchange.request_headers),
        *webhook.violations(exchange.request_content_type or "", exchange.request_body),  # a call says what it is
    ]


def event_of(contract: Contract, exchange: Exchange) -> str | None:
    """Read which event a delivery says that it is; None where it says none that can be read."""
    try:
        event = _event(contract, exchange)
    except ValueError:
        return None
    return event if isinstance(event, str) else None


def _event(contract: Contract, exchange: Exchange) -> Any:
    if contract.event_header is not None:
        return header(exchange.request_headers, contract.event_header)
    return read_member(exchange.request_content_type, exchange.request_body, contract.event_member)


def _method(webhook: Webhook, exchange: Exchange) -> list[Violation]:
    if exchange.method == METHOD:
        return []
    return [
        Violation(
            rule="method",
            where="webhook.method",
            expected=METHOD,
            got=exchange.method,
            message=f"must be {METHOD}",
            grade=webhook.grade,
            source=webhook.source,
        )
    ]


def _signature(webhook: Webhook, exchange: Exchange) -> list[Violation]:
    term = webhook.signature
    if term is None or header(exchange.request_headers, term.header) is not None:
        return []
    return [
        Violation(
            rule="signature",
            where="webhook.headers",
            path=(term.header,),
            expected=term.form,
            message=f"is missing; it signs the body as {term.form}",
            grade=term.grade,
            source=term.source,
        )
    ]


def _wrong(rule: str, contract: Contract, got: Any, message: str) -> Violation:
    known = list(contract.webhooks)
    source = f"{contract.title}: its webhooks"
    return Violation(rule=rule, where="webhook.body", expected=known, got=got, message=message, source=source)
