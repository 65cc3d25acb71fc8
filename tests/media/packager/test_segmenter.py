from fractions import Fraction
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.packager.segmenter import LONGEST, Segmenter

FRAME = 3000  # ticks: 30 frames a second


def cut(segmenter, fragments):
    segments = [segment for fragment in fragments for segment in segmenter.push(fragment)]
    return segments + segmenter.flush()


def pictures(forge, gops, every):
    """Fragments as ffmpeg makes them: of so many pictures, and anew at each key frame."""
    track = forge.track()
    samples = forge.samples([FRAME] * sum(gops), keys={sum(gops[:at]) for at in range(len(gops))}.__contains__)
    fragments, at = [], 0
    for gop in gops:
        fragments += forge.stream(track, samples[at : at + gop], every=every)
        at += gop
    return track, fragments


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=30), length=st.sampled_from([1, 2, Fraction(1, 2)]))
def test_how_sound_was_fragmented_makes_no_difference_to_its_segments(forge, sizes, length):
    track = forge.track("audio", timescale=48_000, edits=[(0, 1024)])
    samples = forge.samples([1024] * sum(sizes), start=-1024)
    edges = [sum(sizes[:at]) for at in range(len(sizes) + 1)]
    uneven = [forge.fragment(track, samples[a:b]) for a, b in pairwise(edges)]
    segments = cut(Segmenter("audio", 48_000, Fraction(length)), uneven)
    plain = cut(Segmenter("audio", 48_000, Fraction(length)), forge.stream(track, samples, every=1))
    assert [one.samples for one in plain] == [one.samples for one in segments]
    assert samples == [sample for one in segments for sample in one.samples]


@given(seconds=st.integers(1, 30), length=st.sampled_from([1, 2, Fraction(3, 2)]))
def test_sound_is_cut_at_the_sample_nearest_to_the_grid(forge, seconds, length):
    track = forge.track("audio", timescale=44_100)
    samples = forge.samples([1024] * (seconds * 44), start=0)
    segments = cut(Segmenter("audio", 44_100, Fraction(length)), forge.stream(track, samples, every=22))
    for number, segment in enumerate(segments):
        assert abs(segment.start - number * length * 44_100) <= 512


@given(gops=st.lists(st.integers(1, 200), min_size=1, max_size=8), every=st.integers(1, 20))
def test_copied_pictures_are_cut_at_key_frames_only_and_none_is_lost(forge, gops, every):
    track, fragments = pictures(forge, gops, every)
    segments = cut(Segmenter("video", track.timescale, Fraction(2), has_set_keys=False), fragments)
    assert all(segment.is_independent for segment in segments)
    assert sum(gops) == sum(len(segment.samples) for segment in segments)
    assert all(a.start + a.duration == b.start for a, b in pairwise(segments))


@given(gops=st.lists(st.integers(1, 200), min_size=1, max_size=8), every=st.integers(1, 20))
def test_a_broken_promise_of_key_frames_costs_at_most_one_segment(forge, gops, every):
    track, fragments = pictures(forge, gops, every)
    segments = cut(Segmenter("video", track.timescale, Fraction(2)), fragments)
    assert sum(not segment.is_independent for segment in segments) <= 1
    assert all(a.start + a.duration == b.start for a, b in pairwise(segments))


@given(count=st.integers(1, 10), every=st.integers(1, 70))
def test_a_kept_promise_closes_each_segment_with_its_last_fragment(forge, count, every):
    track, fragments = pictures(forge, [60] * count, every)
    segmenter = Segmenter("video", track.timescale, Fraction(2))
    closed = [len(segmenter.push(fragment)) for fragment in fragments]
    assert count == sum(closed)
    assert [] == segmenter.flush()


