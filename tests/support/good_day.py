"""A day on which a cloud kept its promise: exchanges of two tenants, and each way to break one rule of it."""

import copy
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from offair.contracts.checks.answers import UNMADE
from offair.contracts.checks.states import ON_AIR
from offair.contracts.contract import Contract, promise
from offair.contracts.effect import read_effects
from offair.contracts.exchange import NOBODY, Exchange
from offair.contracts.limit import LimitTerm
from offair.contracts.operation import Answer
from offair.contracts.parameters import read_parameters
from offair.contracts.schema import Schema
from offair.contracts.vouching import vouch

BEGAN = 1_777_198_530.0  # 2026-04-26T10:15:30Z
MOMENT, BEFORE = "2026-04-26T10:15:30Z", "2026-04-26T10:14:30Z"
ROOT = "/v1/livestream/streams"
SECRET = "whs-a-secret"
JSON = {"Content-Type": "application/json"}
URL = "http://customer.test/hooks"
D, E, F = (f"0000cf2e-ae90-46bc-b119-f5f62625843{n}" for n in (5, 6, 7))  # the first two are told of at the URL
IDS = [f"0000cf2e-ae90-46bc-b119-f5f62625843{n}" for n in range(3)]
A, B, C = IDS
RATE = LimitTerm(
    kind="rate", subject="resetStreamKey", allowed=3, unit="requests", seconds=60, grade="documented", source="a page"
)
TENBYTE = promise("tenbyte")
STARTED = TENBYTE.webhooks["stream.started"]
YES_AND_NO = {str(code): Answer(status=str(code), description="", allows=code == 200) for code in (200, 403)}
RESET = TENBYTE.operations["POST /streams/{streamId}/reset-key"]
THROTTLED = {"429": replace(RESET.answers["429"], headers=frozenset({"Retry-After"}))}
ONWARD = {"properties": {"status": {"x-moves": {"idle": ["live"], "live": ["stopping"], "stopping": ["idle"]}}}}
SHOWN = {"properties": {"message": {}, "status": {}, "data": ONWARD}}
NAMED = {"application/json": Schema(SHOWN, where="response.body")}
RENAME = replace(
    RESET, key="PUT /streams/{streamId}/name", operation_id="rename", method="PUT", path="/streams/{streamId}/name",
    answers={status: Answer(status=status, description="", media=NAMED) for status in ("200", "409")},
)  # fmt: skip
PUBLIC = replace(
    RENAME, key="GET /streams/{streamId}/page", operation_id="showPage", method="GET",
    path="/streams/{streamId}/page", security=(),
)  # fmt: skip
NAME = replace(RENAME, key="GET /streams/{streamId}/name", method="GET")
SAID = {"shown-in": "showPage", "members": {"message": "over", "streamId": "$request.path.streamId"}}
GIVE_UP = replace(
    RENAME, key="PUT /streams/{streamId}/error", operation_id="giveUp", path="/streams/{streamId}/error",
    effects=tuple(read_effects([SAID], vouch({}, source="a page"))),
)  # fmt: skip
CHANGE = replace(
    RENAME, key="PATCH /streams/{streamId}", operation_id="change", method="PATCH", path="/streams/{streamId}",
    bodies={"application/json": Schema({"properties": {"name": {}, "region": {}}}, where="request.body")},
)  # fmt: skip
LIST = TENBYTE.operations["GET /streams"]
COUNT = replace(LIST, key="GET /streams/count", path="/streams/count", answers=PUBLIC.answers)
WORDS = read_parameters({}, [{"name": "q", "in": "query", "schema": {"type": "string"}}], vouch({}, source="a page"))
SEARCH = replace(LIST, key="GET /streams/search", path="/streams/search", query_parameters=WORDS.query)
MODE = {"name": "mode", "in": "query", "schema": {"enum": ["video", "audio"]}}
QUERY = [*TENBYTE.document["paths"]["/streams"]["get"]["parameters"], MODE]
ASKED = read_parameters(TENBYTE.document, QUERY, vouch({}, source="a page")).query
OPERATIONS = {
    RENAME.key: RENAME,
    PUBLIC.key: PUBLIC,
    NAME.key: NAME,
    GIVE_UP.key: GIVE_UP,
    CHANGE.key: CHANGE,
    COUNT.key: COUNT,
    SEARCH.key: SEARCH,
    RESET.key: replace(RESET, answers=RESET.answers | THROTTLED),
    LIST.key: replace(LIST, query_parameters=ASKED),
}
CONTRACT: Contract = replace(
    TENBYTE,
    limits=(RATE,),
    operations={**TENBYTE.operations, **OPERATIONS},
    webhooks={**TENBYTE.webhooks, "stream.started": replace(STARTED, answers=STARTED.answers | YES_AND_NO)},
)
EXAMPLES = {example.name: example for example in CONTRACT.examples}
CREATE = EXAMPLES["create-video-push"]


