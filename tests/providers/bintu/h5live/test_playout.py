"""A connection of H5Live without a socket: what is said and looked at, whatever comes in which order."""

import json

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from offair.emulator.core.showing import Audible, Cue, Parting, Sight, Visible
from offair.emulator.provider.query import Query
from offair.emulator.providers.bintu.h5live.playout import AT_ONCE, STRIKES, Playout
from offair.emulator.providers.bintu.h5live.steps import Begin, Close, Leave, Say, Sever, Watch
from offair.emulator.providers.bintu.h5live.wish import Wish, read_query

SIGHT = Sight(
    init=b"init",
    picture=Visible(codec="avc1.64001f", width=320, height=180, fps=25.0),
    sound=Audible(codec="mp4a.40.2", sample_rate=48_000, channels=2),
)


def begin(query="stream=a"):
    playout = Playout(read_query(Query.of(query).lists), hostname="here")
    return playout, list(playout.opened())


def told(steps):
    """Name the messages, and the other steps by their class."""
    return [json.loads(step.text)["eventType"] if isinstance(step, Say) else type(step).__name__ for step in steps]


def switch(stream="b", request=1):
    body = {"rtmp": {"stream": stream}, "tag": "t", "count": request}
    return "onUpdateSource", {"eventType": "onUpdateSource", "onUpdateSource": body, "requestId": request}


def test_it_begins_with_who_serves_and_a_look():
    assert ["onServerInfo", "Watch"] == told(begin()[1])


def test_what_begins_is_told_before_it_comes():
    playout, _ = begin()
    steps = list(playout.begun(1, SIGHT))

    assert ["onStreamStatus", "onStreamInfo", "Begin"] == told(steps)
    assert 'video/mp4; codecs="avc1.64001f, mp4a.40.2"' == json.loads(steps[1].text)["onStreamInfo"]["mimeType"]


def test_what_an_encoder_changes_is_told_as_an_update():
    playout, _ = begin()
    list(playout.begun(1, SIGHT))

    assert ["onStreamInfoUpdate", "Begin"] == told(playout.begun(1, SIGHT))


def test_the_former_look_goes_on_until_the_next_has_begun():
    playout, _ = begin()
    list(playout.begun(1, SIGHT))
    asked = told(playout.heard(*switch(), 0.0))
    before = playout.sees(1), playout.sees(2)
    steps = list(playout.begun(2, SIGHT))

    assert (["Watch"], (True, False)) == (asked, before)
    assert ["Leave", "onUpdateSourceSuccess", "onStreamInfo", "Begin"] == told(steps)
    assert (False, True) == (playout.sees(1), playout.sees(2))


def test_a_wish_that_is_overtaken_is_aborted():
    playout, _ = begin()
    list(playout.begun(1, SIGHT))
    list(playout.heard(*switch(request=1), 0.0))
    steps = list(playout.heard(*switch(request=2), 0.0))
    aborted = json.loads(steps[1].text)["onUpdateSourceAbort"]

    assert ["Leave", "onUpdateSourceAbort", "Watch"] == told(steps)
    assert {"requestId": 1, "count": 1, "tag": "t", "reason": "superseded"} == aborted


def test_a_source_that_stops_during_a_switch_does_not_end_it():
    playout, _ = begin()
    list(playout.begun(1, SIGHT))
    list(playout.heard(*switch(), 0.0))
    stopped = told(playout.ended(1, Parting.OVER, ""))
    went_on = told(playout.begun(2, SIGHT))

    assert (["onStreamStatus"], ["onUpdateSourceSuccess", "onStreamInfo", "Begin"]) == (stopped, went_on)


def test_a_switch_that_fails_when_nothing_else_is_shown_ends_it():
    playout, _ = begin()
    list(playout.begun(1, SIGHT))
    list(playout.heard(*switch(), 0.0))
    list(playout.ended(1, Parting.OVER, ""))
    steps = list(playout.ended(2, Parting.ABSENT, ""))

    assert (["onUpdateSourceError", "Close"], 4403) == (told(steps), steps[-1].code)


@pytest.mark.parametrize(("parting", "code"), [(Parting.OVER, 4403), (Parting.ABSENT, 4404), (Parting.REFUSED, 4401)])
def test_each_end_has_its_code(parting, code):
    playout, _ = begin()
    list(playout.begun(1, SIGHT))

    assert code == list(playout.ended(1, parting, "words"))[-1].code


def test_who_takes_too_little_is_cut_off():
    playout, _ = begin()
    list(playout.begun(1, SIGHT))

    assert ["Sever"] == told(playout.ended(1, Parting.SLOW, ""))


@pytest.mark.parametrize("query", ["stream=a", "stream=a&flags=metastreamonly"])
def test_what_is_said_in_the_stream_is_told_as_text_of_json(query):
    playout, _ = begin(query)
    list(playout.begun(1, SIGHT))
    (step,) = playout.told(1, Cue(name="onCuePoint", content={"goal": 1.0}, at=2.5))
    said = json.loads(step.text)["onMetaData"]

    assert ("onCuePoint", 2.5, 1, 1, {"goal": 1.0}) == (
        said["handlerName"], said["streamTime"], said["chunkIndex"], said["chunkCount"], json.loads(said["message"])
    )  # fmt: skip


