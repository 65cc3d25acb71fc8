"""Things that are many, that end, and whose secrets change: drills about what a cloud keeps for a client."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from offair.contracts.checks.pages import Paging, paging_of
from offair.contracts.checks.resources import id_of, item_of, listed, read_id
from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.drill import breach, drill
from offair.contracts.client.finding import Called
from offair.contracts.client.stage import Played, Stage
from offair.contracts.client.tape import Heard, Respond
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.operation import Operation
from offair.contracts.violation import Violation

PAGES = 2  # whole pages, and one thing more
MOST = 250  # things that are made for a drill
A_PAGE = 25  # things, where nobody says how many
LARGE = 50  # who asks for so many at once wants all
TOO_MANY = 429
LONGER = 61.0  # cloud seconds, after which a rate's window is over
KEY = re.compile(rb'"(?:stream_?key|streamname)"\s*:\s*"([^"]{6,})"', re.IGNORECASE)
RESET = re.compile(r"reset.*key|key.*reset|rotate", re.IGNORECASE)


@drill("the list's page parameters", absent="it reads no list page by page that things can be put into")
def whole_list(stage: Stage) -> Iterator[Violation | None]:
    """Who reads a list reads all of its pages."""
    for called in stage.called:
        paging, maker = paging_of(called.operation), _maker(called)
        query = _query(stage.good, called)
        documented = {one.name for one in called.operation.query_parameters}
        if paging is None or maker is None or set(query) & documented - {paging.page, paging.size, "order", "sort"}:
            continue  # what it filters may not be among what can be made
        size = _size(called, paging, query)
        if paging.size in query and size < LARGE:
            continue  # a few were meant
        made: list[str] = []
        count = min(PAGES * size + 1, MOST)
        played = stage.play(prepare=lambda: made.extend(_made(stage, called, maker, count)), more=3 * count)  # noqa: B023
        if len(made) <= size:
            continue
        shown = {name for call in played.of(called.name) for name in _ids(call)}
        missed = [name for name in made if name not in shown]
        told = stage.complaint(played)
        if missed:
            pages = len(played.of(called.name))
            told = f"sees {len(made) - len(missed)} of {len(made)}: it asks for {pages} of their pages"
        situation = f"{called.operation.operation_id} with {len(made)} things, {size} a page"
        yield None if told is None else breach(called, told, situation=situation)


def _maker(called: Called) -> Operation | None:
    """The operation that makes what a list shows, of whose requests one is published."""
    found = called.contract.operations.get(f"POST {called.operation.path}")
    return found if found is not None and item_of(called.contract, found) and _request(called, found) else None


def _request(called: Called, maker: Operation) -> Exchange | None:
    examples = (one for one in called.contract.examples_of(maker.key) if one.status < 300 and not one.is_sketch)
    return next((one.exchange for one in examples if one.request_body is not None or not maker.is_body_required), None)


def _query(played: Played, called: Called) -> dict[str, list[str]]:
    return next((parse_qs(urlsplit(call.exchange.path).query) for call in played.of(called.name)), {})


def _size(called: Called, paging: Paging, query: dict[str, list[str]]) -> int:
    documented = next(one.schema.get("default") for one in called.operation.query_parameters if one.name == paging.size)
    said = (query.get(paging.size) or [str(documented)])[0]
    return int(said) if said.isdigit() else A_PAGE


def _made(stage: Stage, called: Called, maker: Operation, count: int) -> list[str]:
    """Make things as the client's own tenant does; where it may not make so many at once, time passes."""
    example, made = _request(called, maker), list[str]()
    item = item_of(called.contract, maker) or ""
    while example is not None and len(made) < count:
        typed = {"Content-Type": example.request_content_type or "application/json"} if example.request_body else {}
        path = called.contract.base_path + maker.path
        asked = Exchange(method="POST", path=path, status=0, request_headers=typed, request_body=example.request_body)
        answer = stage.cloud.ask(asked)
        if answer.status == TOO_MANY:
            stage.cloud.advance(LONGER)
            answer = stage.cloud.ask(asked)
        found = None if answer.status >= 400 else read_id(called.contract, maker, item, parse(answer.response_body))
        if found is None:
            break
        made.append(found)
    return made


def _ids(call: Heard) -> list[str]:
    try:
        rows = listed(parse(call.exchange.response_body)) if call.is_success else None
    except NotJsonError:
        rows = None
    return [name for row in rows or () if (name := id_of(row)) is not None]


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
            with suppress(ValueError):  # its state does not allow it: the story goes on without
                stage.cloud.simulate(name, "live")
                stage.cloud.simulate(name, "ended")
        return proceed()

    return respond


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
        shown = _texts(played.outcome.value).encode("utf-8", "replace")
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


def _texts(value: Any, depth: int = 3) -> str:
    """All that a value shows of itself."""
    inner = list(vars(value).values()) if hasattr(value, "__dict__") else []
    inner += list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list | tuple) else []
    return repr(value) + "".join(_texts(one, depth - 1) for one in inner if depth)
