"""What a name says is what was written under it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streams import rung, stream

from offair.emulator.core.streams import AudioRung
from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.packager.names import (
    former_name,
    init_name,
    media_type,
    part_name,
    read_name,
    segment_name,
    segment_number,
)
from offair.emulator.media.transcoding.ladder import plan
from offair.emulator.settings import PROFILES

BOTH = Facts(video="avc1", audio="mp4a")
NUMBERS = st.integers(0, 10**9)
SUFFIXES = st.sampled_from([".m4s", ".ts"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("master.m3u8", ("master", None, None)),
        ("manifest.mpd", ("manifest", None, None)),
        ("720p/playlist.m3u8", ("playlist", "720p", None)),
        ("720p/index.m3u8", ("master", "720p", None)),
        ("720p/0a1b2c3d-17.m4s", ("segment", "720p", 17)),
        ("720p/0a1b2c3d-17.ts", ("segment", "720p", 17)),
        ("720p/0a1b2c3d-part-170.m4s", ("part", "720p", None)),
        ("audio.64k/0a1b2c3d-init-0.mp4", ("init", "audio.64k", None)),
        ("stream.mp4", ("progressive", None, None)),
        ("720p/stream.mp4", ("progressive", "720p", None)),
        ("something.else", (None, None, None)),
        ("recordings/one/index.m3u8", (None, "recordings/one", None)),
    ],
)
def test_a_name_says_what_the_file_is(name, expected):
    asked = read_name("a-stream", name)

    assert expected == (asked.thing, asked.rendition, asked.number)


@given(number=NUMBERS, suffix=SUFFIXES)
def test_the_number_of_a_segment_is_read_as_it_was_written(number, suffix):
    name = segment_name("b1", number, suffix)
    asked = read_name("a-stream", f"720p/{name}")

    assert (number, ("segment", number)) == (segment_number(name), (asked.thing, asked.number))


@given(number=NUMBERS, suffix=SUFFIXES)
def test_a_part_and_an_init_section_are_no_segments(number, suffix):
    written = (part_name("b1", number, suffix), init_name("b1", number))

    assert [None, None] == [segment_number(name) for name in written]
    assert ["part", "init"] == [read_name("a-stream", f"720p/{name}").thing for name in written]


@given(number=NUMBERS, suffix=SUFFIXES, write=st.sampled_from([segment_name, part_name]))
def test_each_segment_follows_the_one_before(number, suffix, write):
    assert write("b1", number, suffix) == former_name(write("b1", number + 1, suffix))
    assert former_name(write("b1", 0, suffix)) is None


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "\u0663", "\u00b2", "1.0", ""])
@pytest.mark.parametrize("mark", ["", "part-", "init-"])
def test_a_number_that_we_never_write_is_none(number, mark):
    """Whoever asks for it gets a 404, like anybody who asks for what is not there."""
    names = [f"b1-{mark}{number}{suffix}" for suffix in (".m4s", ".ts", ".mp4")]

    assert [(None, None)] * 3 == [(segment_number(name), former_name(name)) for name in names]
    assert {"segment", "part", "init"}.isdisjoint(read_name("a-stream", f"720p/{name}").thing for name in names)


@given(
    name=st.sampled_from(["audio", "audio-hd", "audio.hd", "audio.128k", "audio-128k"]) | st.text(max_size=12),
    profile=st.sampled_from(PROFILES),
)
def test_a_track_is_served_as_what_it_is_whatever_its_rung_is_called(name, profile):
    asked = stream(rung(name=name), rung(name=name, audio=AudioRung(bitrate_kbps=64)))
    tracks = plan(asked, BOTH, profile).package.tracks

    assert [f"{track.kind}/mp4" for track in tracks] == [media_type(f"{track.name}/b1-0.m4s") for track in tracks]
