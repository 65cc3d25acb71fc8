from fractions import Fraction

import pytest

from offair.emulator.media.packager.hls import LowLatency, MediaPlaylist, MediaSegment, PartialSegment
from offair.emulator.media.packager.reload import BadDirectivesError, Directives, read_directives

SLOW = Fraction(2)


def playlist(*, whole=3, open_parts=2, is_over=False):
    """Segments 5, 6, … of ten parts, the last one open."""

    def segment(number, parts, *, is_whole=True):
        lines = [PartialSegment(f"p{number}-{part}", Fraction(1, 5), is_independent=part == 0) for part in range(parts)]
        return MediaSegment(uri=f"s{number}" if is_whole else None, duration=SLOW, wall=0.0, parts=lines)

    segments = [segment(5 + at, 10) for at in range(whole)]
    if open_parts:
        segments.append(segment(5 + whole, open_parts, is_whole=False))
    fast = LowLatency(part_target=Fraction(1, 5), hint="next")
    return MediaPlaylist(target=2, sequence=5, segments=segments, is_over=is_over, low_latency=fast)


@pytest.mark.parametrize(
    ("sequence", "part", "is_met"),
    [
        (0, None, True),  # long gone
        (7, None, True),
        (8, None, False),  # open
        (8, 1, True),
        (8, 2, False),
        (7, 9, True),
        (7, 10, True),  # is the first part of the next segment
        (6, 99, True),
        (9, 0, False),
        (None, None, True),
    ],
)
def test_a_request_is_met_by_what_it_names_and_nothing_less(sequence, part, is_met):
    assert is_met == Directives(sequence=sequence, part=part).is_met_by(playlist())


def test_a_part_beyond_the_last_of_a_segment_is_the_first_of_the_next():
    wish = Directives(sequence=7, part=10)
    assert [False, True] == [wish.is_met_by(playlist(open_parts=parts)) for parts in (0, 1)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"_HLS_part": "1"}, "_HLS_part needs _HLS_msn"),
        ({"_HLS_msn": "-1"}, "whole number"),
        ({"_HLS_msn": "1.5"}, "whole number"),
        ({"_HLS_msn": ""}, "whole number"),
        ({"_HLS_msn": "9" * 4000}, "whole number"),
        ({"_HLS_msn": "1", "_HLS_part": "x"}, "whole number"),
        ({"_HLS_skip": "NO"}, "YES or v2"),
    ],
)
def test_directives_that_contradict_the_specification_are_named(query, words):
    with pytest.raises(BadDirectivesError, match=words):
        read_directives(query)


@pytest.mark.parametrize(("sequence", "part"), [(10, None), (10, 0), (1 << 60, None), (8, 17)])
def test_what_is_too_far_ahead_is_refused(sequence, part):
    with pytest.raises(BadDirectivesError, match="too far ahead"):
        Directives(sequence=sequence, part=part).check(playlist())


@pytest.mark.parametrize(("sequence", "part"), [(9, None), (9, 0), (8, 16), (8, None), (0, 99), (None, None)])
def test_what_is_a_little_ahead_may_be_asked_for(sequence, part):
    Directives(sequence=sequence, part=part).check(playlist())


def test_a_playlist_that_is_over_holds_nobody():
    wish = Directives(sequence=99, part=7)
    over = playlist(is_over=True)
    wish.check(over)
    assert wish.is_met_by(over)


def test_directives_are_read_from_a_query():
    query = {"_HLS_msn": "12", "_HLS_part": "3", "_HLS_skip": "YES", "session": "x"}
    assert Directives(sequence=12, part=3, wants_delta=True) == read_directives(query)