def test_what_is_said_elsewhere_is_not_told():
    playout, _ = begin()
    list(playout.begun(1, SIGHT))

    assert [] == list(playout.told(2, Cue(name="onMetaData", content={})))


def test_a_newer_player_may_say_a_little_more_and_no_player_says_nonsense_for_ever():
    playout, _ = begin()
    steps = [step for at in range(STRIKES + 1) for step in playout.heard_nonsense(float(at))]

    assert (["Leave", "Close"], 4400) == (told(steps), steps[-1].code)


def test_a_flood_of_messages_ends_it():
    playout, _ = begin()
    steps = [step for _ in range(AT_ONCE + 5) for step in playout.heard("onPause", {}, 1.0)]

    assert ["Close"] == [name for name in told(steps) if name == "Close"]


class Anything(RuleBasedStateMachine):
    """Whatever happens, in whatever order: nothing is said after the end, at most one look is seen, none lost."""

    def __init__(self):
        super().__init__()
        self.playout, steps = begin()
        self.looks, self.ended, self.requests, self.answers = set(), False, 0, []
        self.now = 0.0
        self.take(steps)

    def take(self, steps):
        for step in steps:
            assert not self.ended or isinstance(step, Leave)
            match step:
                case Watch(_, number):
                    self.looks.add(number)
                case Leave(number):
                    self.looks.discard(number)
                case Close() | Sever():
                    self.ended = True
                case Begin(init):
                    assert init == b"init"
                case Say(text):
                    message = json.loads(text)
                    name = message["eventType"]
                    if name.startswith("onUpdateSource"):
                        self.answers.append(message[name]["requestId"])

    @rule()
    def pause(self):
        self.now += 1.0
        self.take(self.playout.heard("onPause", {"requestId": 1}, self.now))

    @rule()
    def play(self):
        self.now += 1.0
        self.take(self.playout.heard("onPlay", {"requestId": 1}, self.now))

    @precondition(lambda self: not self.ended)
    @rule()
    def switch(self):
        self.now += 1.0
        self.requests += 1
        self.take(self.playout.heard(*switch(request=self.requests), self.now))

    @precondition(lambda self: self.looks)
    @rule(data=st.data())
    def begin_one(self, data):
        self.take(self.playout.begun(data.draw(st.sampled_from(sorted(self.looks))), SIGHT))

    @precondition(lambda self: self.looks)
    @rule(data=st.data(), parting=st.sampled_from([Parting.OVER, Parting.ABSENT, Parting.REFUSED]))
    def end_one(self, data, parting):
        number = data.draw(st.sampled_from(sorted(self.looks)))
        self.looks.discard(number)
        self.take(self.playout.ended(number, parting, ""))

    @rule(number=st.integers(0, 5))
    def hear_of_what_was_left(self, number):
        if number not in self.looks:
            self.take(self.playout.begun(number, SIGHT))
            self.take(self.playout.ended(number, Parting.OVER, ""))

    @invariant()
    def at_most_one_is_seen(self):
        seen = [number for number in range(200) if self.playout.sees(number)]
        assert len(seen) <= 1
        assert set(seen) <= self.looks

    @invariant()
    def no_request_is_answered_twice(self):
        assert len(self.answers) == len(set(self.answers))

    @invariant()
    def at_most_two_are_looked_at(self):
        assert len(self.looks) <= 2


TestAnything = Anything.TestCase


@pytest.mark.parametrize(
    ("query", "flags"),
    [("flags=faststart", {"faststart"}), ("flags=paused,checkandclose", {"paused", "checkandclose"}), ("", set())],
)
def test_flags_are_words_with_commas(query, flags):
    assert flags == Wish(stream=None, query=Query.of(query).lists).flags


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"rtmp": {"stream": "b", "url": "u"}}, {"stream": ("b",), "url": ("u",)}),
        ({"params": {"stream": "b", "x": 1}}, {"stream": ("b",), "x": ("1",)}),
        ({"rtmp": {"stream": "b"}, "token": "t"}, {"stream": ("b",), "token": ("t",)}),
        ({"rtmp": {"stream": "b"}, "security": {"jwtoken": "j"}}, {"stream": ("b",), "jwtoken": ("j",)}),
        ({}, {}),
    ],
)
def test_a_switch_is_read_as_a_handshake_would_have_said_it(asked, shown):
    playout, _ = begin("stream=a&cid=7&token=old")
    list(playout.begun(1, SIGHT))
    (watch,) = playout.heard("onUpdateSource", {"onUpdateSource": asked, "requestId": 1}, 0.0)

    assert {"cid": ("7",), **shown} == dict(watch.wish.query)
