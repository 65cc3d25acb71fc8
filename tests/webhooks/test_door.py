"""The door: who may publish, go on and watch, and what happens to those who watch when a cloud changes its mind."""

import queue
import threading
from dataclasses import replace

import pytest
from streams import stream

from offair.emulator.core.clock import Clock
from offair.emulator.core.events import PublicationRevoked, ViewingsDoubted
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Admitted, Knock, Reason, Refused
from offair.emulator.core.publication import Policy, Totals
from offair.emulator.core.publications import Publications
from offair.emulator.core.spans import Spans
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.timers import Timers
from offair.emulator.core.viewing import Viewing
from offair.emulator.core.world import World
from offair.emulator.provider.hooks import Delivery, Question
from offair.emulator.provider.provider import discover
from offair.emulator.webhooks import door as module
from offair.emulator.webhooks.asking import MOST, MOST_OF_PLAYERS, Asking
from offair.emulator.webhooks.door import Door

NO = Refused(Reason.FORBIDDEN, "no")
KNOCK = Knock(protocol="rtmp", app="live", name="a-key", peer="x")
VIEWING = Viewing(stream="a-stream", name="stream.mp4", protocol="mp4", peer="x", query={"pass": ("good",)})


class _Entrance:
    """A door in front of one stream, of a cloud that says what a test wants it to say."""

    def __init__(self):
        self.world, self.errors, self.asked, self.revoked = World(), [], [], threading.Event()
        self.world.clock.freeze(at=1000.0)
        self.timers = Timers(self.world.clock, self.errors.append)
        self.asking = Asking(self.world.clock, Journal(Clock(), 100))
        policies = {"toy": Policy(beat=30.0)}
        self.publications = Publications(self.world, self.timers, policies)
        Spans(self.world, self.timers, self.publications, policies)
        self.says = {"admit": None, "renew": None, "usher": None}
        plain = next(provider for provider in discover() if provider.name == "tenbyte")
        self.cloud = replace(
            plain, admit=self._say("admit"), renew=self._say("renew"), usher=self._say("usher"),
            policy=lambda _switches: Policy(beat=30.0),
        )  # fmt: skip
        self.providers = {"toy": self.cloud, "plain": plain}
        self.door = Door(
            world=self.world, timers=self.timers, publications=self.publications, providers=self.providers,
            rooms=lambda cloud: cloud, asking=self.asking,
        )  # fmt: skip
        self.world.events.subscribe(PublicationRevoked, self._on_revoked)
        self.words = []
        self.world.put(STREAMS, stream())
        self.timers.start()
        self.door.open()

    def _say(self, who):
        def say(*given):
            self.asked.append((who, given[-1]))
            said = self.says[who]
            return said(*given) if callable(said) else said

        return say

    def _on_revoked(self, event):
        self.words.append(event.reason)
        self.revoked.set()

    def close(self):
        self.timers.close()
        self.asking.close()
        self.world.close()
        assert [] == self.errors


@pytest.fixture(name="entrance")
def _entrance():
    entrance = _Entrance()
    yield entrance
    entrance.close()


def test_the_state_is_looked_at_before_anybody_is_asked(entrance):
    refused = entrance.door.consult(replace(KNOCK, name="another"))

    assert (Reason.UNKNOWN_KEY, []) == (refused.reason, entrance.asked)


def test_the_cloud_is_asked_with_its_own_rooms(entrance):
    assert (None, [("admit", "tenbyte")]) == (entrance.door.consult(KNOCK), entrance.asked)


def test_a_cloud_may_send_an_encoder_away(entrance):
    entrance.says["admit"] = NO

    assert NO == entrance.door.consult(KNOCK)


def test_who_may_go_on_is_asked_at_every_beat_and_may_be_sent_away(entrance):
    admitted = entrance.door.admit(KNOCK)
    entrance.says["renew"] = Refused(Reason.FORBIDDEN, "enough")
    entrance.world.clock.advance(30.0)

    assert (True, True, ["enough"]) == (isinstance(admitted, Admitted), entrance.revoked.wait(30), entrance.words)


def test_what_ended_while_the_cloud_was_asked_is_not_ended_again(entrance):
    admitted = entrance.door.admit(KNOCK)
    answered, asked = threading.Event(), threading.Event()

    def wait(*_):
        asked.set()
        answered.wait(30)
        return NO

    entrance.says["renew"] = wait
    entrance.world.clock.advance(30.0)
    assert asked.wait(30)
    entrance.publications.ended(admitted.publication, Totals())
    answered.set()
    for thread in [one for one in threading.enumerate() if one.name == "offair-asking"]:
        thread.join(30)

    assert [] == entrance.words


def test_who_may_watch_is_asked_at_every_file(entrance):
    for _ in range(2):
        entrance.door.may_watch("toy", VIEWING)

    assert 2 == len(entrance.asked)


def test_a_cloud_without_an_usher_lets_everybody_watch(entrance):
    entrance.says["usher"] = NO

    assert None is entrance.door.may_watch("plain", VIEWING)


def test_a_stream_that_is_not_there_is_the_clouds_affair_too(entrance):
    entrance.says["usher"] = lambda _viewing, found, _rooms: NO if found is None else None

    assert (NO, None) == (
        entrance.door.may_watch("toy", replace(VIEWING, stream="gone")), entrance.door.may_watch("toy", VIEWING),
    )  # fmt: skip


def _question(answers):
    return Question(
        delivery=Delivery(event="stream.started", url="http://127.0.0.1:9/", body={}),
        objection=lambda _outcome: answers.pop(0),
    )


