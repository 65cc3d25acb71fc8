"""What is odd and legal breaks no rule, and what is hostile is judged in bounded time."""

import pytest
from odd_playlists import LIVE, ODD

from offair.contracts.checks.media import explain, judge
from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.itinerary import Itinerary
from offair.contracts.checks.media.playlists import MediaPlaylist

URL = "http://odd.test/live/list.m3u8"
HEADERS = {
    "Content-Type": "application/vnd.apple.mpegurl",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-cache",
    "Content-Encoding": "gzip",
}


def answer(text: str, url: str = URL) -> Fetch:
    return Fetch(asked=0.0, at=0.1, url=url, headers=HEADERS, body=text.encode())


def urls(text: str) -> list[str]:
    return [segment.url for segment in MediaPlaylist(answer(text)).segments]


@pytest.mark.parametrize("name", ODD)
def test_a_legal_playlist_breaks_no_rule(name):
    violations = judge(URL, [answer(ODD[name])])

    assert "" == explain(violations)


@pytest.mark.parametrize("name", ODD)
def test_a_legal_playlist_leads_the_recorder_on(name):
    itinerary = Itinerary(URL)
    itinerary.take(0.0)

    itinerary.note(answer(ODD[name]))

    assert (itinerary.next_at is None) == ("ENDLIST" in ODD[name] and "EXTINF" not in ODD[name])


def test_byte_ranges_are_named_by_their_first_and_last_byte():
    expected = ["http://odd.test/live/all.ts#bytes=0-99", "http://odd.test/live/all.ts#bytes=100-189"]

    assert expected == urls(ODD["byte ranges of one file"])


def test_variables_are_put_in():
    assert ["https://c.test/a/7.ts"] == urls(ODD["variables"])


def test_a_variable_of_the_query_is_percent_decoded():
    text = LIVE + '#EXT-X-DEFINE:QUERYPARAM="t"\n#EXTINF:2.0,\n7.ts?t={$t}\n'
    playlist = MediaPlaylist(answer(text, f"{URL}?t=a%20b"))

    assert {"t": "a b"} == playlist.variables


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#EXTM3U\n" * 20_000,
        "#EXTM3U\n#EXT-X-KEY:" + "A=1," * 30_000,
        "#EXTM3U\n#EXT-X-MAP:URI=" + '"' * 20_001,
        "#EXTM3U\n" + "#EXTINF:1,\n\n" * 20_000,
        "#EXTM3U\n#EXTINF:" + "9" * 100_000 + ",\nx\n",
        "#EXTM3U\n#EXT-X-SKIP:SKIPPED-SEGMENTS=99999999999999999999\n#EXTINF:1,\nx\n",
        LIVE + "#EXTINF:2.0,\n{$" + "{$" * 10_000 + "\n",
        LIVE + "#EXTINF:2.0,\nhttp://[::1/7.ts\n",
    ],
    ids=range(9),
)
@pytest.mark.timeout(120)
def test_a_hostile_playlist_is_judged_all_the_same(text):
    itinerary = Itinerary(URL)
    itinerary.note(answer(text))

    assert isinstance(judge(URL, [answer(text)]), list)
