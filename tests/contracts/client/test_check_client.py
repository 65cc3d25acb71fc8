"""A client is judged on a real stand-in: each fault that is planted in an honest one is found by the rule it breaks."""

import _thread
import asyncio
import json
import select
import time
from datetime import UTC, datetime
from functools import partial

import freezegun
import httpx
import pytest
import requests
import time_machine

from offair.contracts.client import check_client
from offair.contracts.contract import promise

BODY = next(one for one in promise("tenbyte").examples if one.name == "create-video-push").request_body


class ClientError(Exception):
    """What the client raises."""


class Client:
    """An honest one; each method of it may be replaced by a careless one."""

    def __init__(self, http, encode=None):
        self.http = http
        self.encode = encode

    def call(self, method, path, **more):
        for pause in (1, 2, 4, 8):
            answer = self.ask(method, path, **more)
            if answer.status_code not in {429, 502, 503}:
                return self.read(answer)
            self.wait(answer, pause)
        raise ClientError("no answer")

    def ask(self, method, path, **more):
        try:
            return self.http.request(method, path, **more)
        except httpx.TransportError as error:
            raise ClientError("nobody knows") from error

    def wait(self, answer, pause):
        said = answer.headers.get("Retry-After", "")
        time.sleep(int(said) if said.isdigit() else pause)

    def read(self, answer):
        if answer.is_error:
            raise ClientError(answer.status_code)
        try:
            return answer.json() if answer.content else None
        except ValueError as error:
            raise ClientError("no JSON") from error

    def names(self):
        page, last, found = 1, 1, []
        while page <= last:
            answer = self.call("GET", "/streams", params={"page": page, "per_page": 50})
            found += [one["name"] for one in answer["data"]]
            page, last = page + 1, answer["meta"]["pagination"]["total_pages"]
        return found

    def show(self, stream):
        return stream["stream_key"], stream["playback"].get("hls"), stream.get("last_live_at")

    def job(self):
        made = self.call("POST", "/streams", json=BODY)["data"]
        shown = self.show(self.call("GET", f"/streams/{made['id']}")["data"])
        self.names()
        self.call("DELETE", f"/streams/{made['id']}")
        return shown


def crashes_on_null(self, stream):
    return stream["last_live_at"][:10] if "last_live_at" in stream else ""


def crashes_on_other_words(self, stream):
    return {"idle": 0, "starting": 1, "live": 2}[stream["status"]]


def reads_whatever_comes(self, answer):
    return answer.json() if answer.content else None


def reads_only_success(self, answer):
    try:
        return answer.json() if answer.content else None
    except ValueError as error:
        raise ClientError("no JSON") from error


def waits_a_moment(self, answer, pause):
    time.sleep(0.5)


def never_waits(self, answer, pause):
    pass


def asks_until_it_works(self, method, path, **more):
    for _ in range(3):
        try:
            return self.http.request(method, path, **more)
        except httpx.TransportError:
            time.sleep(1)
    raise ClientError("nobody knows")


def asks_again_what_is_refused(self, method, path, **more):
    for _ in range(6):
        answer = self.ask(method, path, **more)
        if not answer.is_error:
            break
        if answer.status_code in {429, 502, 503}:
            self.wait(answer, 1)
    return self.read(answer)


