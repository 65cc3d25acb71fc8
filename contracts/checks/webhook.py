"""Does a call of the cloud keep the promise? Judging what a webhook receives."""

from typing import Any

from offair.contracts.contract import Contract, Webhook
from offair.contracts.exchange import Exchange, header
from offair.contracts.operation import parse
from offair.contracts.violation import Violation


def check_webhook(contract: Contract, exchange: Exchange) -> list[Violation]:
    """Judge a delivery: is the event documented, is it signed, and is the body as documented."""
    try:
        body = parse(exchange.request_body)
    except ValueError as error:
        return [_wrong("json", contract, exchange.request_body[:60], f"must be JSON: {error}")]
    event = body.get(contract.event_member) if isinstance(body, dict) else None
    webhook = contract.webhooks.get(event) if isinstance(event, str) else None
    if webhook is None:
        return [
            _wrong("event", contract, event, f"must be an event that is documented: {', '.join(contract.webhooks)}")
        ]
    return [*_signature(webhook, exchange), *webhook.violations(body)]


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
