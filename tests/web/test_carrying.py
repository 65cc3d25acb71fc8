"""What a player showed, carried into a playlist's links."""

import pytest

from offair.emulator.web.carrying import carry


@pytest.mark.parametrize(
    ("line", "carried"),
    [
        ("x-17.m4s", "x-17.m4s?pass=7"),
        ("../720p/playlist.m3u8", "../720p/playlist.m3u8?pass=7"),
        ("x.ts?n=1", "x.ts?n=1&pass=7"),
        ('#EXT-X-MAP:URI="x-init-0.mp4"', '#EXT-X-MAP:URI="x-init-0.mp4?pass=7"'),
        ('#EXT-X-PART:URI="p.m4s",INDEPENDENT=YES', '#EXT-X-PART:URI="p.m4s?pass=7",INDEPENDENT=YES'),
        ("https://elsewhere.example/x.ts", "https://elsewhere.example/x.ts"),
        ("//elsewhere.example/x.ts", "//elsewhere.example/x.ts"),
        ("#EXTINF:2.00000,", "#EXTINF:2.00000,"),
        ("# a remark", "# a remark"),
        ("", ""),
    ],
)  # fmt: skip
def test_relative_links_carry_it_and_nothing_else_does(line, carried):
    assert f"#EXTM3U\n{carried}\n" == carry(f"#EXTM3U\n{line}\n", "pass=7")
