"""A broadcast without media moves as a real one does, and says what it cannot."""

import pytest
from streams import stream

from offair.emulator.core.events import (
    PublicationBegan,
    PublicationEnded,
    PublicationRevoked,
    StreamMoved,
    TranscoderRestarted,
)
from offair.emulator.core.moves import place
from offair.emulator.core.ports import Admitted, Knock, Reason, Refused
from offair.emulator.core.problems import Conflict, Missing
from offair.emulator.core.publication import PUBLICATIONS, Policy, Totals
from offair.emulator.core.publications import Publications
from offair.emulator.core.simulation import Simulation
from offair.emulator.core.streams import STREAMS, Endpoint, Source, State
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World

PULL = Source(kind="pull", primary=Endpoint(protocol="rtmp", url="rtmp://there/live/a"))


class _Doorman:
    """A gatekeeper that asks nobody, or refuses whoever comes."""

    def __init__(self, publications):
        self.admit, self.admit_source = publications.admit, publications.admit_source
        self.objection = None

    def consult(self, _knock):
        return self.objection


class _Scene:
    def __init__(self, **given):
        self.world, self.seen = World(), []
        self.timers = Timers(self.world.clock, self._raise)
        self.publications = Publications(self.world, self.timers, {"toy": Policy()})
        self.doorman = _Doorman(self.publications)
        self.simulation = Simulation(self.world, self.doorman, self.publications)
        self.world.events.subscribe(StreamMoved, lambda moved: self.seen.append(moved.stream.state.value))
        self.world.events.subscribe(PublicationBegan, lambda _began: self.seen.append("began"))
        self.world.events.subscribe(PublicationEnded, lambda _ended: self.seen.append("over"))
        self.world.put(STREAMS, stream(**given))

    def go(self, *targets):
        return [self.simulation.go("a-stream", target).state for target in targets][-1]

    @staticmethod
    def _raise(error):
        raise error


@pytest.fixture(name="scene")
def _scene():
    scene = _Scene()
    yield scene
    scene.world.close()


def test_a_broadcast_goes_the_whole_way(scene):
    scene.go("live", "lost", "back", "ended")

    assert ["starting", "began", "live", "reconnecting", "live", "stopping", "over", "idle"] == scene.seen


def test_media_may_fail(scene):
    assert (State.ERRORED, ["starting", "began", "live", "over", "errored"]) == (scene.go("live", "error"), scene.seen)


@pytest.mark.parametrize(("before", "target", "instead"), [
    ([], "lost", "live"), ([], "ended", "live"), (["live"], "live", "lost or ended or error"),
    (["live", "lost"], "lost", "back or ended or error"), (["live", "error"], "back", "live"),
])  # fmt: skip
def test_where_a_stream_cannot_go_it_says_where_it_can(scene, before, target, instead):
    for one in before:
        scene.go(one)

    with pytest.raises(Conflict, match=f"cannot go to {target}; it can go to {instead}$"):
        scene.go(target)


def test_a_stream_that_is_not_there_is_missing(scene):
    with pytest.raises(Missing, match="there is no stream nowhere"):
        scene.simulation.go("nowhere", "live")


def test_who_is_refused_at_the_door_is_refused_in_its_words(scene):
    scene.doorman.objection = Refused(Reason.FORBIDDEN, "not tonight")

    with pytest.raises(Conflict, match="the encoder would be refused: not tonight"):
        scene.go("live")


def test_a_real_encoder_is_not_moved(scene):
    admitted = scene.publications.admit(Knock(protocol="rtmp", app="live", name="a-key", peer="x"))
    assert isinstance(admitted, Admitted)

    with pytest.raises(Conflict, match="a real encoder publishes to A stream; stop it"):
        scene.go("ended")


def test_a_stream_that_is_pulled_is_pulled_in(scene):
    scene.world.put(STREAMS, stream(source=PULL))

    assert State.LIVE is scene.go("live")


def test_a_transcoder_that_is_started_anew_is_live_again(scene):
    scene.go("live")
    row = scene.world.find(PUBLICATIONS)[0]
    place(scene.world, scene.world.get(STREAMS, "a-stream"), State.STARTING, reason="restart")
    scene.world.events.publish(TranscoderRestarted(row.id))

    assert (State.LIVE, True) == (scene.world.get(STREAMS, "a-stream").state, row.is_simulated)


def test_what_is_revoked_is_told_to_whoever_runs_it(scene):
    revoked = []
    scene.world.events.subscribe(PublicationRevoked, revoked.append)
    scene.go("live")
    scene.publications.stop(scene.world.get(STREAMS, "a-stream"), reason="enough")

    assert (["enough"], State.STOPPING) == (
        [one.reason for one in revoked], scene.world.get(STREAMS, "a-stream").state,
    )  # fmt: skip


def test_what_nobody_sent_came_to_nothing(scene):
    totals = []
    scene.world.events.subscribe(PublicationEnded, lambda ended: totals.append(ended.totals))
    scene.go("live", "ended")

    assert [Totals()] == totals
