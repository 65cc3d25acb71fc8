from fractions import Fraction

import pytest

from offair.emulator.media.formats.ts import AUDIO_PID, CLOCK, OFFSET
from offair.emulator.media.packager.segmenter import Segmenter
from offair.emulator.media.packager.weave import Weaver


@pytest.fixture(scope="session")
def pictures(forge):
    """Three segments of one second."""
    samples = forge.samples([3000] * 90, keys=lambda number: number % 30 == 0)
    segmenter = Segmenter("video", 90_000, Fraction(1))
    fragments = forge.stream(forge.track(), samples, every=15)
    return [segment for fragment in fragments for segment in segmenter.push(fragment)]


@pytest.fixture(scope="session")
def sounds(forge):
    """Three seconds, in fragments of half a second."""
    track = forge.track("audio", timescale=48_000)
    return forge.stream(track, forge.samples([1024] * 144), every=24)


def heard(content):
    """Give the presentation times, in seconds, of the sound in a segment."""
    times = []
    for at in range(0, len(content), 188):
        packet = content[at : at + 188]
        if (packet[1] & 31) << 8 | packet[2] == AUDIO_PID and packet[1] & 0x40:
            pes = packet[5 + packet[4] :]
            bits = int.from_bytes(pes[9:14])
            stamp = (bits >> 33 & 7) << 30 | (bits >> 17 & 0x7FFF) << 15 | bits >> 1 & 0x7FFF
            times.append((stamp - OFFSET) / CLOCK)
    return times


def test_a_segment_waits_for_its_sound(pictures, sounds):
    weaver = Weaver({}, has_sound=True)
    assert [] == weaver.see(pictures[0])
    assert [] == weaver.hear(sounds[0])
    (woven,) = weaver.hear(sounds[1])
    assert (0, 1, True) == (woven.start, woven.seconds, woven.is_independent)


def test_sound_goes_with_the_pictures_that_it_is_heard_with(pictures, sounds):
    weaver = Weaver({}, has_sound=True)
    woven = [one for fragment in sounds for one in weaver.hear(fragment)]
    woven += [one for segment in pictures for one in weaver.see(segment)]
    assert 3 == len(woven)
    for number, one in enumerate(woven):
        assert all(number - 0.011 <= time < number + 1 for time in heard(one.content))


def test_a_segment_does_not_wait_for_sound_for_longer_than_the_next_one_takes(pictures, sounds):
    weaver = Weaver({}, has_sound=True)
    weaver.hear(sounds[0])
    assert [] == weaver.see(pictures[0])
    (first,) = weaver.see(pictures[1])
    assert max(heard(first.content)) < 0.5
    late = [one for fragment in sounds[1:] for one in weaver.hear(fragment)]
    assert min(heard(late[0].content)) == pytest.approx(0.512)


def test_sound_that_begins_after_the_tables_went_out_is_left_out(pictures, sounds):
    weaver = Weaver({}, has_sound=True)
    woven = weaver.see(pictures[0]) + weaver.see(pictures[1])
    for fragment in sounds:
        woven += weaver.hear(fragment)
    woven += weaver.see(pictures[2])
    assert [] == weaver.end()
    assert [[], [], []] == [heard(one.content) for one in woven]


def test_the_last_segment_takes_the_sound_that_is_left(pictures, sounds):
    weaver = Weaver({}, has_sound=True)
    weaver.hear(sounds[0])
    weaver.see(pictures[0])
    (last,) = weaver.end()
    assert 6 == len(heard(last.content))


def test_a_long_tail_of_sound_becomes_a_segment_and_a_short_one_does_not(pictures, sounds):
    tails = []
    for count in (3, 2):
        weaver = Weaver({}, has_sound=True)
        for fragment in sounds[:count]:
            weaver.hear(fragment)
        weaver.see(pictures[0])
        tails.append(weaver.end())
    assert [1, 0] == [len(tail) for tail in tails]
    assert tails[0][0].start == pytest.approx(1.003, abs=0.001)