def test_a_player_that_a_question_let_in_is_not_asked_about_at_every_file(entrance):
    answers = [None, "no"]
    entrance.says["usher"] = lambda *_: _question(answers)
    seen = [entrance.door.may_watch("toy", VIEWING) for _ in range(3)]

    assert ([None, None, None], ["no"]) == (seen, answers)


def test_another_player_is_asked_about(entrance):
    answers = [None, "no"]
    entrance.says["usher"] = lambda *_: _question(answers)
    seen = [entrance.door.may_watch("toy", replace(VIEWING, peer=peer)) for peer in ("x", "y")]

    assert [None, Refused(Reason.FORBIDDEN, "no")] == seen


def test_who_showed_something_else_is_asked_about(entrance):
    """The same program at the same address with another pass is another wish."""
    answers = [None, "no"]
    entrance.says["usher"] = lambda *_: _question(answers)
    seen = [entrance.door.may_watch("toy", replace(VIEWING, query={"pass": (paper,)})) for paper in ("good", "bad")]

    assert [None, Refused(Reason.FORBIDDEN, "no")] == seen


@pytest.mark.parametrize("query", [{}, {"_HLS_msn": ("7",)}])
def test_what_a_playlist_leads_to_shows_no_pass_and_needs_none(entrance, query):
    answers = [None, "no"]
    entrance.says["usher"] = lambda *_: _question(answers)
    seen = [entrance.door.may_watch("toy", replace(VIEWING, query=shown)) for shown in (VIEWING.query, query)]

    assert [None, None] == seen


def test_a_player_that_was_let_in_is_asked_about_again_when_there_is_doubt(entrance):
    answers = [None, "no"]
    entrance.says["usher"] = lambda *_: _question(answers)
    entrance.door.may_watch("toy", VIEWING)
    entrance.world.events.publish(ViewingsDoubted(cloud="toy"))

    assert Refused(Reason.FORBIDDEN, "no") == entrance.door.may_watch("toy", VIEWING)


@pytest.mark.parametrize("says", [None, NO])
def test_who_comes_to_stay_is_judged_at_once_where_nobody_else_is_asked(entrance, says):
    entrance.says["usher"], verdicts = says, []
    entrance.door.ask("toy", VIEWING, verdicts.append)

    assert [says] == verdicts


def test_who_comes_to_stay_is_asked_about_each_time_and_nobody_waits(entrance):
    answers, verdicts = [None, "no"], queue.SimpleQueue()
    entrance.says["usher"] = lambda *_: _question(answers)
    seen = []
    for _ in range(2):
        entrance.door.ask("toy", VIEWING, verdicts.put)
        seen.append(verdicts.get(timeout=30.0))

    assert [None, Refused(Reason.FORBIDDEN, "no")] == seen


@pytest.mark.parametrize("comes", ["to stay", "for a file"])
def test_players_whose_questions_hang_keep_no_encoder_of_this_tenant_out(entrance, black_hole, comes):
    """Whoever knows a public name can come again and again."""
    delivery = Delivery(event="may it", url=f"http://{black_hole}/", body={})
    entrance.says["usher"] = Question(delivery=delivery, timeout=30.0)
    for _ in range(MOST):
        entrance.door.ask("toy", VIEWING, lambda _: None)
    refusals = queue.SimpleQueue()
    if comes == "to stay":
        entrance.door.ask("toy", VIEWING, refusals.put)
    else:
        refusals.put(entrance.door.may_watch("toy", VIEWING))

    assert f"{MOST_OF_PLAYERS} questions" in refusals.get(timeout=30.0).text
    assert entrance.door.consult(KNOCK) is None


def test_who_watches_without_end_is_cut_off_when_there_is_doubt(entrance):
    cut = threading.Event()
    entrance.door.seat("toy", VIEWING, cut.set)
    entrance.says["usher"] = NO
    entrance.world.events.publish(ViewingsDoubted(cloud="toy"))

    assert cut.is_set()


def test_doubt_at_one_cloud_cuts_nobody_off_at_another(entrance):
    cut = threading.Event()
    rise = entrance.door.seat("toy", VIEWING, cut.set)
    entrance.says["usher"] = NO
    entrance.world.events.publish(ViewingsDoubted(cloud="plain"))
    rise()

    assert not cut.is_set()


def test_doubt_is_heard_once_the_change_is_kept(entrance):
    cut, seen = threading.Event(), []
    entrance.door.seat("toy", VIEWING, cut.set)
    entrance.says["usher"] = NO
    with entrance.world.transaction():
        entrance.world.events.publish(ViewingsDoubted(cloud="toy"))
        seen.append(cut.is_set())

    assert ([False], True) == (seen, cut.is_set())


def test_a_pass_that_runs_out_is_noticed(entrance, monkeypatch):
    monkeypatch.setattr(module, "LOOK", 0.01)
    cut = threading.Event()
    entrance.door.seat("toy", VIEWING, cut.set)
    entrance.says["usher"] = NO

    assert cut.wait(30)


def test_who_has_left_is_not_cut_off(entrance):
    cut = threading.Event()
    rise = entrance.door.seat("toy", VIEWING, cut.set)
    for _ in range(2):
        rise()
    entrance.says["usher"] = NO
    entrance.world.events.publish(ViewingsDoubted(cloud="toy"))

    assert not cut.is_set()


def test_a_bug_about_one_watcher_leaves_no_other_uncut(entrance):
    cut = threading.Event()

    def stumble(viewing, _stream, _rooms):
        if viewing.peer == "odd":
            raise ZeroDivisionError("a bug")
        return NO

    entrance.door.seat("toy", replace(VIEWING, peer="odd"), lambda: None)
    entrance.door.seat("toy", VIEWING, cut.set)
    entrance.says["usher"] = stumble
    entrance.world.events.publish(ViewingsDoubted(cloud="toy"))

    assert cut.is_set()
