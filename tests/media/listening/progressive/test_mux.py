"""Tracks of one pipe each become one MP4."""

from fractions import Fraction

import av
import pytest
from forging import Forge

from offair.emulator.media.formats.boxes import boxes, find, need
from offair.emulator.media.listening.progressive.mux import place, write_init

FORGE = Forge()


@pytest.fixture(name="tracks")
def _tracks():
    return [FORGE.track("video", edits=[(500, -1), (0, 3000)]), FORGE.track("audio", timescale=48_000)]


def _children(init, kind):
    moov = need(init, b"moov")
    return [init[box.start : box.end] for box in boxes(init, moov.body, moov.end) if box.kind == kind]


def test_the_tracks_are_numbered_in_their_order(tracks):
    traks = _children(write_init(tracks), b"trak")
    heads = [need(trak, b"trak", b"tkhd") for trak in traks]

    assert [1, 2] == [int.from_bytes(trak[head.body + 12 :][:4]) for trak, head in zip(traks, heads, strict=True)]


def test_each_track_has_its_defaults_under_its_number(tracks):
    init = write_init(tracks)
    mvex = need(init, b"moov", b"mvex")

    assert [1, 2] == [int.from_bytes(init[trex.body + 4 :][:4]) for trex in boxes(init, mvex.body, mvex.end)]


def test_the_next_track_would_have_the_next_number(tracks):
    (mvhd,) = _children(write_init(tracks), b"mvhd")

    assert 3 == int.from_bytes(mvhd[-4:])


def test_no_edit_list_is_left(tracks):
    assert [None, None] == [find(trak, b"trak", b"edts") for trak in _children(write_init(tracks), b"trak")]


def test_libav_opens_the_init_section(tracks, tmp_path):
    (tmp_path / "init.mp4").write_bytes(write_init(tracks))
    with av.open(str(tmp_path / "init.mp4")) as container:
        assert ["video", "audio"] == [stream.type for stream in container.streams]


def test_a_fragment_keeps_its_samples_and_gets_its_place(tracks):
    video = tracks[0]
    fragment = FORGE.fragment(video, FORGE.samples([3000, 3000]))
    placed = place(fragment, number=7, sequence=42, time=90_000)
    content = placed.since(Fraction(1, 3))
    moof = need(content, b"moof")
    fields = [need(content, b"mfhd", within=moof), *(need(content, b"traf", name, within=moof) for name in (b"tfhd",))]

    assert [42, 7] == [int.from_bytes(content[field.body + 4 :][:4]) for field in fields]
    assert 60_000 == int.from_bytes(content[need(content, b"traf", b"tfdt", within=moof).body + 4 :][:8])
    assert fragment.content[-20:] == content[-20:]
