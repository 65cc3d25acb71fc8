"""A segment is known by its Media Sequence Number and nowhere by its URL, which slates and loops repeat."""

import pytest
import tiny_media
from airing_polls import LIST, answer, broken, broken_musts, playlist, polled
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.checks.media.timeline import Timeline

SITE = LIST.removesuffix("list.m3u8")
LL = "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3.0\n#EXT-X-PART-INF:PART-TARGET=1.0"


def passed(segments) -> str:
    """The tag that counts the discontinuities among segments that left."""
    return f"#EXT-X-DISCONTINUITY-SEQUENCE:{sum(segment.startswith('|') for segment in segments)}"


def missing(name: str, at: float):
    return answer(SITE + name, b"", at, status=404)


def test_a_slate_may_stand_several_times_in_a_playlist():
    seen = ["a.ts", "|slate.ts", "|slate.ts", "|slate.ts", "|b.ts", "c.ts"]
    windows = [playlist(7 + at, *seen[at : at + 4], head=passed(seen[:at])) for at in range(3)]

    assert [] == broken_musts(polled(windows, every=2.0))


def test_a_playlist_may_be_nothing_but_a_slate():
    windows = [playlist(7 + index, *["|slate.ts"] * 4, head=passed(["|slate.ts"] * index)) for index in range(5)]

    assert [] == broken_musts(polled(windows, every=2.0))


@given(length=st.integers(1, 5), steps=st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_a_loop_of_any_length_breaks_no_must(length, steps):
    at, fetches = 0, []
    for index, step in enumerate(steps):
        at += step
        names = [f"{'|' * (number % length == 0)}{number % length}.ts" for number in range(at, at + 4)]
        head = passed("|" * (number % length == 0) for number in range(at))
        fetches.append(answer(LIST, playlist(at, *names, head=head), 2.0 * (at + index * 0.01)))

    assert set() == set(broken_musts(fetches)) - {"hls/refreshed"}


def test_byte_ranges_of_one_file_are_segments_of_their_own():
    windows = [playlist(index, *(f"all.ts@{index + place}" for place in range(1, 5))) for index in range(3)]

    assert [] == broken_musts(polled(windows, every=2.0))


def test_a_slate_that_is_gone_between_two_showings_is_not_blamed():
    """It left, could not be had when that was allowed, and was listed anew."""
    first = playlist(0, "slate.ts", "|a.ts", "b.ts", "c.ts")
    long = [playlist(n, *(f"{k}.ts" for k in range(n, n + 4))) for n in range(4, 20)]
    last = playlist(20, "x.ts", "y.ts", "z.ts", "|slate.ts")
    fetches = [*polled([first]), *polled(long, every=2.0, since=8.0), answer(LIST, last, 50.0)]

    assert "hls/segment-answers" not in broken([*fetches, missing("slate.ts", 40.0)])
    assert "hls/segment-answers" in broken([*fetches, answer(LIST, last, 52.0), missing("slate.ts", 51.0)])


def test_a_miscounted_slate_is_found_all_the_same():
    seen = ["a.ts", "|slate.ts", "|slate.ts", "|b.ts", "c.ts"]
    windows = [playlist(7, *seen[:4]), playlist(9, *seen[1:5])]

    assert ["hls/sequence-counts"] == broken_musts(polled(windows))


@pytest.mark.parametrize("by", [1, 2, 3, 50])
def test_a_miscount_by_as_much_as_is_listed_is_found(by):
    windows = [playlist(7, "a.ts", "b.ts", "c.ts"), playlist(8 + by, "b.ts", "c.ts", "d.ts")]

    assert ["hls/sequence-counts"] == broken_musts(polled(windows))


def test_a_loop_that_comes_round_between_two_looks_is_no_miscount():
    windows = [playlist(0, "a.ts", "b.ts", "c.ts"), playlist(40, "a.ts", "b.ts", "c.ts")]

    assert [] == broken_musts(polled(windows, every=80.0))


def test_a_slate_that_was_put_in_the_middle_is_found():
    windows = [playlist(7, "a.ts", "b.ts", "c.ts", "d.ts"), playlist(7, "a.ts", "|slate.ts", "|b.ts", "c.ts", "d.ts")]

    assert "hls/slides" in broken_musts(polled(windows))


def test_an_event_of_repeated_slates_that_loses_one_is_found():
    head = "#EXT-X-PLAYLIST-TYPE:EVENT"
    slates = ["|slate.ts"] * 5
    windows = [playlist(0, *slates, head=head), playlist(1, *slates, head=f"{head}\n{passed(slates[:1])}")]

    assert ["hls/type-kept"] == broken_musts(polled(windows))


def test_a_stream_that_stands_still_on_a_slate_is_found():
    windows = [playlist(0, "a.ts", "b.ts", "c.ts", "|slate.ts")] * 6

    assert ["hls/refreshed"] == broken_musts(polled(windows))


def test_one_file_under_two_maps_is_read_by_each():
    """The second header has another timescale: read by the first, its segment would begin elsewhere and be no news."""
    listing = playlist(0, "a.m4s", "|a.m4s", head="#EXT-X-VERSION:6").replace("#EXT-X-VERSION:4\n", "")
    first, second = listing.split("#EXT-X-DISCONTINUITY")
    text = f'{first}#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="other.mp4"{second}#EXT-X-ENDLIST\n'
    text = text.replace("#EXTINF", '#EXT-X-MAP:URI="init.mp4"\n#EXTINF', 1)
    media = tiny_media.fragment(10.0, 2.0)
    maps = [answer(SITE + "init.mp4", tiny_media.init()), answer(SITE + "other.mp4", tiny_media.init("audio"))]

    timeline = Timeline(LIST, (answer(LIST, text), answer(SITE + "a.m4s", media), *maps))
    kinds = [timeline.read(segment).main.kind for segment in timeline.renditions[0].segments]
    assert ["video", "audio"] == kinds


def test_parts_of_a_slate_come_again_and_are_new():
    """A slate of one file a part, shown again and again: each time the same names under another number."""

    def version(number: int, parts: int) -> str:
        lines = playlist(number, *["|slate.ts"] * 4, head=f"{LL}\n{passed(['|'] * number)}")
        lines = lines.replace("VERSION:4", "VERSION:9")
        begun = [f'#EXT-X-PART:DURATION=1.0,URI="slate-{index}.ts",INDEPENDENT=YES' for index in range(parts)]
        return "\n".join([lines + "#EXT-X-DISCONTINUITY", *begun]) + "\n"

    fetches = polled([version(index // 2, index % 2) for index in range(8)], every=1.0)

    assert [] == broken_musts(fetches)


def test_a_part_that_is_gone_between_two_showings_of_its_slate_is_not_blamed():
    def version(number: int, part: str) -> str:
        names = [f"{number + place}.ts" for place in range(4)]
        return playlist(number, *names, head=LL) + f'#EXT-X-PART:DURATION=1.0,URI="{part}",INDEPENDENT=YES\n'

    parts = ["slate.ts", *(f"p{number}.ts" for number in range(1, 12)), "slate.ts"]
    fetches = polled([version(number, part) for number, part in enumerate(parts)], every=2.0)

    assert "ll/part-answers" not in broken([*fetches, missing("slate.ts", 15.0)])
