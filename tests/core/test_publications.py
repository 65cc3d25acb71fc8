"""Media events become states, here with no media at all."""

import threading
from dataclasses import replace

import pytest
from streams import rung, stream

from offair.emulator.core.events import (
    PublicationBegan,
    PublicationRevoked,
    PullWanted,
    RelaysChanged,
    StreamCreated,
    StreamDeleted,
    StreamMoved,
    TranscoderRestarted,
)
from offair.emulator.core.moves import move
from offair.emulator.core.ports import Admitted, Knock, Reason, Refused
from offair.emulator.core.publication import PUBLICATIONS, Policy, Publication, Totals
from offair.emulator.core.publications import Publications
from offair.emulator.core.spans import Spans
from offair.emulator.core.streams import STREAMS, Endpoint, Source, State
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World

WAIT = 600.0
KNOCK = Knock(protocol="rtmp", app="live", name="a-key", peer="127.0.0.1:5000")


PULL = Source(kind="pull", primary=Endpoint(protocol="rtmp", url="rtmp://there/live/a"))


class _Timers(Timers):
    """Has whatever waits wait for the test, which moves the cloud's clock: real seconds may pass before it looks."""

    def after(self, seconds, action):
        return self.at(self._clock.now() + seconds, action)


class _Stage:
    """A world with one stream, and publications over it with a policy."""

    def __init__(self, **policy):
        self.world = World()
        self.timers = _Timers(self.world.clock, self._raise)
        policies = {"toy": Policy(**policy)}
        self.publications = Publications(self.world, self.timers, policies)
        Spans(self.world, self.timers, self.publications, policies)
        self.moves, self.said, self.revoked, self.restarted, self.wanted = [], [], [], [], []
        self.moved = threading.Condition()
        self.world.events.subscribe(StreamMoved, self._on_moved)
        self.world.events.subscribe(PublicationRevoked, self.revoked.append)
        self.world.events.subscribe(TranscoderRestarted, self.restarted.append)
        self.world.events.subscribe(PullWanted, self.wanted.append)
        self.put()
        self.timers.start()

    def put(self, **given):
        self.world.put(STREAMS, stream(rung(), **given))

    def _on_moved(self, event):
        with self.moved:
            self.moves.append((event.stream.state.value, event.reason))
            self.said.append(event.words)
            self.moved.notify_all()

    def wait_in_vain(self, state):
        """Let the policy's patience, or its grace, run out, and wait for what comes of it."""
        self.world.clock.advance(WAIT)
        self.until(state)

    def until(self, state):
        with self.moved:
            assert self.moved.wait_for(lambda: self.moves and self.moves[-1][0] == state, 30), self.moves
        with self.world.transaction():  # what else is published with the move has been
            pass

    @property
    def stream(self):
        return self.world.get(STREAMS, "a-stream")

    def go_live(self):
        admitted = self.publications.admit(KNOCK)
        self.publications.playable(admitted.publication)
        return admitted.publication

    def create_pulled(self):
        with self.world.transaction():
            self.put(source=PULL)
            self.world.events.publish(StreamCreated(self.stream))

    def read(self):
        return self.publications.admit_source("a-stream", protocol="rtmp", peer="there:1935")

    @staticmethod
    def _raise(error):
        raise error

    def close(self):
        self.timers.close()
        self.world.close()


@pytest.fixture(name="stage")
def _stage():
    stage = _Stage(grace=WAIT, patience=WAIT)
    yield stage
    stage.close()


def test_a_known_key_is_admitted_and_the_stream_starts(stage):
    admitted = stage.publications.admit(KNOCK)

    assert (True, State.STARTING, admitted.publication) == (
        isinstance(admitted, Admitted), stage.stream.state, stage.stream.publication,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "knock", "reason"),
    [
        ({}, {"name": "another"}, Reason.UNKNOWN_KEY),
        ({}, {"app": "stage"}, Reason.UNKNOWN_APP),
        ({}, {"protocol": "srt"}, Reason.WRONG_PROTOCOL),
        ({"source": Source(kind="pull")}, {}, Reason.NOT_ACCEPTING),
        ({"state": State.STOPPING}, {}, Reason.NOT_ACCEPTING),
        ({"state": State.ENDED}, {}, Reason.NOT_ACCEPTING),
    ],
)
def test_a_refusal_has_a_reason_and_moves_nothing(stage, change, knock, reason):
    stage.put(**change)
    refused = stage.publications.admit(Knock(**{**{f: getattr(KNOCK, f) for f in KNOCK.__slots__}, **knock}))

    assert (reason, []) == (refused.reason, stage.moves)


