"""Those to whom a feed is shown: each from a key frame on, all from the same bytes, and none at another's cost."""

import threading

import pytest

from offair.emulator.core.clock import Deadline
from offair.emulator.core.showing import Course, Cue, Parting
from offair.emulator.media.listening.progressive.feed import Feed

VIDEO, PATIENCE = 1, 30.0


class Onlooker:
    """Keeps what it is shown; ``behind`` is what it says that waits."""

    def __init__(self, behind=0):
        self.behind, self.course = behind, Course()
        self.sights, self.fragments, self.ended, self.cues = [], [], [], []
        self.changed = threading.Condition()

    def begun(self, sight):
        with self.changed:
            self.sights.append(sight)
            self.changed.notify_all()

    def shown(self, fragments):
        with self.changed:
            self.fragments += fragments
            self.changed.notify_all()
            return self.behind

    def told(self, cue):
        with self.changed:
            self.cues.append(cue)
            self.changed.notify_all()

    def over(self, parting, _words):
        with self.changed:
            self.ended.append(parting)
            self.changed.notify_all()

    def until(self, condition):
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE)

    def has(self, count):
        self.until(lambda: len(self.fragments) >= count)
        return self


@pytest.fixture(name="show")
def _show():
    """Show a feed to somebody, who is gone when the test is over."""
    feeds = []

    def show(feed, onlooker=None):
        feeds.append(feed)
        onlooker = onlooker or Onlooker()
        onlooker.leave = feed.show(onlooker, onlooker.course).leave
        return onlooker

    yield show
    for feed in feeds:
        feed.finish()
        feed.wait_for_readers(Deadline(PATIENCE))


@pytest.fixture(name="read")
def _read(request):
    """Read what an onlooker was shown, as a reader's content is read."""
    conftest = request.getfixturevalue("reading")
    return lambda onlooker: [conftest(b"".join(pieces)) for pieces in onlooker.fragments]


def test_an_onlooker_begins_at_the_latest_key_frame_at_time_zero(scene, show, read):
    play = scene()
    play.encoder.send(8)
    heard = read(show(play.feed).has(6))

    assert [(0.0, True), (0.1, False), (0.2, False)] == [
        (round(one.time, 3), one.is_key) for one in heard if one.number == VIDEO
    ]


def test_who_comes_early_waits_for_the_first_key_frame(scene, show):
    play = scene()
    onlooker = show(play.feed)
    play.encoder.send(1, "audio")
    before = list(onlooker.sights)
    play.encoder.send(1, "video")
    onlooker.has(2)

    assert ([], 1) == (before, len(onlooker.sights))


def test_what_is_shown_to_many_is_made_once(scene, show):
    play = scene()
    many = [show(play.feed) for _ in range(3)]
    play.encoder.send(3)
    contents = {id(onlooker.has(6).fragments[at][-1].obj) for onlooker in many for at in range(6)}

    assert 6 == len(contents)


def test_a_sight_tells_what_follows(scene, show):
    play = scene()
    onlooker = show(play.feed)
    play.encoder.send(1)
    onlooker.has(2)
    sight = onlooker.sights[0]

    assert (b"ftyp", 10.0, True) == (sight.init[4:8], sight.picture.fps, sight.sound.codec in sight.media_type)


def test_who_takes_too_little_is_let_go_and_the_others_go_on(scene, show):
    play = scene()
    slow, fast = show(play.feed, Onlooker(behind=1 << 20)), show(play.feed)
    play.encoder.send(150)  # more than is shown at once, and than may wait, however late the thread comes
    fast.has(300)
    slow.until(lambda: slow.ended)

    assert ([Parting.SLOW], [], ["slow"]) == (slow.ended, fast.ended, play.slow)


def test_who_catches_up_gets_all_of_it_in_order(scene, show, read):
    play = scene()
    onlooker = show(play.feed, Onlooker(behind=1 << 20))
    play.encoder.send(20)
    onlooker.has(1)
    onlooker.behind = 0
    heard = read(onlooker.has(40))
    sequences = [one.sequence for one in heard]

    assert (40, sorted(sequences)) == (len(heard), sequences)