def knows_one_spelling_of_a_moment(self, stream):
    return datetime.strptime(stream["created_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def reads_one_page(self):
    return [one["name"] for one in self.call("GET", "/streams", params={"per_page": 50})["data"]]


def drops_the_last_page(self):
    page, last, found, rows = 1, 1, [], []
    while page <= last:
        found += rows
        answer = self.call("GET", "/streams", params={"page": page, "per_page": 50})
        rows = [one["id"] for one in answer["data"]]
        page, last = page + 1, answer["meta"]["pagination"]["total_pages"]
    return found or rows


def keeps_the_first_key(self):
    made = self.call("POST", "/streams", json=BODY)["data"]
    self.call("GET", f"/streams/{made['id']}")
    return made["stream_key"]


def asks_once(self, method, path, **more):
    return self.read(self.ask(method, path, **more))


def waits_until_it_is_live(self):
    made = self.call("POST", "/streams", json=BODY)["data"]
    self.encode(made["id"], "live")
    while self.call("GET", f"/streams/{made['id']}")["data"]["status"] != "live":
        time.sleep(1)


MUTANTS = {
    "it reads a member that may be null": ({"show": crashes_on_null}, "answers/getStream"),
    "it knows three words of six": ({"show": crashes_on_other_words}, "answers/getStream"),
    "it knows one spelling of a moment": ({"show": knows_one_spelling_of_a_moment}, "answers/getStream"),
    "it asks at once for what was refused": ({"call": asks_again_what_is_refused}, "answers/getStream"),
    "it takes a refusal for an answer": ({"read": reads_whatever_comes}, "answers/createStream"),
    "it does not see that a deletion is refused": ({"read": reads_only_success}, "answers/deleteStream"),
    "it waits as long as it likes": ({"wait": waits_a_moment}, "drills/retry_after"),
    "it does not wait": ({"wait": never_waits}, "drills/backs_off"),
    "it posts again what may be there": ({"ask": asks_until_it_works}, "drills/posts_once"),
    "it reads a page for people as JSON": (
        {"call": asks_once, "read": reads_whatever_comes},
        "drills/error_page",
    ),
    "it reads one page": ({"names": reads_one_page}, "drills/whole_list"),
    "it drops the last page": ({"job": drops_the_last_page}, "drills/whole_list"),
    "it keeps the first key": ({"job": keeps_the_first_key}, "drills/key_reset"),
    "it waits for what has ended": ({"job": waits_until_it_is_live}, "drills/stream_ends"),
}


@pytest.fixture(scope="module", name="honest_rules")
def _honest_rules(counterpart):
    with httpx.Client(base_url=counterpart.base_url, headers=counterpart.headers) as http:
        report = check_client(counterpart, Client(http).job, raises=(ClientError,), examples=30)
    return {one.rule.name: one for one in report.verdicts}


def test_an_honest_client_breaks_nothing(honest_rules):
    assert [] == [str(found) for one in honest_rules.values() for found in one.violations]


@pytest.mark.parametrize("how", MUTANTS)
def test_a_planted_fault_is_found_by_the_rule_that_it_breaks(broken, counterpart, honest_rules, http, how):
    changes, rule = MUTANTS[how]
    careless = type("Careless", (Client,), changes)(http, counterpart.simulate)

    assert (rule, "kept") == (
        next(iter(broken(careless.job, rule, raises=(ClientError,))), None),
        honest_rules[rule].outcome,
    )


def test_a_breach_tells_the_smallest_answer_that_shows_it(counterpart, http):
    careless = type("Careless", (Client,), {"show": crashes_on_null})(http)
    report = check_client(counterpart, careless.job, raises=(ClientError,), only=["answers/getStream"], examples=30)
    (found,) = report.violations

    assert "getStream 200: data.last_live_at is null" == found.reproduce
    assert "TypeError: 'NoneType' object is not subscriptable at test_check_client.py" in found.message


def test_a_refused_client_that_returns_says_nothing_to_anybody(broken, http):
    def job():
        answer = http.get("/streams")
        return answer.json().get("data", [])

    found = broken(job, "answers/listStreams", raises=(ClientError,))

    assert ["answers/listStreams"] == list(found)
    assert "goes on as if it had succeeded" in found["answers/listStreams"][0]


def test_pauses_cost_nothing(broken, http):
    def job():
        time.sleep(3600)
        Client(http).names()

    began = time.monotonic()
    found = broken(job, "requests", raises=(ClientError,))

    assert ({}, True) == (found, time.monotonic() - began < 3600)


def test_an_asynchronous_client_is_judged_alike(broken, counterpart):
    http = httpx.AsyncClient(base_url=counterpart.base_url, headers=counterpart.headers)
    is_over = []

    async def job():
        for pause in (1, 2, 4, 8):
            answer = await http.get("/streams")
            if answer.status_code not in {429, 503}:
                answer.raise_for_status()
                return answer.json()["data"]
            await asyncio.sleep(pause)
        is_over.append(True)
        raise ClientError

    found = broken(job, "drills/retry_after", "drills/backs_off", raises=(ClientError, httpx.HTTPStatusError))
    broken(http.aclose, "requests/known-path")

    assert (["drills/retry_after"], True) == (list(found), bool(is_over))


@pytest.mark.parametrize("held", [freezegun.freeze_time, partial(time_machine.travel, tick=False)])
def test_a_client_that_holds_pythons_clocks_is_judged_alike(broken, http, held):
    def job():
        with held("2030-01-01"):
            return Client(http).call("GET", "/streams")["data"]

    assert {} == broken(job, "drills/retry_after", "drills/backs_off", raises=(ClientError,))


def test_a_client_through_requests_is_judged_alike(broken, counterpart):
    with requests.Session() as session:
        session.headers.update(counterpart.headers)

        def job():
            answer = session.get(f"{counterpart.base_url}/streams")
            answer.raise_for_status()
            return [stream["name"] for stream in answer.json()["data"]]

        found = broken(job, "answers", "drills/error_page", raises=(requests.HTTPError,))

    assert {} == found


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda: None, "makes no request: nothing was asked at http://127.0.0.1"),
        (lambda stream: stream, "needs arguments (stream)"),
        ("https://example.com", "is no function but a str"),
        (lambda: (yield), "is a generator, which does nothing by being called"),
        (lambda: (one for one in ()), "what it gives is a generator, which does nothing until somebody reads it"),
        (ClientError, "it is a class, and only makes an object"),
        (lambda: json.loads("<html>"), "fails on a good day: it raises JSONDecodeError"),
        (lambda: select.select([], [], [], 3), "does not end within 0.5 s"),
    ],
    ids=["asks nothing", "needs arguments", "no function", "a generator", "gives one", "a class", "fails", "hangs"],
)
def test_what_cannot_be_judged_is_one_verdict(counterpart, use, words):
    report = check_client(counterpart, use, deadline=0.5)

    assert ["requests/good-day"] == [one.rule.name for one in report.broken]
    assert words in report.violations[0].message
    assert {"the good day already failed"} == {one.why for one in report.not_judged}