@pytest.mark.parametrize(("state", "words"), [(State.STOPPING, "again in a moment"), (State.ENDED, "to another")])
def test_who_comes_too_late_is_told_whether_to_come_again(stage, state, words):
    stage.put(state=state)

    assert stage.publications.admit(KNOCK).text.endswith(words)


def test_a_second_encoder_is_refused(stage):
    stage.publications.admit(KNOCK)

    assert Reason.KEY_IN_USE == stage.publications.admit(KNOCK).reason


def test_playable_media_makes_the_stream_live(stage):
    stage.go_live()

    assert (State.LIVE, True) == (stage.stream.state, stage.stream.last_live_at is not None)


def test_a_goodbye_brings_the_stream_to_rest(stage):
    publication = stage.go_live()
    stage.publications.ending(publication)
    stage.publications.ended(publication, Totals())

    assert ["starting", "live", "stopping", "idle"] == [state for state, _ in stage.moves]


def test_a_finished_publication_frees_its_key(stage):
    publication = stage.go_live()
    stage.publications.ending(publication)
    stage.publications.ended(publication, Totals())

    assert publication != stage.publications.admit(KNOCK).publication


def test_a_lost_encoder_may_come_back_to_the_same_publication(stage):
    publication = stage.go_live()
    stage.publications.lost(publication)
    admitted = stage.publications.admit(KNOCK)
    stage.publications.playable(publication)

    assert (publication, ["starting", "live", "reconnecting", "live"]) == (
        admitted.publication, [state for state, _ in stage.moves],
    )  # fmt: skip


def test_a_lost_encoder_that_stays_away_ends_in_an_error(stage):
    publication = stage.go_live()
    stage.publications.lost(publication)
    stage.wait_in_vain("errored")

    assert (("errored", "encoder_timeout"), [publication]) == (
        stage.moves[-1], [event.publication for event in stage.revoked],
    )  # fmt: skip


def test_an_encoder_lost_before_anything_played_leaves_an_idle_stream(stage):
    admitted = stage.publications.admit(KNOCK)
    stage.publications.lost(admitted.publication)
    stage.wait_in_vain("idle")

    assert ("idle", "no_input") == stage.moves[-1]


def test_a_failed_transcoder_errs_with_its_words(stage):
    words = []
    stage.world.events.subscribe(StreamMoved, lambda event: words.append(event.words))
    publication = stage.go_live()
    stage.publications.failed(publication, Totals(), reason="transcoder_failed", words="no such preset")

    assert (("errored", "transcoder_failed"), "no such preset", None) == (
        stage.moves[-1], words[-1], stage.stream.publication,
    )  # fmt: skip


def test_a_stop_revokes_and_waits_for_the_media(stage):
    publication = stage.go_live()
    stage.publications.stop(stage.stream, reason="a test")

    assert ([publication], State.STOPPING) == ([event.publication for event in stage.revoked], stage.stream.state)


def test_a_stop_without_media_is_over_at_once(stage):
    stage.put(state=State.LIVE)
    stage.publications.stop(stage.stream, reason="a test")

    assert State.IDLE == stage.stream.state


def test_of_many_that_are_forgotten_all_are_sent_away_before_any_is_waited_for(stage):
    told = []
    stage.world.events.subscribe(PublicationRevoked, lambda _: told.append("sent away"))
    stage.world.events.subscribe(StreamDeleted, lambda _: told.append("waited for"))
    stage.put(id="another", key="another")
    stage.publications.admit(replace(KNOCK, name="another"))
    stage.go_live()
    stage.publications.forget(*stage.world.find(STREAMS))

    assert (["sent away"] * 2 + ["waited for"] * 2, 0) == (told, stage.world.count(STREAMS))


