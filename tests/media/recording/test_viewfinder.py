"""What a picture is made of: the newest key frame, and no more memory than the seconds that were asked for."""

import pytest

from offair.emulator.media.formats.boxes import Splitter
from offair.emulator.media.formats.samples import read_fragment
from offair.emulator.media.formats.tracks import read_track
from offair.emulator.media.recording.viewfinder import Viewfinder


@pytest.fixture(name="look")
def _look(broadcasts):
    """Feed three seconds of pictures (a key frame each second) so many times, and give what was seen."""

    def look(*, seconds: float, runs: int = 1):
        keys = []
        finder = Viewfinder("source", seconds=seconds, on_key=keys.append)
        for _ in range(runs):
            (sink,) = finder.begin().values()
            for at in range(0, len(broadcasts["first"]["source"]), 1000):
                sink(broadcasts["first"]["source"][at : at + 1000])
            finder.flush()
        finder.finish()
        return finder, keys

    return look


def samples(content):
    init, *fragments = Splitter().push(content)
    track = read_track(init.content)
    return [sample for piece in fragments for sample in read_fragment(track, piece.content).samples], track


def test_every_key_frame_is_heard_of_with_its_time(look):
    _, keys = look(seconds=0)

    assert [0, 1, 2] == [round(key, 2) for key in keys]


def test_time_goes_on_with_the_next_run(look):
    _, keys = look(seconds=0, runs=2)

    assert [0, 1, 2, 3, 4, 5] == [round(key, 1) for key in keys]


def test_the_newest_picture_is_the_last_key_frame(look):
    finder, _ = look(seconds=0)
    found, track = samples(finder.newest)

    assert (True, 2) == (found[0].is_sync, found[0].dts / track.timescale)


def test_for_a_thumbnail_nothing_but_the_key_frame_is_kept(look):
    finder, _ = look(seconds=0)

    assert finder.newest == finder.motion


@pytest.mark.parametrize(("seconds", "first"), [(0.5, 2), (1.5, 1), (2.5, 0), (60, 0)])
def test_for_a_clip_whole_groups_of_pictures_are_kept(look, seconds, first):
    finder, _ = look(seconds=seconds)
    found, track = samples(finder.motion)

    assert (True, first) == (found[0].is_sync, found[0].dts / track.timescale)


def test_after_the_broadcast_its_last_picture_stays(look):
    finder, _ = look(seconds=0)

    assert finder.newest is not None


def test_before_the_first_picture_there_is_none():
    finder = Viewfinder("source", seconds=0, on_key=list)
    finder.begin()

    assert (None, None) == (finder.newest, finder.motion)


def test_garbage_makes_no_picture_and_no_noise():
    finder = Viewfinder("source", seconds=0, on_key=list)
    finder.begin()["source"](b"\0\0\0\1garbage" * 20)

    assert finder.newest is None