def test_a_coroutine_that_was_made_already_is_not_run(counterpart):
    async def job():
        raise AssertionError

    (found,) = check_client(counterpart, job(), only=["requests"]).violations

    assert "is a coroutine, which runs once; give the function that makes it, without calling it" == found.message


@pytest.mark.parametrize("raises", [ClientError, [ClientError], {ClientError}], ids=["one", "a list", "a set"])
def test_a_clients_own_errors_are_named_in_any_way(counterpart, http, raises):
    def job():
        if http.get("/streams").is_error:
            raise KeyError

    report = check_client(counterpart, job, raises=raises, drills="error_page", only="drills", examples=1)

    assert ["none of its own errors (ClientError)"] == [one.message.rpartition(", ")[2] for one in report.violations]


def test_what_is_no_error_is_refused_with_a_sentence(counterpart):
    with pytest.raises(TypeError, match=r"raises has 'ClientError'; name the client's own exception classes"):
        check_client(counterpart, lambda: None, raises="ClientError")


def test_an_unknown_drill_names_the_nearest(counterpart):
    with pytest.raises(ValueError, match=r"drills/post_once \(did you mean drills/posts_once\?\)"):
        check_client(counterpart, lambda: None, drills=["post_once"])


def test_ctrl_c_ends_it_with_the_report_so_far(counterpart, http):
    client, asked = Client(http), []

    def job():
        asked.append(True)
        if len(asked) >= 6:  # who is not heard presses it again: raised within a callback of the collector it is lost
            _thread.interrupt_main()
        client.names()

    report = check_client(counterpart, job, raises=(ClientError,), examples=5)

    assert (True, "kept") == (report.is_broken_off, report.verdicts[0].outcome)


def test_secrets_are_cut_in_what_is_told(counterpart, http):
    report = check_client(counterpart, lambda: http.get("/streams?limit=3").raise_for_status(), only=["requests"])
    key = counterpart.headers["X-API-Key"]

    assert [False] == [key in str(one.reproduce) for one in report.violations]


def test_a_client_that_logs_in_once_is_met_again_as_it_knows_its_cloud(emulator):
    from offair.emulator.counterpart import counterpart_of

    cloud = counterpart_of("ainative", emulator)
    kept = {}
    with httpx.Client(base_url=cloud.base_url) as http:

        def job():
            if not kept:
                name = {"email": "somebody@example.com", "password": "a-password-1", "username": "somebody"}
                http.post("/auth/register", json=name)
                said = http.post("/auth/login", json={"email": name["email"], "password": name["password"]})
                kept["Authorization"] = f"Bearer {said.json()['access_token']}"
            http.get("/auth/me", headers=kept).raise_for_status()

        report = check_client(cloud, job, only=["requests/good-day"])

    assert [] == report.violations
