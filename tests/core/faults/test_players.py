from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.faults.players import (
    HELD_ANSWERS,
    PLAYBACK_FAULTS,
    Asked,
    PlaybackFault,
    absolute,
    contradiction,
    hold,
    lift,
    take,
)
from offair.emulator.core.world import World

NUMBERS = st.integers(0, 99_999)
SEGMENT = Asked(stream="s", thing="segment", rendition="720p", number=7)
PLAYLIST = Asked(stream="s", thing="playlist", rendition="720p")


@pytest.fixture(name="world")
def _world():
    world = World()
    yield world
    world.close()


def fault(kind="status", **given):
    return PlaybackFault(**{"id": "f", "tenant": "t", "kind": kind, **given})


@pytest.mark.parametrize(
    ("address", "is_meant"),
    [
        ({}, True),
        ({"stream": "s", "rendition": "720p", "thing": "segment", "sequence": "7"}, True),
        ({"sequence": "5-7"}, True),
        ({"sequence": "8"}, False),
        ({"stream": "another"}, False),
        ({"rendition": "360p"}, False),
        ({"thing": "part"}, False),
    ],
)
def test_a_fault_is_about_what_its_address_fits(address, is_meant):
    assert is_meant == fault(**address).spoils(SEGMENT)


def test_a_fault_of_a_segment_is_not_about_playlists():
    assert not fault(sequence="7").concerns(PLAYLIST)


def test_a_gap_is_told_in_the_playlist_and_missing_itself():
    gap = fault("gap", sequence="7")

    assert (True, False, False, True) == (
        gap.rewrites(PLAYLIST), gap.spoils(PLAYLIST), gap.rewrites(SEGMENT), gap.spoils(SEGMENT),
    )  # fmt: skip


@given(first=NUMBERS, length=NUMBERS, newest=NUMBERS, number=NUMBERS)
def test_a_relative_range_covers_what_lies_as_far_behind_the_newest(first, length, newest, number):
    relative = absolute(f"+{first}-{first + length}", newest)

    assert (first <= number - newest <= first + length) == fault(sequence=relative).covers(number)


@pytest.mark.parametrize("sequence", ["*", "7", "7-9"])
def test_what_is_absolute_stays(sequence):
    assert sequence == absolute(sequence, 100)


@pytest.mark.parametrize(
    "impossible",
    [
        {"kind": "gap", "remaining": 1},
        {"kind": "gap", "thing": "master"},
        {"kind": "wrong_codec", "thing": "segment"},
        {"kind": "discontinuity"},
        {"kind": "discontinuity", "announced": False, "sequence": "7"},
        {"kind": "stale", "sequence": "7"},
    ],
)
def test_a_fault_that_could_never_happen_is_told_apart(impossible):
    assert contradiction(fault(**impossible))


def test_a_counted_fault_wears_out(world):
    world.put(PLAYBACK_FAULTS, fault(remaining=2))

    assert [1, 1, 0] == [len(take(world, "t", SEGMENT)) for _ in range(3)]


def test_a_fault_about_something_else_is_not_counted(world):
    world.put(PLAYBACK_FAULTS, fault(remaining=1, thing="init"))
    take(world, "t", SEGMENT)

    assert 1 == world.count(PLAYBACK_FAULTS)


def test_a_state_with_an_answer_that_is_held_is_taken_again(world):
    """The name of a playlist has slashes."""
    hold(world, world.put(PLAYBACK_FAULTS, fault("stale")), "720p/playlist.m3u8", "old")
    with closing(World(tables=[PLAYBACK_FAULTS, HELD_ANSWERS])) as another:
        another.restore(world.snapshot())

        assert ["old"] == [held.text for held in another.find(HELD_ANSWERS)]


def test_a_stale_playlist_is_the_first_one_again(world):
    stale = world.put(PLAYBACK_FAULTS, fault("stale"))

    assert ["old", "old", "other"] == [
        hold(world, stale, name, text) for name, text in [("a", "old"), ("a", "new"), ("b", "other")]
    ]


@pytest.mark.parametrize("end", ["lift", "last"])
def test_nothing_is_kept_of_a_fault_that_is_over(world, end):
    stale = world.put(PLAYBACK_FAULTS, fault("stale", remaining=2))
    [hold(world, taken, "a", "text") for taken in take(world, "t", PLAYLIST)]
    if end == "lift":
        lift(world, stale.id)
    else:
        [hold(world, taken, "a", "text") for taken in take(world, "t", PLAYLIST)]

    assert (0, 0) == (world.count(PLAYBACK_FAULTS), world.count(HELD_ANSWERS))