def moment(at):
    """So many seconds after the day began."""
    return datetime.fromtimestamp(BEGAN + at, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def played(name):
    """Where a thing is played: nothing else is played there."""
    told = json.dumps(CREATE.response_body["data"]["playback"])
    return json.loads(told.replace(CREATE.response_body["data"]["id"], name))


def made(name, /, **more):
    """What answers a creation, or a look at what was made."""
    body = copy.deepcopy(CREATE.response_body)
    body["data"] |= {"id": name, "status": "idle", "created_at": MOMENT, "updated_at": MOMENT}
    body["data"] |= {"stream_key": f"{name[:-12]}a83bd6f1047{name[-1]}", "playback": played(name), **more}
    return body


def renamed(name, /, **more):
    return made(name, **{"name": "new", "updated_at": moment(21), **more})


def changed(name, /, **more):
    return made(name, **{"name": "other", "updated_at": moment(213), **more})


def row(name, /, **more):
    kept = ("id", "organization_id", "name", "type", "mode", "status", "region", "ingest", "output_protocols")
    shown = made(name, **more)["data"]
    return {member: shown[member] for member in (*kept, "created_at", "updated_at")} | {
        "ingest": {"kind": "push", "protocols": ["rtmp"]},
        "last_live_at": None,
        "last_ended_at": None,
    }


def said(example):
    return EXAMPLES[example].response_body


def call(method, path, status, answer=None, *, body=None, who="a", at=0.0, headers=None, **more):
    key = {} if who is None else {"X-API-Key": f"tkb-{who}"}
    return Exchange(
        method=method,
        path=ROOT + path,
        status=status,
        who=who,
        at=BEGAN + at,
        request_headers={**key, **(JSON if body is not None else {})},
        request_body=b"" if body is None else json.dumps(body).encode(),
        response_headers={**(JSON if answer is not None else {}), **(headers or {})},
        response_body=b"" if answer is None else json.dumps(answer).encode(),
        **more,
    )


def listing(query, names, *, who="a", at=2.0, page=1, size=10, total=3, **more):
    pagination = {"page": page, "per_page": size, "total": total, "total_pages": -(-total // size)}
    answer = {
        "success": True,
        "message": "Fetched.",
        "data": [row(name, **more) for name in names],
        "meta": {"pagination": pagination},
    }
    return call("GET", query, 200, answer, who=who, at=at)


def in_order(*moments):
    """A list of somebody else, oldest first."""
    answer = json.loads(listing("", []).response_body)
    answer["data"] = [row(f"{A[:-2]}9{n}", created_at=when) for n, when in enumerate(moments)]
    return call("GET", "?order=asc", 200, answer, who="c", at=2)


def hook(status, *, at, body=None):
    content = json.dumps(
        EXAMPLES["webhook-stream-started"].request_body | {"timestamp": moment(30)} | (body or {})
    ).encode()
    digest = hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest()
    return Exchange(
        method="POST", path=URL, status=status, at=BEGAN + at, is_hook=True,
        request_headers={**JSON, "X-Webhook-Signature": f"sha256={digest}"}, request_body=content,
    )  # fmt: skip


def told(event, name, status=200, *, at, moment_at=None):
    """A hook about a thing that asked for it."""
    return hook(status, at=at, body={"event": event, "stream_id": name, "timestamp": moment(moment_at or at)})


def heard(name):
    return call("POST", "", 201, made(name), body={**CREATE.request_body, "webhook_url": URL}, at=200)


def reset(status, *, at, key_at=None, **more):
    key = f"7b1f0c62-5f5e-4c0c-9a47-0d6c5b2a{int(key_at or at):04}"
    answer = (
        made(A, stream_key=key, updated_at=moment(at))
        if status == 200
        else {"success": False, "code": "RATE_LIMITED", "message": "Too many."}
    )
    return call("POST", f"/{A}/reset-key", status, answer, at=at, **more)


TITLE = CREATE.request_body["name"].replace(" ", "+")


def aired(status):
    """What is seen of a thing whose key was reset, and to which an encoder publishes."""
    key = f"7b1f0c62-5f5e-4c0c-9a47-0d6c5b2a{162:04}"
    return made(A, stream_key=key, updated_at=moment(162), last_live_at=moment(214), status=status)


DONE = {"success": True, "message": "Done.", "data": {}}
TOLD = {"Retry-After": "60"}
DAY = {
    **{f"create {name}": call("POST", "", 201, made(name), body=CREATE.request_body) for name in IDS},
    "listed": listing("?page=1&per_page=50", [C, B, A], size=50),
    "malformed": call("POST", "", 422, said("error-422"), body={"name": made(A)["data"]["name"]}),
    "get": call("GET", f"/{A}", 200, made(A), at=1),
    "get again": call("GET", f"/{A}", 200, made(A), at=1),
    "listed now": listing("?order=asc", [A, B, C], at=1),
    "with video": listing("?mode=video", [C, B, A]),
    "whole": listing("?page=1&per_page=100", [C, B, A], size=100),
    "page 1": listing("?page=1&per_page=2", [C, B], size=2),
    "page 2": listing("?page=2&per_page=2", [A], page=2, size=2),
    "page 3": listing("?page=3&per_page=2", [], page=3, size=2),
    "counted": call("GET", "/count", 200, {"count": 3}, at=2),
    "found": listing(f"/search?q={TITLE}", [C, B, A]),
    "by time": in_order(BEFORE, MOMENT),
    "another reads": call("GET", f"/{A}", 404, said("error-404"), who="b", at=3),
    "anybody looks": call("GET", f"/{A}/page", 200, {"message": "hello", "streamId": A}, who=None, at=3),
    "another changes": call("DELETE", f"/{A}", 404, said("error-404"), who="b", at=3),
    "another lists": listing("", [], who="b", at=3),
    "nobody": call("GET", "?order=asc", 401, said("error-401"), who=None, at=3),
    "no one's": call("GET", "?order=asc", 401, said("error-401"), who=NOBODY, at=3),
    "no method": call("PUT", f"/{A}", 405, said("error-404"), at=4, headers={"Allow": "GET, DELETE, PATCH"}),
    "no path": replace(call("GET", "", 404, said("error-404"), at=4), path="/v1/livestream/nothing"),
    "stop": call("POST", f"/{B}/stop", 200, DONE, at=5),
    "stopped": call("GET", f"/{B}", 200, made(B), at=20),
    "renamed": call("PUT", f"/{B}/name", 200, renamed(B), body={"name": "new"}, at=21),
    "name": call("GET", f"/{B}/name", 200, {"name": "new"}, at=21),
    "new name": call("GET", f"/{B}", 200, renamed(B), at=22),
    "not renamed": call("PUT", f"/{B}/name", 409, {"status": 409}, body={"name": "new"}, at=22),
    "delete": call("DELETE", f"/{C}", 204, at=21),
    "deleted": call("GET", f"/{C}", 404, said("error-404"), at=22),
    "others": listing("?order=desc", [B, A], at=23),
    "reset 1": reset(200, at=100),
    "reset 2": reset(200, at=100, key_at=99),
    "reset 3": reset(200, at=101),
    "reset 4": reset(429, at=102, headers=TOLD),
    "waited": reset(200, at=162),
    "hook lost": hook(500, at=30),
    "hook": hook(200, at=40),
    "heard": replace(heard(D), at=BEGAN),
    "before": call("GET", f"/{D}", 200, made(D), at=201),
    "started": told("stream.started", D, at=203),
    "live": call("GET", f"/{D}", 200, made(D, status="live", last_live_at=MOMENT), at=203),
    "no restart": call("POST", f"/{D}/restart", 409, said("error-409"), at=203),
    "ending": told("stream.stopped", D, at=205),
    "ended": told("stream.idle", D, at=205),
    "after": call("GET", f"/{D}", 200, made(D, last_live_at=MOMENT), at=206),
    "asking": replace(heard(E), at=BEGAN),
    "refused": told("stream.started", E, 403, at=210),
    "not live": call("GET", f"/{E}", 200, made(E), at=211),
    "unmade": call("GET", f"/{UNMADE}", 404, said("error-404"), at=211),
    "aside": call("GET", f"/{B}", 200, renamed(B), at=212),
    "beside": call("POST", f"/{A}/stop", 200, DONE, at=212),
    "aside again": call("GET", f"/{B}", 200, renamed(B), at=212),
    "page": call("GET", f"/{B}/page", 200, {"message": "hello"}, at=212),
    "not let": call("POST", f"/{B}/stop", 409, said("error-409"), at=212),
    "same page": call("GET", f"/{B}/page", 200, {"message": "hello"}, at=212),
    "changed": call("PATCH", f"/{B}", 200, changed(B), body={"name": "other"}, at=213),
    "other name": call("GET", f"/{B}", 200, changed(B), at=213),
    "given up": call("PUT", f"/{B}/error", 200, {"status": 200}, at=213),
    "last page": call("GET", f"/{B}/page", 200, {"message": "over", "streamId": B}, at=213),
    "aired": call("GET", f"/{A}", 200, aired("live"), at=214, title=ON_AIR),
    "errored": call("GET", f"/{B}", 200, changed(B, status="errored"), at=214),
}


@dataclass(frozen=True)
class Mutant:
    """A day on which one rule is broken: other exchanges in the place of some."""

    rule: str
    changed: dict[str, Exchange]
    more: tuple[Exchange, ...] = ()

    @property
    def day(self):
        return [*(DAY | self.changed).values(), *self.more]


def _answered(name, body, **more):
    return replace(DAY[name], response_body=json.dumps(body).encode(), **more)


def _pointing_at(place):
    error = said("error-422")
    return {**error, "errors": [{**error["errors"][0], "field": place}]}


def _without_preset(body):
    del body["data"]["ladder"]["video"][0]["preset"]
    return body


MUTANTS = [
    Mutant("answer/status", {"stop": replace(DAY["stop"], status=202)}),
    Mutant("answer/type", {"get": replace(DAY["get"], response_headers={"Content-Type": "text/html"})}),
    Mutant("answer/body", {"stop": _answered("stop", {"success": "yes", "message": "", "data": {}})}),
    Mutant("answer/error", {"another reads": _answered("another reads", {"success": False})}),
    Mutant("answer/no-failure", {"no method": replace(DAY["no method"], status=500)}),
    Mutant("answer/says-its-status", {"not renamed": _answered("not renamed", {"status": 500})}),
    Mutant("answer/not-there", {"unmade": _answered("unmade", made(UNMADE), status=200)}),
    Mutant("answer/spelling", {"not renamed": _answered("not renamed", {"status": 409, "Message": "no"})}),
    Mutant("answer/published", {f"create {A}": _answered(f"create {A}", _without_preset(made(A)))}),
    Mutant("requests/refused", {}, (
        call("POST", "", 201, made(F, created_at=moment(300), updated_at=moment(300)),
             body={"name": CREATE.request_body["name"]}, at=300),
    )),
    Mutant("requests/points-at", {"malformed": _answered("malformed", _pointing_at("nowhere"))}),
    Mutant("requests/taken", {f"create {C}": _answered(f"create {C}", said("error-422"), status=422)}),
    Mutant("requests/method", {"no method": replace(DAY["no method"], status=200)}),
    Mutant("requests/method", {"no method": replace(DAY["no method"], status=404)}),
    Mutant("requests/allow", {"no method": replace(DAY["no method"], response_headers=JSON)}),
    Mutant("requests/allow", {"no method": replace(DAY["no method"], response_headers={**JSON, "Allow": "GET"})}),
    Mutant("requests/path", {"no path": replace(DAY["no path"], status=200)}),
    Mutant("auth/required", {"nobody": listing("?order=asc", [], who=None, at=3)}),
    Mutant("auth/known", {"no one's": listing("?order=asc", [], who=NOBODY, at=3)}),
    Mutant("auth/told", {}, (call("GET", f"/{A}", 404, said("error-404"), who=None, at=163),)),
    Mutant("auth/accepted", {"another lists": call("GET", "", 401, said("error-401"), who="b", at=3)}),
    Mutant("limits/never-over", {"reset 4": reset(200, at=102)}),
    Mutant("limits/never-under", {"reset 3": reset(429, at=101, headers={"Retry-After": "59"})}),
    Mutant("limits/retry-after", {"reset 4": reset(429, at=102, headers={"Retry-After": "soon"})}),
    Mutant("limits/retry-after", {
        "reset 4": reset(429, at=102, headers={"Retry-After": "9"}),
        "waited": reset(429, at=112, headers=TOLD),
    }),
    Mutant("limits/retry-after", {"reset 4": reset(429, at=102, headers={"Retry-After": "61"})}),
    Mutant("limits/says-when", {"reset 4": reset(429, at=102)}),
    Mutant("lifecycle/made-is-listed", {"listed": listing("?page=1&per_page=50", [C, B], size=50, total=2)}),
    Mutant("lifecycle/changed-is-as-asked", {"new name": _answered("new name", made(B))}),
    Mutant("lifecycle/changed-alone", {
        "changed": _answered("changed", changed(B, region="bd-edge-01")),
        "other name": _answered("other name", changed(B, region="bd-edge-01")),
    }),
    Mutant("lifecycle/done-shows", {"errored": _answered("errored", changed(B))}),
    Mutant("lifecycle/refused-does-nothing", {"same page": _answered("same page", {"message": "stopped"})}),
    Mutant("lifecycle/made-is-there", {"stopped": _answered("stopped", said("error-404"), status=404)}),
    Mutant("lifecycle/deleted-is-gone", {"deleted": _answered("deleted", made(C), status=200)}),
    Mutant("lifecycle/deleted-is-unlisted", {"others": listing("?order=desc", [C, B, A], at=23)}),
    Mutant("lifecycle/made-is-as-asked", {f"create {A}": _answered(f"create {A}", made(A, name="another"))}),
    Mutant("lifecycle/made-is-as-asked", {
        "get": call("GET", f"/{A}", 200, made(A, region="bd-edge-01"), at=1),
        "get again": call("GET", f"/{A}", 200, made(A, region="bd-edge-01"), at=1),
        "listed now": listing("?order=asc", [A, B, C], at=1, region="bd-edge-01"),
    }),
    Mutant("lifecycle/kept", {"name": _answered("name", {"name": "old"})}),
    Mutant("lifecycle/state-forbids", {"no restart": _answered("no restart", DONE, status=200)}),
    Mutant("lifecycle/apart", {
        "aside again": call("GET", f"/{B}", 200, renamed(B, mode="audio"), at=212),
    }),
    Mutant("lifecycle/own-key", {f"create {B}": call("POST", "", 201, {**made(B), "data": {
        **made(B)["data"], "stream_key": made(A)["data"]["stream_key"]}}, body=CREATE.request_body)}),
    Mutant("lifecycle/own-place", {f"create {B}": call("POST", "", 201, made(
        B, playback=played(A)), body=CREATE.request_body)}),
    Mutant("lifecycle/effects", {"last page": _answered("last page", {"message": "hello", "streamId": B})}),
    Mutant("lifecycle/has", {"live": call("GET", f"/{D}", 200, made(D, status="live"), at=203)}),
    Mutant("lifecycle/airs", {"aired": _answered("aired", aired("idle"))}),
    Mutant("lifecycle/begins", {f"create {C}": call("POST", "", 201, made(
        C, status="live"), body=CREATE.request_body)}),
    Mutant("lifecycle/moves", {"renamed": _answered("renamed", renamed(B, status="errored"))}),
    Mutant("lifecycle/new-key", {"waited": reset(200, at=162, key_at=100)}),
    Mutant("lifecycle/stopped-rests", {"stopped": _answered("stopped", made(B, status="stopping"))}),
    Mutant("tenants/read", {"another reads": call("GET", f"/{A}", 200, made(A), who="b", at=3)}),
    Mutant("tenants/change", {"another changes": call("DELETE", f"/{A}", 204, who="b", at=3)}),
    Mutant("tenants/list", {"another lists": listing("", [A], who="b", at=3)}),
    Mutant("tenants/secrets", {"anybody looks": _answered("anybody looks", {"key": made(A)["data"]["stream_key"]})}),
    Mutant("reads/same", {"get": call("GET", f"/{A}", 200, made(A, organization_id=IDS[1]), at=1)}),
    Mutant("reads/names-it", {"anybody looks": _answered("anybody looks", {"streamId": B})}),
    Mutant("reads/agree", {"listed now": listing("?order=asc", [A, B, C], at=1, name="another")}),
    Mutant("reads/filtered", {"with video": listing("?mode=video", [C, B, A], mode="audio")}),
    Mutant("reads/found", {"found": listing(f"/search?q={TITLE}", [C, B])}),
    Mutant("reads/found", {"found": listing("/search?q=elsewhere", [C, B, A])}),
    Mutant("pages/counted", {"page 2": listing("?page=2&per_page=2", [A], page=1, size=2)}),
    Mutant("pages/counted", {"whole": listing("?page=1&per_page=100", [C, B, A], size=100, total=4)}),
    Mutant("pages/counted", {"another lists": listing("", [], who="b", at=3, size=5)}),
    Mutant("pages/once", {"page 2": listing("?page=2&per_page=2", [A, B], page=2, size=2)}),
    Mutant("pages/once", {"page 3": listing("?page=3&per_page=2", [A], page=3, size=2)}),
    Mutant("pages/whole", {"page 2": listing("?page=2&per_page=2", [IDS[0][:-1] + "7"], page=2, size=2)}),
    Mutant("pages/order", {"page 1": listing("?page=1&per_page=2", [B, C], size=2)}),
    Mutant("pages/size", {
        "page 1": listing("?page=1&per_page=2", [C], size=2),
        "page 2": listing("?page=2&per_page=2", [B, A], page=2, size=2),
    }),
    Mutant("pages/by-time", {"by time": in_order(MOMENT, BEFORE)}),
    Mutant("pages/counted-apart", {"counted": call("GET", "/count", 200, {"count": 2}, at=2)}),
    Mutant("webhooks/body", {}, (hook(200, at=50, body={"event": "stream.unknown"}),)),
    Mutant("webhooks/body", {}, (replace(hook(200, at=50, body={"stream_id": B}), method="GET"),)),
    Mutant("webhooks/repeated", {"hook": hook(200, at=40, body={"stream_id": B})}),
    Mutant("webhooks/signed", {"hook": replace(DAY["hook"], request_headers=JSON)}),
    Mutant("webhooks/again", {}, (hook(200, at=50),)),
    Mutant("webhooks/order", {}, (hook(200, at=50, body={"timestamp": moment(25)}),)),
    Mutant("webhooks/moment", {"started": told("stream.started", D, at=203, moment_at=103)}),
    Mutant("webhooks/told", {"started": DAY["before"]}),
    Mutant("webhooks/told", {}, (
        told("stream.stopped", D, at=207),
    )),
    Mutant("webhooks/soon", {"started": replace(DAY["started"], at=BEGAN + 220)}),
    Mutant("webhooks/obeyed", {"not live": call("GET", f"/{E}", 200, made(
        E, status="live", last_live_at=moment(211)), at=211)}),
    Mutant("webhooks/signature", {"hook": replace(DAY["hook"], request_headers={
        **JSON, "X-Webhook-Signature": f"sha256={'0' * 64}"})}),
    Mutant("clock/not-ahead", {"stopped": _answered("stopped", made(B, updated_at="2026-04-26T11:15:30Z"))}),
    Mutant("clock/in-order", {"stopped": _answered("stopped", made(B, updated_at="2026-04-26T10:14:30Z"))}),
    Mutant("clock/made-once", {"stopped": _answered("stopped", made(B, created_at="2026-04-26T10:14:30Z"))}),
    Mutant("clock/changed-now", {"renamed": _answered("renamed", renamed(B, updated_at=MOMENT))}),
    Mutant("clock/was-so", {"after": call("GET", f"/{D}", 200, made(D, last_live_at=None), at=206)}),
    Mutant("clock/made-now", {f"create {C}": _answered(f"create {C}", made(C, created_at="2026-04-26T09:15:30Z"))}),
]  # fmt: skip
