from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.testcard.clip import load_clip
from offair.emulator.media.testcard.loop import Loop

CLIP = load_clip()


def of(tags, kind):
    return [tag for tag in tags if tag.kind is kind and not tag.is_sequence_header]


@pytest.fixture(scope="module", name="rounds")
def _rounds():
    """Four rounds and some."""
    return list(islice(Loop(CLIP), 4 * 615 + 10))


def test_the_clip_is_eight_seconds_to_the_millisecond():
    assert 8000 == Loop(CLIP).length


@pytest.mark.parametrize(("kind", "step"), [(TagKind.VIDEO, {33, 34}), (TagKind.AUDIO, {21, 22})])
def test_a_round_follows_the_other_without_a_seam(rounds, kind, step):
    times = [tag.timestamp for tag in of(rounds, kind)]

    assert {late - early for early, late in pairwise(times)} <= step


def test_every_round_begins_with_a_key_frame(rounds):
    pictures = of(rounds, TagKind.VIDEO)

    assert all(pictures[number * 240].is_keyframe for number in range(4))


def test_headers_come_once(rounds):
    assert 2 == sum(tag.is_sequence_header for tag in rounds)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=20), st.integers(0, 10_000))
def test_any_clip_goes_forward_for_ever(steps, start):
    clip, at = [Tag(TagKind.VIDEO, start, b"\x27\x01\0\0\0")], start
    for step in steps:
        at += step
        clip.append(Tag(TagKind.VIDEO, at, b"\x27\x01\0\0\0"))
    times = [tag.timestamp for tag in islice(Loop(clip), 3 * len(clip))]

    assert all(early < late for early, late in pairwise(times))


@pytest.mark.parametrize("clip", [[], CLIP[:4]])
def test_a_clip_of_less_than_two_frames_is_refused(clip):
    with pytest.raises(ValueError, match="two at different times"):
        Loop(clip)
