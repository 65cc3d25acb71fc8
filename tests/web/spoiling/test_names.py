import pytest

from offair.emulator.web.spoiling.names import read_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("master.m3u8", ("master", None, None)),
        ("manifest.mpd", ("manifest", None, None)),
        ("720p/playlist.m3u8", ("playlist", "720p", None)),
        ("720p/0a1b2c3d-17.m4s", ("segment", "720p", 17)),
        ("720p/0a1b2c3d-17.ts", ("segment", "720p", 17)),
        ("720p/0a1b2c3d-part-170.m4s", ("part", "720p", None)),
        ("audio-64k/0a1b2c3d-init-0.mp4", ("init", "audio-64k", None)),
        ("stream.mp4", ("progressive", None, None)),
        ("720p/stream.mp4", ("progressive", "720p", None)),
        ("something.else", (None, None, None)),
    ],
)
def test_a_name_says_what_the_file_is(name, expected):
    asked = read_name("a-stream", name)

    assert expected == (asked.thing, asked.rendition, asked.number)
