"""Asking again: drills in which a client does not know whether it was heard, or whether it is still known."""

import re
from collections.abc import Iterator
from itertools import pairwise

from offair.contracts.bodies import is_json
from offair.contracts.checks.resources import homes_of
from offair.contracts.client.answers import Answer, refusal, statuses_of
from offair.contracts.client.answers import error_page as gateways_page
from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.drill import breach, drill
from offair.contracts.client.drills.waiting import busy
from offair.contracts.client.finding import Called
from offair.contracts.client.lines import again
from offair.contracts.client.stage import NETWORKS, Played, Stage
from offair.contracts.client.taking import complaint
from offair.contracts.client.tape import Heard, Respond
from offair.contracts.exchange import Exchange, header
from offair.contracts.violation import Violation

CREATED = 201
UNKNOWN = 401
TOKEN = re.compile(rb'"access_?token"\s*:', re.IGNORECASE)
FORM = "application/x-www-form-urlencoded"
MOST_OF_IT = 0.9  # boundaries between parts may be longer or shorter
MORE = 1  # tries with credentials that were refused, which may have been on their way


@drill("RFC 9110 section 9.2.2", absent="it makes nothing on a good day")
def posts_once(stage: Stage) -> Iterator[Violation | None]:
    """Who does not hear whether something was made does not make it again without looking."""
    for called in stage.called:
        good = stage.good.of(called.name)
        if called.operation.method != "POST" or not any(_makes(called, call) for call in good):
            continue
        played = stage.play(_lost(called))
        if not played.was_met:
            continue
        situation = f"{called.operation.operation_id}: it is done, and the connection ends before the answer"
        calls = played.of(called.name)
        told = None if is_networks(played) else stage.complaint(played, is_error=True)
        if len(calls) > len(good) and not _looked(played, calls):
            told = f"posts {len(calls)} times, where {len(good)} is enough on a good day: it is made more than once"
        yield None if told is None else breach(called, told, situation=situation, source="RFC 9110 section 9.2.2")


def _makes(called: Called, call: Heard) -> bool:
    is_collection = bool(homes_of(called.contract, called.operation))
    return call.is_success and (call.exchange.status == CREATED or is_collection)


def _lost(called: Called) -> Respond:
    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        real = proceed()
        return None if call.name == called.name and not call.nth else real

    return respond


def _looked(played: Played, calls: list[Heard]) -> bool:
    """It has read something between the lost answer and the next try."""
    between = played.heard[played.heard.index(calls[0]) + 1 : played.heard.index(calls[1])]
    return any(call.exchange.method == "GET" and call.is_success for call in between)


def is_networks(played: Played) -> bool:
    """The error is the network's own, which no document tells a client to give another name."""
    error = played.outcome.error
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in NETWORKS


@drill("RFC 9110 sections 9.2.2 and 15.6.4", absent="it uploads nothing")
def uploads_again(stage: Stage) -> Iterator[Violation | None]:
    """Who uploads again what was not taken sends all of it: what it read for the first try is read already."""
    for called in stage.called:
        if not any(_uploads(call) for call in stage.good.of(called.name)):
            continue
        answer = busy(called, {"Retry-After": str(stage.wait)})
        played = stage.play(answer.once())
        calls = [call for call in played.of(called.name) if _uploads(call) or not call.nth]
        for sooner, later in pairwise(calls):
            if not sooner.is_played or sooner.exchange.path != later.exchange.path:
                continue
            sent, all_of = (len(call.exchange.request_body) for call in (later, sooner))
            told = f"sends {sent} bytes, where it sent {all_of} before: what it uploads was read already"
            situation = f"{called.operation.operation_id} {answer.status}, Retry-After: {stage.wait}"
            yield breach(called, told, situation=situation) if sent < all_of * MOST_OF_IT else None


def _uploads(call: Heard) -> bool:
    kind = (call.exchange.request_content_type or "").partition(";")[0].strip().lower()
    return bool(kind) and not is_json(kind) and kind != FORM