def test_a_restart_with_an_encoder_keeps_it(stage):
    publication = stage.publications.admit(KNOCK).publication
    stage.publications.restart(stage.stream)

    assert ([publication], [], State.STARTING) == (
        [event.publication for event in stage.restarted], stage.revoked, stage.stream.state,
    )  # fmt: skip


def test_a_restart_without_input_falls_back_to_idle(stage):
    stage.publications.restart(stage.stream)
    stage.wait_in_vain("idle")

    assert ["starting", "idle"] == [state for state, _ in stage.moves]


def test_a_restarted_pull_stream_without_input_is_errored(stage):
    stage.put(source=Source(kind="pull"))
    stage.publications.restart(stage.stream)
    stage.wait_in_vain("errored")

    assert ("errored", "no_input") == stage.moves[-1]


def test_an_event_ends_after_its_longest_time_on_the_clouds_clock(stage):
    stage.put(longest=60.0)
    stage.world.clock.freeze()
    stage.go_live()
    stage.world.clock.advance(61)
    stage.until("stopping")

    assert ("stopping", "max_duration_reached") == stage.moves[-1]


def test_what_a_dead_process_left_on_air_comes_to_rest(stage):
    stage.go_live()
    stage.publications.recover()

    assert (["starting", "live", "stopping", "idle"], 0, True) == (
        [state for state, _ in stage.moves], stage.world.count(PUBLICATIONS), stage.stream.last_ended_at is not None,
    )  # fmt: skip


@pytest.mark.parametrize("tell", ["playable", "lost", "ending"])
def test_news_of_an_unknown_publication_is_ignored(stage, tell):
    getattr(stage.publications, tell)("nobody")

    assert [] == stage.moves


def test_the_end_of_an_unknown_publication_is_ignored(stage):
    stage.publications.ended("nobody", Totals())

    assert [] == stage.moves


def test_a_pull_begins_once_the_stream_is_kept(stage):
    with stage.world.transaction():
        stage.create_pulled()
        before = stage.stream.state

    assert (State.IDLE, State.STARTING, 1) == (before, stage.stream.state, len(stage.wanted))


def test_what_was_pulled_is_let_in_whatever_the_key(stage):
    stage.create_pulled()
    stage.publications.playable(stage.read().publication)

    assert ["starting", "starting", "live"] == [state for state, _ in stage.moves]


def test_a_source_that_was_lost_may_come_back(stage):
    stage.create_pulled()
    first = stage.read()
    stage.publications.playable(first.publication)
    in_use = stage.read()
    stage.publications.lost(first.publication)

    assert (Reason.KEY_IN_USE, first.publication) == (in_use.reason, stage.read().publication)


@pytest.mark.parametrize("state", [State.IDLE, State.ERRORED, State.STOPPING, State.ENDED])
def test_a_source_that_nobody_wants_any_more_is_not_let_in(stage, state):
    stage.put(source=PULL, state=state)

    assert Reason.NOT_ACCEPTING == stage.read().reason


def test_the_source_of_a_stream_that_is_gone_is_not_let_in(stage):
    assert "the stream is deleted" == stage.publications.admit_source("nobody", protocol="rtmp", peer="x").text


def test_a_source_that_can_never_be_read_errs_at_once_with_words(stage):
    stage.create_pulled()
    stage.publications.unreadable("a-stream", words="no such protocol", is_final=True)

    assert (("errored", "cannot_pull"), "no such protocol") == (stage.moves[-1], stage.said[-1])


def test_why_a_source_gave_nothing_is_said_when_the_wait_is_over(stage):
    stage.create_pulled()
    stage.publications.unreadable("a-stream", words="refused", is_final=False)
    stage.wait_in_vain("errored")

    assert (("errored", "no_input"), "refused") == (stage.moves[-1], stage.said[-1])


def test_what_is_said_of_a_live_source_before_its_loss_is_known_is_said_when_it_stays_away(stage):
    stage.create_pulled()
    admitted = stage.read()
    stage.publications.playable(admitted.publication)
    stage.publications.unreadable("a-stream", words="the connection was reset", is_final=False)
    stage.publications.lost(admitted.publication)
    stage.wait_in_vain("errored")

    assert (("errored", "encoder_timeout"), "the connection was reset") == (stage.moves[-1], stage.said[-1])


