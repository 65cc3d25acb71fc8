"""What a long playlist costs grows as it does, whatever it repeats; and names are resolved as everybody does it."""

import sys
import time
from urllib.parse import urljoin

import pytest
from airing_polls import LIST, answer
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.following import overlap
from offair.contracts.checks.media.playlists import Playlist
from offair.contracts.checks.media.rulebook import verdicts
from offair.contracts.checks.media.tags import Tag
from offair.contracts.checks.media.timeline import Timeline

MASTER = "https://origin.example/live/master.m3u8"
HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n"


def _listed(count: int, *, before: str = "") -> str:
    return HEAD + "".join(f"{before.format(i)}#EXTINF:2.0,\nslate.m4s\n" for i in range(count))


def _variants(count: int) -> str:
    lines = (
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="{i}",URI="a{i}.m3u8"\n'
        f'#EXT-X-STREAM-INF:BANDWIDTH=1000000,AUDIO="a"\nv{i}.m3u8\n'
        for i in range(count)
    )
    return "#EXTM3U\n" + "".join(lines)


def _two(*texts: str):
    """Two renditions with the same segments."""
    master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nb.m3u8\n"
    lists = [answer(urljoin(MASTER, f"{name}.m3u8"), text) for text in texts for name in "ab"]
    return Timeline(MASTER, (answer(MASTER, master), *lists))


def _ranges(count: int) -> str:
    return _listed(count, before='#EXT-X-DATERANGE:ID="{}",START-DATE="2025-01-01T00:00:00Z"\n')


SHAPES = {
    "variants": lambda count: Timeline(MASTER, (answer(MASTER, _variants(count)),)),
    "two renditions": lambda count: _two(_listed(count)),
    "date ranges": lambda count: Timeline(LIST, (answer(LIST, _ranges(count)), answer(LIST, _listed(count), 1.0))),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_three_times_as_much_is_three_times_as_dear(shape):
    assert _calls(shape(900)) < 4 * _calls(shape(300))


def _calls(timeline: Timeline) -> int:
    """Count the functions and generators that are entered while a timeline is judged: work, on any machine."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        verdicts(timeline)
    finally:
        sys.setprofile(None)
    return count


FEW = st.lists(st.sampled_from("ab"), max_size=12)


@given(FEW, FEW)
def test_an_overlap_is_the_most_that_one_ends_and_the_other_begins_with(before, after):
    fits = [n for n in range(min(len(before), len(after)) + 1) if before[len(before) - n :] == after[:n]]

    assert max(fits) == overlap(before, after)


@given(
    st.text("ab0/._~-?#:% ;", max_size=12),
    st.sampled_from(["https://a.test/x/../y/l.m3u8?q=/", "http://a", "data:,x", LIST]),
)
def test_a_name_is_resolved_as_the_standard_library_does(uri, base):
    try:
        expected = urljoin(base, uri)
    except ValueError:
        expected = uri

    assert expected == Playlist(Fetch(asked=0.0, at=0.0, url=base)).resolve(uri)


@pytest.mark.parametrize("value", ["A" * 100_000, " " * 100_000, "A=" * 50_000 + '"', 'A="' * 33_333], ids=repr)
def test_no_attribute_list_takes_long_to_read(value):
    began = time.thread_time()
    Tag("EXT-X-KEY", value, 1).is_well_formed_list  # noqa: B018 - read for what it takes

    assert time.thread_time() - began < 5  # of the processor's own; what was tried again from each place took minutes
