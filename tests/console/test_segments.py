"""Segments among what else happened, without a stream."""

from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.console.segments import Footage, Listed, among, listed

PLAYLIST = """#EXTM3U
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-04-16T12:00:00.000Z
#EXTINF:2.0,
a-7.m4s
#EXT-X-GAP
#EXTINF:1.5,
a-8.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-04-16T12:00:10.000+00:00
#EXTINF:2.0,
a-9.m4s
"""
NOON = 1776340800.0


def test_a_playlist_tells_when_each_segment_began():
    assert [
        Listed(number=7, at=NOON, seconds=2.0),
        Listed(number=8, at=NOON + 2, seconds=1.5, missing=True),
        Listed(number=9, at=NOON + 10, seconds=2.0, breaks=True),
    ] == list(listed(PLAYLIST))


def test_a_playlist_without_dates_has_no_segments_on_a_time_line():
    assert [] == list(listed("#EXTM3U\n#EXTINF:2,\na.ts\n"))


def test_segments_stand_between_what_happened_before_and_after_them():
    entries = [{"at": 30.0, "number": 2}, {"at": 10.0, "number": 1}]
    first, second, third, fourth = (
        Listed(number=n, at=at, seconds=2.0) for n, at in enumerate([5.0, 12.0, 14.0, 31.0])
    )

    assert [Footage([fourth]), entries[0], Footage([second, third]), entries[1]] == among(
        entries, [third, first, fourth, second]
    )


@given(st.lists(st.floats(0, 100)), st.lists(st.floats(0, 100)))
def test_a_time_line_runs_backwards_and_loses_no_entry(moments, begins):
    entries = [{"at": at} for at in sorted(moments, reverse=True)]
    line = among(entries, [Listed(number=0, at=at, seconds=1.0) for at in begins])
    shown = [one.at if isinstance(one, Footage) else one["at"] for one in line]

    assert (sorted(shown, reverse=True), entries) == (shown, [one for one in line if not isinstance(one, Footage)])


def test_footage_says_how_long_its_segments_are_and_what_is_wrong_with_them():
    assert ["segment 7: 2 s", "segments 7 to 9: 3 of 1.5 to 2 s, 1 missing, 1 after a discontinuity"] == [
        Footage(list(listed(PLAYLIST))[:count]).words for count in (1, 3)
    ]