def test_what_one_onlooker_raises_ends_it_alone(show, scene):
    errors = []

    class Broken(Onlooker):
        def shown(self, fragments):
            raise ValueError(fragments)

    play = scene()
    feed = Feed(("video", "audio"), on_key=lambda: None, on_slow=lambda: None, on_error=errors.append)
    play.encoder.feed = feed
    play.encoder.begin()
    show(feed, Broken())
    other = show(feed)
    play.encoder.send(2)

    assert (4, ["ValueError"]) == (len(other.has(4).fragments), [type(error).__name__ for error in errors])


def test_an_encoder_of_another_make_is_told_and_time_goes_on(scene, show, read):
    play = scene()
    onlooker = show(play.feed)
    play.encoder.send(6)
    onlooker.has(12)
    play.encoder.begin(timescale=48_000)
    play.encoder.send(1, "audio")
    play.encoder.send(1, "video")
    onlooker.has(14)

    assert 2 == len(onlooker.sights)
    assert onlooker.course.reached > 0.6


def test_nobody_is_shown_what_comes_after_leaving(scene, show):
    play = scene()
    gone, other = show(play.feed), show(play.feed)
    play.encoder.send(1)
    gone.has(2)
    gone.leave()
    gone.leave()
    play.encoder.send(5)
    other.has(12)

    assert (2, [], 1) == (len(gone.fragments), gone.ended, play.feed.readers)


def test_the_end_is_told_after_all_that_came_before(scene, show):
    play = scene()
    onlooker, early = show(play.feed), Onlooker()
    play.encoder.send(3)
    play.feed.finish()
    onlooker.until(lambda: onlooker.ended)

    assert (6, [Parting.OVER], None) == (len(onlooker.fragments), onlooker.ended, play.feed.show(early, early.course))


def test_who_waits_for_a_key_frame_hears_of_the_end(scene, show):
    play = scene()
    onlooker = show(play.feed)
    play.feed.finish()

    assert [Parting.OVER] == onlooker.ended


def test_no_thread_is_left_when_nobody_looks_on(scene, show):
    play = scene()
    onlooker = show(play.feed)
    play.encoder.send(1)
    onlooker.has(2)
    onlooker.leave()
    play.feed.wait_for_readers(Deadline(PATIENCE))

    assert [] == [thread.name for thread in threading.enumerate() if thread.name == "offair-fanout"]


def test_one_that_sees_another_broadcast_next_goes_on_behind_the_first(scene, show, read):
    first, second = scene(), scene()
    first.encoder.send(8)
    onlooker = show(first.feed).has(6)
    onlooker.leave()
    seen, second.feed._broadcast = len(onlooker.fragments), "another"
    second.encoder.send(1)
    second.feed.show(onlooker, onlooker.course)
    onlooker.has(seen + 2)
    second.feed.finish()
    second.feed.wait_for_readers(Deadline(PATIENCE))

    assert pytest.approx(0.3, abs=0.11) == read(onlooker)[seen].time


def test_what_is_said_is_told_at_the_time_of_who_hears_it(scene, show):
    play = scene()
    play.encoder.send(8)
    onlooker = show(play.feed).has(6)
    play.feed.tell(Cue(name="onCuePoint", content={"word": 1.0}))
    onlooker.until(lambda: onlooker.cues)

    assert [("onCuePoint", {"word": 1.0}, 0.3)] == [(cue.name, cue.content, round(cue.at, 1)) for cue in onlooker.cues]


def test_who_is_behind_misses_what_is_said(scene, show):
    play = scene()
    play.encoder.send(8)
    slow = show(play.feed, Onlooker(behind=1 << 18)).has(1)
    play.feed.tell(Cue(name="onCuePoint", content=None))
    quick = show(play.feed).has(1)
    play.feed.tell(Cue(name="onCuePoint", content=None))
    quick.until(lambda: quick.cues)

    assert ([], 1) == (slow.cues, len(quick.cues))
