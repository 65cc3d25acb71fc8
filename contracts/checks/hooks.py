"""Does a cloud call as it documents: body, signature, order, repeating what was not taken? Judging hooks."""

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from offair.contracts.checks.check import KEPT, Check, check
from offair.contracts.checks.clocks import moment_of
from offair.contracts.checks.seen import History
from offair.contracts.checks.webhook import check_webhook, event_of
from offair.contracts.exchange import Exchange, header
from offair.contracts.jsontext import objects_in, parse_or_none
from offair.contracts.reproducing import curl_line
from offair.contracts.violation import Violation
from offair.contracts.webhook import read_member

DOCUMENT = "the cloud's webhooks"
ABSENT = "the cloud called nobody"
FAILED = 500
AGAIN = 59.0  # cloud seconds
HAPPENED = re.compile(r"^(timestamp|time|date|occurred_?at|updated_?at|sent_?at)$", re.IGNORECASE)
AHEAD, LATE = 2.0, 30.0  # cloud seconds: what a clock may be off, and what telling may take
MOMENTS = ("timestamp", "time", "created_at", "date")
UNSIGNED = "the cloud called nobody with a signature whose secret is known"


@check("webhooks/body", DOCUMENT, absent=ABSENT)
def body(history: History) -> Iterator[Violation | None]:
    """What a cloud calls with is documented: the event, the headers and the body."""
    for one in history.hooks:
        found = [v for v in check_webhook(history.contract, one) if v.rule != "signature"]
        yield from _sent(one, found) or KEPT


@check("webhooks/signed", DOCUMENT, absent="the cloud called nobody, or signs nothing")
def signed(history: History) -> Iterator[Violation | None]:
    """What a cloud documents to be signed is signed."""
    if any(webhook.signature for webhook in history.contract.webhooks.values()):
        for one in history.hooks:
            found = [v for v in check_webhook(history.contract, one) if v.rule == "signature"]
            yield from _sent(one, found) or KEPT


@check("webhooks/again", DOCUMENT, absent="no call was repeated")
def again(history: History) -> Iterator[Violation | None]:
    """What was taken is not sent again, and what is sent again has the same bytes."""
    taken: dict[tuple[str, bytes], Exchange] = {}
    for one in history.hooks:
        whose = (one.path, one.request_body)
        if whose in taken:
            yield _wrong(history, one, "repeats", "is sent again, and was taken before")
        elif one.status < 300:
            taken[whose] = one
            yield None


@check("webhooks/repeated", DOCUMENT, absent="nobody says whether what was not taken is told again, or all was taken")
def repeated(history: History) -> Iterator[Violation | None]:
    """What nobody took is told again within a minute where the cloud says so, and not where it says that it is not."""
    said = history.contract.repetition
    for place, one in enumerate(history.exchanges) if said is not None else ():
        if said is None or not one.is_hook or one.status < FAILED or one.at is None:
            continue
        later = [other for other in history.exchanges[place + 1 :] if other.at is not None]
        is_again = any((other.path, other.request_body) == (one.path, one.request_body) for other in later)
        is_over = any((other.at or 0.0) - one.at >= AGAIN for other in later)
        if is_again or (is_over and said.is_made) or not said.is_made:
            words = "was not taken, and not told again" if said.is_made else "was told again, and is told once"
            found = replace(_wrong(history, one, "repeated", words), grade=said.grade, source=said.source)
            yield None if is_again is said.is_made else found


@check("webhooks/order", DOCUMENT, strength="should", absent="the cloud called nobody with a moment in its body")
def order(history: History) -> Iterator[Violation | None]:
    """What happened to a thing first is told first, but for what is sent again."""
    latest: dict[tuple[str, str], str] = {}
    sent: set[tuple[str, bytes]] = set()
    for one in history.hooks:
        when, told = _moment(one), (one.path, one.request_body)
        if when is not None and told not in sent:
            sent.add(told)
            whose = one.path, about(history, one)
            before = latest.get(whose, "")
            latest[whose] = max(before, when)
            yield _wrong(history, one, "order", f"tells of {when} after {before}") if when < before else None


@check("webhooks/moment", DOCUMENT, absent="the cloud called nobody with a moment in its body, at a known time")
def moment(history: History) -> Iterator[Violation | None]:
    """The moment that a call tells is not ahead of the clock, nor long before it is told for the first time."""
    sent: set[tuple[str, bytes]] = set()
    for one in history.hooks:
        told = one.path, one.request_body
        for name, when in _moments(one) if told not in sent and one.at is not None else ():
            ago = (one.at or 0.0) - when
            message = (
                f"has a {name} that is {abs(ago):.0f} s {'before' if ago > 0 else 'after'} the moment of its telling"
            )
            is_wrong = not -AHEAD <= ago <= LATE
            yield _wrong(history, one, "moment", message) if is_wrong else None
        sent.add(told)


def _moments(one: Exchange) -> Iterator[tuple[str, float]]:
    """The moments that a body tells of what it tells of: RFC 3339 with a zone, wherever they stand."""
    for node in objects_in(parse_or_none(one.request_body)):
        for name, value in node.items():
            when = moment_of(value) if HAPPENED.match(name) else None
            if when is not None:
                yield name, when


Secret = str | Callable[[str], str]  # of everything, or of what is told about the thing of a name


def signature_check(secret: Secret) -> Check:
    """Make the check of signatures by a secret: HMAC-SHA256, as the document's form writes it."""

    @check("webhooks/signature", DOCUMENT, absent=UNSIGNED)
    def signature(history: History) -> Iterator[Violation | None]:
        """A signature is that of the bytes that travel, by the secret that was agreed on."""
        terms = {webhook.signature for webhook in history.contract.webhooks.values() if webhook.signature}
        for one in history.hooks:
            for term in terms:
                given = header(one.request_headers, term.header)
                word = secret if isinstance(secret, str) else secret(about(history, one))
                if given is not None and word and "{hex}" in term.form:
                    is_right = hmac.compare_digest(given, term.sign(word, one.request_body))
                    yield None if is_right else _wrong(history, one, "signature", "is no signature of these bytes")

    return signature


def about(history: History, one: Exchange) -> str:
    """Read what a hook calls the thing that it is about; empty where it says nothing."""
    webhook = history.contract.webhooks.get(event_of(history.contract, one) or "")
    said = read_member(one.request_content_type, one.request_body, webhook.about) if webhook and webhook.about else None
    return "" if said is None else str(said)


def _moment(one: Exchange) -> str | None:
    said: Any = parse_or_none(one.request_body)
    found = next((said[name] for name in MOMENTS if isinstance(said, dict) and isinstance(said.get(name), str)), None)
    return None if found is None else str(found)


def _wrong(history: History, one: Exchange, rule: str, message: str) -> Violation:
    source = f"{history.contract.title}: its webhooks"
    return _sent(one, [Violation(rule=rule, where="webhook", message=message, source=source)])[0]


def _sent(one: Exchange, found: list[Violation]) -> list[Violation]:
    """Say of what is wrong with a call whom it was made to, and how it is sent once more."""
    return [replace(v, operation=f"{one.method} {one.path}", reproduce=curl_line(one, "")) for v in found]
