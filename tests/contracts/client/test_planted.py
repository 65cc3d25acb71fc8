"""The same faults in clients of every cloud: each is found by the rule that it breaks, and the honest one by none."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest

from offair.contracts.client import check_client
from offair.contracts.contract import promise
from offair.emulator.counterpart import counterpart_of

FEW = 20
PUSH = next(one for one in promise("tenbyte").examples if one.name == "create-video-push").request_body


class ClientError(Exception):
    """What the clients raise."""


@dataclass(frozen=True)
class Habits:
    """How a cloud spells what every client of a live cloud needs."""

    streams: str
    one: str
    wish: dict
    state: str
    inner: str = ""

    def of(self, answer):
        return answer[self.inner] if self.inner else answer


CLOUDS = {
    "ainative": Habits("/streams/", "/streams/id/", {"title": "Evening", "description": "A show"}, "status"),
    "bintu": Habits("/stream", "/stream/", {"tags": ["evening"]}, "state"),
    "tenbyte": Habits("/streams", "/streams/", PUSH, "status", inner="data"),
}


class Client:
    """An honest one: it makes a stream and looks at it."""

    def __init__(self, http, habits):
        self.http, self.habits = http, habits

    def ask(self, method, path, **more):
        try:
            return self.http.request(method, path, **more)
        except httpx.TransportError as error:
            raise ClientError("nobody knows") from error

    def call(self, method, path, **more):
        for pause in (1, 2, 4):
            answer = self.ask(method, path, **more)
            if answer.status_code not in {429, 503}:
                break
            said = answer.headers.get("Retry-After", "")
            time.sleep(int(said) if said.isdigit() else pause)
        return self.read(answer)

    def read(self, answer):
        if answer.is_error:
            raise ClientError(answer.status_code)
        try:
            return self.habits.of(answer.json())
        except ValueError as error:
            raise ClientError("no JSON") from error

    def show(self, stream):
        return "on air" if stream.get(self.habits.state) == "live" else "off air"

    def job(self):
        made = self.call("POST", self.habits.streams, json=self.habits.wish)
        return self.show(self.call("GET", self.habits.one + made["id"]))


def knows_the_words_of_one_day(self, stream):
    return {"idle": 0, "created": 0, "offline": 0}[stream[self.habits.state]]


def knows_the_members_of_one_day(self, stream):
    known = vars(self).setdefault("known", set(stream))
    if set(stream) - known:
        raise TypeError("an unexpected member")


def swallows_its_errors(self):
    with suppress(ClientError):
        self.call("POST", self.habits.streams, json=self.habits.wish)
    return "done"


def reads_before_it_looks(self, answer):
    said = json.loads(answer.content)
    if answer.is_error:
        raise ClientError(said)
    return self.habits.of(said)


def asks_three_times_at_once(self, method, path, **more):
    answers = (self.ask(method, path, **more) for _ in range(3))
    answer = next((one for one in answers if one.is_success), None)
    if answer is None:
        raise ClientError
    return self.read(answer)


def posts_again_an_hour_later(self, method, path, **more):
    try:
        return self.http.request(method, path, **more)
    except httpx.TransportError:
        time.sleep(3600)
        return Client.ask(self, method, path, **more)


def takes_the_key_for_a_parameter(self, method, path, **more):
    return Client.ask(self, method, path, params={"api_key": "k"}, **more)


def raises_something_plain(self, answer):
    if answer.is_error:
        raise RuntimeError("it did not work")
    return Client.read(self, answer)


PLANTED = {
    "it knows the words of one day": ({"show": knows_the_words_of_one_day}, "answers/getStream"),
    "it knows the members of one day": ({"show": knows_the_members_of_one_day}, "answers/getStream"),
    "it swallows its errors": ({"job": swallows_its_errors}, "answers/createStream"),
    "it reads before it looks": ({"read": reads_before_it_looks}, "drills/error_page"),
    "it asks three times at once": ({"call": asks_three_times_at_once}, "drills/backs_off"),
    "it hammers at a refusal": ({"call": asks_three_times_at_once}, "answers/createStream"),
    "it posts again an hour later": ({"ask": posts_again_an_hour_later}, "drills/posts_once"),
    "it takes the key for a parameter": ({"ask": takes_the_key_for_a_parameter}, "requests/documented-query"),
    "it raises something plain": ({"read": raises_something_plain}, "answers/getStream"),
}


@pytest.fixture(scope="module", name="judged")
def _judged(emulator):
    def judged(cloud, changes, *only):
        counterpart = counterpart_of(cloud, emulator)
        with httpx.Client(base_url=counterpart.base_url, headers=counterpart.headers) as http:
            client = type("Planted", (Client,), changes)(http, CLOUDS[cloud])
            report = check_client(counterpart, client.job, raises=ClientError, only=only, examples=FEW)
        return {one.rule.name: [str(found) for found in one.violations] for one in report.broken}

    return judged


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_honest_client_of_any_cloud_breaks_nothing(judged, cloud):
    assert {} == judged(cloud, {})


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("how", PLANTED)
def test_a_fault_is_found_at_every_cloud_by_the_rule_that_it_breaks(judged, cloud, how):
    changes, rule = PLANTED[how]

    assert [rule] == list(judged(cloud, changes, rule))
