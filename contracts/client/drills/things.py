"""Things that end, and whose secrets change: drills about what a cloud keeps for a client."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from offair.contracts.client.answers import Answer
from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.drill import breach, drill
from offair.contracts.client.finding import Called
from offair.contracts.client.results import text_of
from offair.contracts.client.stage import Stage
from offair.contracts.client.states import states_in
from offair.contracts.client.tape import Heard, Respond
from offair.contracts.departures import Departure
from offair.contracts.exchange import Exchange
from offair.contracts.violation import Violation

KEY = re.compile(rb'"(?:stream_?key|streamname)"\s*:\s*"([^"]{6,})"', re.IGNORECASE)
ON_AIR, OVER = "live", ("ended", "finished", "completed", "stopped")
RESET = re.compile(r"reset.*key|key.*reset|rotate", re.IGNORECASE)


@drill("what the cloud documents of a stream's states", absent="it reads no stream that can go on air")
def stream_ends(stage: Stage) -> Iterator[Violation | None]:
    """Who waits for a stream that has ended meanwhile does not wait for ever."""
    for called in stage.called:
        if called.operation.method != "GET" or not _looks_at_one(called):
            continue
        played = stage.play(_ended(stage, called))
        told = stage.complaint(played, is_error=True)
        situation = f"{called.operation.operation_id}: the stream was live and has ended when it is first read"
        yield None if told is None else breach(called, told, situation=situation)


def _looks_at_one(called: Called) -> bool:
    return called.operation.path.endswith("}")


def _ended(stage: Stage, called: Called) -> Respond:
    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        found = called.contract.match("GET", call.exchange.path) if call.name == called.name and not call.nth else None
        for name in found[1].values() if found else ():
            with suppress(ValueError):  # its state does not allow it: the answer says so all the same
                stage.cloud.simulate(name, "live")
                stage.cloud.simulate(name, "ended")
        real = proceed()
        return real if call.name != called.name else _off_air(called, real)

    return respond


def _off_air(called: Called, real: Exchange) -> Exchange:
    """Say that it is over where a cloud still has it on air, since it got there by no encoder of ours."""
    for said in states_in(called, real) if 0 < real.status < 400 else ():
        over = next((word for word in said.words if word.lower() in OVER), None)
        if said.word.lower() == ON_AIR and over is not None:
            gone = Answer(called=called, status=200, body={}, departures=(Departure("value", said.path, over),))
            return gone.departing_from(real)
    return real


@drill("what the cloud documents of resetting a key", absent="no key of a stream is in what it asks or returns")
def key_reset(stage: Stage) -> Iterator[Violation | None]:
    """Who reads that a stream has another key does not go on with the old one."""
    can_reset = any(RESET.search(name) for one in stage.called for name in _operations(one))
    for called in stage.called:
        old = next((key for call in stage.good.of(called.name) for key in _keys(call.exchange)), None)
        later = stage.good.of(called.name)[1:] or called.operation.method == "GET"
        if not can_reset or old is None or not later:
            continue
        seen: list[bytes] = []
        played = stage.play(_reset(called, seen))
        if not played.was_met:
            continue
        after = played.heard[[call.is_played for call in played.heard].index(True) + 1 :]
        sent = [c for c in after for key in seen if key in c.exchange.request_body + c.exchange.path.encode()]
        shown = text_of(played.outcome.value).encode("utf-8", "replace")
        is_kept = any(key in shown and key[::-1] not in shown for key in seen)
        situation = f"{called.operation.operation_id}: the stream has another key than before"
        if not (sent or is_kept):
            yield None
            continue
        told = f"goes on with the old key: {'it asks with it' if sent else 'it is in what the job returns'}"
        yield breach(called, told, situation=situation, grade="documented" if sent else "inferred")


def _operations(called: Called) -> list[str]:
    return [one.operation_id for one in called.contract.operations.values()]


def _keys(one: Exchange) -> list[bytes]:
    return KEY.findall(one.response_body)


def _reset(called: Called, seen: list[bytes]) -> Respond:
    known: dict[bytes, bytes] = {}

    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        real = proceed()
        if call.name == called.name:
            for key in _keys(real):
                known.setdefault(key, key[::-1])
            seen[:] = list(known)
        body = real.response_body
        for key, other in known.items():
            body = body.replace(key, other)
        return real if body == real.response_body else replace(real, response_body=body)

    return respond
