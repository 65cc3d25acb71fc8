"""Links that hand on what was shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.web.links import carry, handed_on


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("playlist.m3u8", "720p/playlist.m3u8?a=1"),
        ("../audio.128k/playlist.m3u8", "audio.128k/playlist.m3u8?a=1"),
        ("x.m4s?b=2", "720p/x.m4s?b=2&a=1"),
        ("https://other.example/x.m4s", "https://other.example/x.m4s"),
        ("/from/the/root.m4s", "/from/the/root.m4s"),
        ("", ""),
        ("#EXTM3U", "#EXTM3U"),
        ('#EXT-X-MAP:URI="i.mp4",X="y"', '#EXT-X-MAP:URI="720p/i.mp4?a=1",X="y"'),
        ('#EXT-X-PART:DURATION=0.2,URI="p.m4s"', '#EXT-X-PART:DURATION=0.2,URI="720p/p.m4s?a=1"'),
    ],
)
def test_a_link_begins_at_its_folder_and_has_the_query(link, expected):
    assert expected == carry(link, folder="720p", query="a=1")


@given(st.lists(st.sampled_from(["#EXTM3U", "a.m4s", '#EXT-X-MAP:URI="i.mp4"', "", "#EXTINF:2,"])))
def test_without_folder_and_query_nothing_changes(lines):
    text = "\n".join(lines)

    assert text == carry(text, folder="", query="")


@pytest.mark.parametrize(
    ("query", "expected"), [("a=1&_HLS_msn=3&b=%20", "a=1&b=%20"), ("", ""), ("_HLS_part=1", ""), ("&&x", "x")]
)
def test_a_players_directives_are_not_handed_on(query, expected):
    assert expected == handed_on(query)