@given(
    gop=st.integers(1, 200),
    count=st.integers(2, 8),
    every=st.integers(1, 20),
    length=st.sampled_from([Fraction(1), Fraction(2)]),
    late=st.integers(0, 200),
)
def test_regular_key_frames_that_nobody_set_make_segments_of_one_length(forge, gop, count, every, length, late):
    """Wherever they begin: the first segment tells how long all will be, but for the last."""
    track = forge.track()
    keys = {number * gop for number in range(count)}
    samples = forge.samples([FRAME] * (gop * count), keys=keys.__contains__, start=late * FRAME)
    fragments = forge.stream(track, samples, every=every)
    segments = cut(Segmenter("video", track.timescale, length, has_set_keys=False), fragments)
    whole = ceil((length * 90_000 - Fraction(FRAME, 2)) / (gop * FRAME)) * gop
    assert {whole} >= {len(segment.samples) for segment in segments[:-1]}
    assert all(segment.is_independent for segment in segments)


@pytest.mark.parametrize(("leads", "expected"), [(0, [True, True]), (2, [True, False])], ids=["closed", "open"])
def test_a_segment_with_pictures_that_are_shown_before_its_key_frame_is_not_independent(forge, leads, expected):
    """They refer to the group of pictures before: ISO/IEC 14496-12, Annex I, SAP type 3."""
    track = forge.track()
    samples = forge.samples([FRAME] * 60, keys=lambda number: number % 30 == 0)
    for number in range(31, 31 + leads):
        samples[number] = samples[number]._replace(pts=samples[30].pts - FRAME * (number - 30))
    fragments = forge.stream(track, samples, every=6)
    segments = cut(Segmenter("video", track.timescale, Fraction(1), has_set_keys=False), fragments)
    assert expected == [segment.is_independent for segment in segments]


def test_a_picture_before_the_first_key_frame_is_left_out(forge):
    track = forge.track()
    samples = forge.samples([FRAME] * 20, keys=(5).__eq__)
    segments = cut(Segmenter("video", track.timescale, Fraction(2)), [forge.fragment(track, samples)])
    assert [15] == [len(segment.samples) for segment in segments]


def test_an_encoders_own_segment_is_long_enough_when_a_tenth_is_missing(forge):
    """A key frame falls where the picture that it should have been is missing, and the next comes at its own time."""
    _, fragments = pictures(forge, [61, 59, 54, 53, 66, 60], 1)
    segments = cut(Segmenter("video", 90_000, Fraction(2), has_set_keys=False), fragments)

    assert [61, 59, 54, 119, 60] == [len(segment.samples) for segment in segments]


def test_half_a_frame_early_is_on_time(forge):
    """An encoder that counts milliseconds puts the key frame of second 2 at 1.999."""
    track = forge.track(timescale=1000)
    samples = forge.samples([1999, 33], keys=bool)
    first = samples[0]._replace(is_sync=True)
    fragments = [forge.fragment(track, [first]), forge.fragment(track, samples[1:])]
    segments = cut(Segmenter("video", 1000, Fraction(2), has_set_keys=False), fragments)
    assert [1999, 33] == [segment.duration for segment in segments]


def test_pictures_without_any_key_frame_are_cut_before_memory_runs_out(forge):
    track, fragments = pictures(forge, [30 * (LONGEST + 20)], 300)
    segments = cut(Segmenter("video", track.timescale, Fraction(2), has_set_keys=False), fragments)
    assert [True, False] == [segment.is_independent for segment in segments]
    assert segments[0].seconds == LONGEST


@pytest.mark.parametrize(("unit", "is_independent"), [(0x65, True), (0x41, False)], ids=["IDR", "refreshed bit by bit"])
def test_an_encoders_word_makes_no_key_frame(forge, unit, is_independent):
    """Segments are cut where it says so, as there is no better place; that they are independent is not claimed."""
    track, content = forge.track(), memoryview(b"\0\0\0\2" + bytes((unit, 0x9A)))
    samples = [sample._replace(content=content) for sample in forge.samples([FRAME] * 60, keys=lambda n: n % 30 == 0)]
    segmenter = Segmenter("video", track.timescale, Fraction(1), has_set_keys=False)
    segments = cut(segmenter, forge.stream(track, samples, every=5))

    assert [is_independent] * 2 == [segment.is_independent for segment in segments]
