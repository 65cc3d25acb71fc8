"""A stream's life and a chat as state machines: whatever is done in whatever order, the laws hold."""

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from talk import Talk

STEPS = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.generate],
)
ORDER = ["offline", "live", "ended"]


@pytest.fixture(name="place")
def _place(emulator):
    """Where to call, with a way to be somebody new."""
    url = emulator.addresses("ainative").api

    def client():
        tenant = emulator.tenancy.invite("ainative", "a machine")
        return tenant, httpx.Client(base_url=url, headers=dict(tenant.headers), timeout=30, verify=False)

    return emulator, client


def test_a_life_goes_forward_alone_and_one_stream_is_live_at_a_time(place):
    emulator, client = place
    control = httpx.Client(base_url=f"{emulator.http_url}/_offair", timeout=30)

    class Life(RuleBasedStateMachine):
        streams = Bundle("streams")

        @initialize()
        def begin(self):
            self.tenant, self.api = client()
            self.known = {}

        @rule(target=streams)
        def make(self):
            emulator.clock.advance(10)  # so that no limit is reached
            answer = self.api.post("/streams/", json={"title": "x"})
            if "live" in self.known.values():
                assert 400 == answer.status_code
                return None
            self.known[answer.json()["id"]] = "offline"
            return answer.json()["id"]

        @rule(stream=streams)
        def start(self, stream):
            answer = self.api.post(f"/streams/id/{stream}/start") if stream else None
            if answer is not None:
                assert (400 if self.known[stream] == "ended" else 200) == answer.status_code
                self._move(stream, answer)

        @rule(stream=streams)
        def end(self, stream):
            answer = self.api.post(f"/streams/{stream}/end") if stream else None
            if answer is not None:
                assert (400 if self.known[stream] == "ended" else 200) == answer.status_code
                self._move(stream, answer)

        @rule(stream=streams, to=st.sampled_from(["live", "ended", "error"]))
        def push(self, stream, to):
            if stream:
                control.post(f"/streams/{stream}/simulate", json={"to": to})

        def _move(self, stream, answer):
            if answer.status_code == 200:
                self.known[stream] = answer.json()["status"]

        @invariant()
        def nothing_goes_back(self):
            for stream, before in self.known.items():
                shown = self.api.get(f"/streams/id/{stream}").json()
                now = self.known[stream] = shown["status"]
                assert ORDER.index(before) <= ORDER.index(now)
                assert (shown["ended_at"] is not None) is (now == "ended")
                assert shown["started_at"] is not None or now != "live"
                assert (shown["vod_id"] is not None) is (now == "ended" and shown["started_at"] is not None)

        def teardown(self):
            self.api.close()

    try:
        run_state_machine_as_test(Life, settings=STEPS)
    finally:
        control.close()


def test_everybody_in_a_chat_hears_the_same_and_nothing_twice(place):
    emulator, client = place

    class Chat(RuleBasedStateMachine):
        talks = Bundle("talks")

        @initialize()
        def begin(self):
            self.tenant, self.api = client()
            self.stream = self.api.post("/streams/", json={"title": "x"}).json()["id"]
            self.said, self.heard = [], {}

        @rule(target=talks, second=st.booleans())
        def come(self, second):
            token = self.tenant.credentials["other_token" if second else "token"]
            root = emulator.addresses("ainative").api.replace("http", "ws", 1)
            talk = Talk(f"{root}/streams/{self.stream}/chat/ws?token={token}")
            history = talk.hear()
            assert "history" == history["type"]
            self.heard[talk] = [message["id"] for message in history["data"]]
            assert self.said[-50:] == self.heard[talk]
            return talk

        @rule(talk=talks, text=st.text(min_size=1, max_size=20))
        def say(self, talk, text):
            if talk in self.heard:
                talk.say(type="message", content=text)
                self._catch_up(talk)
                self.said.append(self.heard[talk][-1])

        @rule(text=st.text(min_size=1, max_size=20))
        def say_from_afar(self, text):
            made = self.api.post(f"/streams/{self.stream}/chat", json={"content": text})
            assert 201 == made.status_code
            self.said.append(made.json()["id"])

        @rule(talk=consumes(talks))
        def go(self, talk):
            if self.heard.pop(talk, None) is not None:
                talk.close()
                talk.ended()
                talk.__exit__()

        @rule()
        def everybody_catches_up(self):
            for talk in self.heard:
                talk.say(type="ping")
                self._until_pong(talk)
                assert self.said[-len(self.heard[talk]) or len(self.said) :] == self.heard[talk]

        def _catch_up(self, talk):
            while True:
                frame = talk.hear()
                if frame["type"] == "message":
                    self.heard[talk].append(frame["data"]["id"])
                    if frame["data"]["id"] not in self.said:
                        return

        def _until_pong(self, talk):
            while (frame := talk.hear())["type"] != "pong":
                if frame["type"] == "message":
                    self.heard[talk].append(frame["data"]["id"])

        def teardown(self):
            for talk in self.heard:
                talk.__exit__()
            self.api.close()

    run_state_machine_as_test(Chat, settings=STEPS)