def test_why_a_broadcast_gave_nothing_is_not_said_of_the_next(stage):
    stage.create_pulled()
    stage.publications.unreadable("a-stream", words="refused", is_final=False)
    stage.publications.stop(stage.stream, reason="api_stop")
    stage.publications.restart(stage.stream)
    stage.wait_in_vain("errored")

    assert (("errored", "no_input"), None) == (stage.moves[-1], stage.said[-1])


def test_a_source_lost_before_anything_played_errs_the_stream(stage):
    stage.create_pulled()
    stage.publications.lost(stage.read().publication)
    stage.wait_in_vain("errored")

    assert ("errored", "no_input") == stage.moves[-1]


def test_words_about_a_stream_that_waits_for_nothing_change_nothing(stage):
    stage.publications.unreadable("a-stream", words="refused", is_final=True)
    stage.publications.unreadable("nobody", words="refused", is_final=True)

    assert [] == stage.moves


def test_what_was_pulled_under_a_dead_process_is_pulled_again(stage):
    stage.create_pulled()
    stage.publications.playable(stage.read().publication)
    stage.publications.recover()

    assert (["stopping", "idle", "starting"], 2) == ([state for state, _ in stage.moves[-3:]], len(stage.wanted))


def test_a_closing_emulator_leaves_what_it_pulls_to_the_next(stage):
    stage.create_pulled()
    publication = stage.read().publication
    stage.publications.playable(publication)
    stage.publications.ended(publication, Totals())

    assert State.LIVE == stage.stream.state


def test_a_stopped_pull_is_over_with_its_media_and_not_begun_again(stage):
    stage.create_pulled()
    publication = stage.read().publication
    stage.publications.stop(stage.stream, reason="a test")
    stage.publications.ended(publication, Totals())
    stage.publications.recover()

    assert (State.IDLE, 1) == (stage.stream.state, len(stage.wanted))


def test_relays_may_change_whenever(stage):
    changed = []
    stage.world.events.subscribe(RelaysChanged, changed.append)
    target = Endpoint(protocol="rtmp", url="rtmp://elsewhere/live/a")
    stage.publications.relay(stage.stream, (target,))

    assert ((target,), 1) == (stage.stream.relays, len(changed))


def test_two_clouds_may_make_the_same_key(stage):
    stage.put(id="another", app="elsewhere")

    assert ["a-stream", "another"] == [
        stage.publications.find(replace(KNOCK, app=app)).id for app in ("live", "elsewhere")
    ]


def test_a_stream_that_is_closed_says_why(stage):
    stage.put(closed="it is cleaned")

    assert Refused(Reason.NOT_ACCEPTING, "it is cleaned") == stage.publications.admit(KNOCK)


@pytest.mark.parametrize(("app", "is_let_in"), [("live", True), ("rec", True), ("", True), ("play", False)])
def test_a_stream_may_have_further_applications_and_encoders_that_name_none(stage, app, is_let_in):
    stage.put(also=("rec", ""))
    admitted = stage.publications.admit(replace(KNOCK, app=app))

    assert is_let_in == isinstance(admitted, Admitted)


def test_what_is_kept_may_be_said_when_a_broadcast_begins(stage):
    def keep(began):
        stage.world.put(STREAMS, replace(began.stream, name=f"from {began.publication.app}"))

    stage.world.events.subscribe(PublicationBegan, keep)

    assert "from live" == stage.publications.admit(KNOCK).stream.name


def test_a_broadcast_that_was_expected_begins_with_its_encoder(stage):
    began = []
    stage.world.events.subscribe(PublicationBegan, began.append)
    with stage.world.transaction():
        row = Publication(
            id="p", tenant="t", stream="a-stream", protocol="none", peer="", began_at=0.0, is_connected=False,
            is_expected=True,
        )  # fmt: skip
        stage.world.put(PUBLICATIONS, row)
        move(stage.world, stage.stream, State.STARTING, reason="somebody says so", publication="p")
    before = list(began)
    stage.publications.admit(KNOCK)
    stage.publications.lost("p")
    stage.publications.admit(KNOCK)

    assert ([], ["p"]) == (before, [event.publication.id for event in began])
    assert ("rtmp", False) == (began[0].publication.protocol, began[0].publication.is_expected)
