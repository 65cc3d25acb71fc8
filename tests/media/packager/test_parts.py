from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offair.emulator.media.packager.segmenter import Part, Segment, Segmenter

PART = Fraction(1, 5)
SHORTEST = Fraction(85, 100)  # of the part target: 8216bis, 4.4.4.9
GOPS = st.lists(st.integers(1, 90), min_size=1, max_size=6)


def cut(segmenter, fragments):
    return [stretch for fragment in fragments for stretch in segmenter.push(fragment)] + segmenter.flush()


def by_segment(stretches):
    """Give each segment with the parts that came before it."""
    parts, whole = [], []
    for stretch in stretches:
        if isinstance(stretch, Part):
            parts.append(stretch)
        else:
            whole.append((stretch, parts))
            parts = []
    assert [] == parts
    return whole


def pictures(forge, gops, *, frame=3000, every=1):
    keys = {sum(gops[:at]) for at in range(len(gops))}
    samples = forge.samples([frame] * sum(gops), keys=keys.__contains__)
    return forge.stream(forge.track(), samples, every=every)


@given(gops=GOPS, every=st.integers(1, 20), is_set=st.booleans())
def test_a_segment_is_the_very_bytes_of_its_parts(forge, gops, every, is_set):
    segmenter = Segmenter("video", 90_000, Fraction(2), has_set_keys=is_set, part=PART)
    for segment, parts in by_segment(cut(segmenter, pictures(forge, gops, every=every))):
        assert segment.content == b"".join(part.content for part in parts)
        assert segment.duration == sum(part.duration for part in parts)
        assert all(a.start + a.duration == b.start for a, b in pairwise(parts))


@given(gops=GOPS, every=st.integers(1, 20), frame=st.sampled_from([1500, 3000, 3003, 3600, 3750, 6000]))
def test_every_part_but_a_segments_last_is_nearly_as_long_as_the_target(forge, gops, every, frame):
    segmenter = Segmenter("video", 90_000, Fraction(2), has_set_keys=False, part=PART)
    for _, parts in by_segment(cut(segmenter, pictures(forge, gops, frame=frame, every=every))):
        target = segmenter.part_target or PART
        assert all(part.seconds <= target for part in parts)
        assert all(part.seconds >= SHORTEST * target for part in parts[:-1])


@pytest.mark.parametrize("rate", [24, Fraction(24_000, 1001), 25, Fraction(30_000, 1001), 30, 50, 60])
def test_an_encoder_that_counts_milliseconds_gives_parts_of_one_number_of_frames(forge, rate):
    times = [round(number * 1000 / rate) for number in range(301)]
    samples = forge.samples([b - a for a, b in pairwise(times)], keys=lambda number: number == 0)
    fragments = forge.stream(forge.track(timescale=1000), samples, every=1)
    segmenter = Segmenter("video", 1000, Fraction(60), has_set_keys=False, part=PART)
    ((_, parts),) = by_segment(cut(segmenter, fragments))
    assert 1 == len({len(part.samples) for part in parts[:-1]})
    assert all(SHORTEST * segmenter.part_target <= part.seconds <= segmenter.part_target for part in parts[:-1])


@given(pattern=st.lists(st.integers(10, 500), min_size=1, max_size=12), every=st.integers(1, 20))
@example(pattern=[40] * 11 + [80], every=1)  # every twelfth picture is missing
@example(pattern=[42, 41, 42, 42], every=1)  # 23.976 a second, counted in milliseconds
@example(pattern=[33, 33, 500, 100, 33, 33, 33, 250], every=1)  # a screen that somebody works at
def test_an_encoders_own_parts_are_nearly_as_long_as_the_target_however_long_its_frames_are(forge, pattern, every):
    """Its first segment, before which nothing is shown, tells how long they may be."""
    frames = pattern * (2000 // sum(pattern) + 1)
    samples = forge.samples(frames * 4, keys=lambda number: number % len(frames) == 0)
    segmenter = Segmenter("video", 1000, Fraction(2), has_set_keys=False, part=PART)
    segments = by_segment(cut(segmenter, forge.stream(forge.track(timescale=1000), samples, every=every)))
    parts = [part.seconds for _, parts in segments for part in parts]
    whole = [part.seconds for _, parts in segments for part in parts[:-1]]

    assert 4 == len(segments)
    assert [] == [one for one in parts if one > segmenter.part_target]
    assert [] == [one for one in whole if one < SHORTEST * segmenter.part_target]


def test_parts_are_as_long_as_was_told_before(forge):
    """An encoder that returns may send shorter frames; what is told of parts holds for all that are listed."""
    segmenter = Segmenter("video", 90_000, Fraction(2), has_set_keys=False, part=PART, told_part=Fraction(1, 2))
    ((_, parts), _) = by_segment(cut(segmenter, pictures(forge, [60, 60])))

    assert (Fraction(1, 2), {15}) == (segmenter.part_target, {len(part.samples) for part in parts})


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_how_sound_was_fragmented_makes_no_difference_to_its_parts(forge, sizes):
    track = forge.track("audio", timescale=48_000)
    samples = forge.samples([1024] * sum(sizes))
    edges = [sum(sizes[:at]) for at in range(len(sizes) + 1)]
    uneven = [forge.fragment(track, samples[a:b]) for a, b in pairwise(edges)]

    def parts(fragments):
        stretches = cut(Segmenter("audio", 48_000, Fraction(1), part=PART), fragments)
        return [stretch.samples for stretch in stretches if isinstance(stretch, Part)]

    assert parts(forge.stream(track, samples, every=1)) == parts(uneven)


@pytest.mark.parametrize(("frame", "frames"), [(1500, 12), (3000, 6), (3600, 5), (3750, 5), (90_000, 1)])
def test_a_part_is_the_least_number_of_frames_that_lasts_long_enough(forge, frame, frames):
    segmenter = Segmenter("video", 90_000, Fraction(10), part=PART)
    segmenter.push(forge.fragment(forge.track(), forge.samples([frame] * (frames + 1), keys=(0).__eq__)))
    assert Fraction(frames * frame, 90_000) == segmenter.part_target


def test_a_part_is_ready_with_its_last_frame(forge):
    segmenter = Segmenter("video", 90_000, Fraction(2), part=PART)
    ready = [len(segmenter.push(fragment)) for fragment in pictures(forge, [60])]
    assert ([0] * 5 + [1]) * 9 + [0] * 5 + [2] == ready


def test_without_parts_only_segments_come_out(forge):
    stretches = cut(Segmenter("video", 90_000, Fraction(2)), pictures(forge, [60, 60]))
    assert [Segment, Segment] == [type(stretch) for stretch in stretches]