@drill("RFC 9110 section 15.5.2", absent="it calls nothing that needs credentials")
def token(stage: Stage) -> Iterator[Violation | None]:
    """Credentials that are refused are not sent again for the same: it gets others, or says that it cannot go on."""
    yield from _asks_for_each(stage)
    guarded = [called for called in stage.called if not called.operation.is_open and UNKNOWN in statuses_of(called)]
    for called in guarded[-1:]:
        refused = refusal(called, UNKNOWN)
        expired = _expired(called, refused)
        played = stage.play(expired)
        if not played.was_met:
            continue
        situation = f"{called.operation.operation_id} 401 from now on, until other credentials are sent"
        told = complaint(stage, played, refused)
        most = max((sum(call.is_played for call in same) for same in again(played.heard)), default=0)
        if most > 1 + MORE:
            told = f"sends credentials that are refused {most} times for the same"
        source = _kept_from(stage) if told is None and played.outcome.ending == "raised" else None
        if source is not None and _is_stuck(stage.play(expired)):
            told = f"asks with refused credentials in its next job too: it got them by {source}, and gets no others"
            yield breach(called, told, situation=situation, grade="inferred", source="RFC 9110 section 15.5.2")
        else:
            yield None if told is None else breach(called, told, situation=situation, source="RFC 9110 section 15.5.2")


def _kept_from(stage: Stage) -> str | None:
    """Name the call by which a client has got what it shows, on its first day, and keeps it since."""
    shown = {_credentials(call).rpartition(" ")[2].encode() for call in stage.good.heard} - {b""}
    again = {call.name for call in stage.good.heard}
    got = (one for one in stage.first.heard if one.name not in again and TOKEN.search(one.exchange.response_body))
    return next((one.name for one in got if any(word in one.exchange.response_body for word in shown)), None)


def _is_stuck(played: Played) -> bool:
    """Whatever was asked with credentials was refused, and that was the end."""
    return played.outcome.ending == "raised" and all(call.is_played for call in played.heard if _credentials(call))


def _asks_for_each(stage: Stage) -> Iterator[Violation | None]:
    """Who gets new credentials for every call has them, and does not use them again: a warning."""
    asked: dict[tuple[str, bytes], list[Heard]] = {}
    for call in stage.good.heard:
        if call.is_success and TOKEN.search(call.exchange.response_body):
            asked.setdefault((call.name, call.exchange.request_body), []).append(call)
    uses = [call for call in stage.good.heard if _credentials(call)]
    for same in asked.values():
        called = same[0].called
        if called is not None and len(same) > 1 and len(same) >= len(uses):
            told = f"asks {len(same)} times for credentials, and calls {len(uses)} times with them"
            yield breach(called, told, situation=f"{called.operation.operation_id} on a good day", grade="inferred")


def _expired(called: Called, refused: Answer) -> Respond:
    """Refuse whatever is sent with the credentials that the operation was first called with."""
    dead: list[str] = []

    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        sent = _credentials(call)
        if call.name == called.name and not dead and sent:
            dead.append(sent)
        return refused.instead_of(call.exchange) if sent and sent in dead else proceed()

    return respond


def _credentials(call: Heard) -> str:
    """What a request has of credentials, in one text."""
    schemes = (call.called.contract.document.get("components", {}) if call.called else {}).get("securitySchemes", {})
    named = [one["name"] for one in schemes.values() if one.get("in") == "header"]
    sent = (header(call.exchange.request_headers, name) for name in ("Authorization", "Cookie", *named))
    return "\n".join(filter(None, sent))


@drill("RFC 9110 section 15.6.3", absent="no operation was called")
def error_page(stage: Stage) -> Iterator[Violation | None]:
    """A gateway's page for people, in the place of JSON, is an error of the client's own, or asked past."""
    for called in stage.called:
        page = gateways_page(called)
        played = stage.play(page.once())
        if played.was_met:
            told = complaint(stage, played, page)
            yield None if told is None else breach(called, told, situation=str(page), source="RFC 9110 section 15.6.3")
