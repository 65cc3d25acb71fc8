"""Why what comes of a stream is not what was asked for."""

from dataclasses import replace

import pytest
from streams import rung, stream

from offair.emulator.core.numbers import AudienceNumbers, Numbers, RenditionNumbers, SourceNumbers, TranscoderNumbers
from offair.emulator.core.streams import AudioRung, State
from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.transcoding.ladder import plan
from offair.emulator.web.control import ordered
from offair.emulator.web.control.ordered import asked_of, ordered_of

ENCODER = SourceNumbers(
    is_connected=True, video_codec="avc1", width=1920, height=1080, audio_codec="mp4a", fps=25.0, bitrate=1, frames=9,
    bytes=9, key_frame_seconds=2.0,
)  # fmt: skip
HD = rung(width=1280, height=720)
CAME = RenditionNumbers(name="720p", kind="video", codec="avc1", width=1280, height=720, bitrate=1, frames=9, bytes=9)


def measured(*came, lag=0.0, **source):
    """Numbers of a stream on air."""
    return Numbers(
        publication="one", uptime=9.0, source=replace(ENCODER, **source), renditions=came, audience=AudienceNumbers(),
        transcoder=TranscoderNumbers(restarts=0, lag=lag), readers=0, readers_dropped=0,
    )  # fmt: skip


def told(*came, profile="faithful", **known):
    """Why each order of a stream on air falls short, by its name."""
    return {one["name"]: one["words"] for one in asked_of(stream(HD), measured(*came, **known), profile)}


def test_what_comes_as_it_was_asked_for_needs_no_words():
    assert None is told(CAME)["720p"]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"is_connected": False}, ordered.NOT_CONNECTED),
        ({"video_codec": None, "audio_codec": None}, ordered.NO_MEDIA),
        ({"video_codec": None}, "the encoder sends no pictures"),
        ({"profile": "passthrough"}, ordered.PASSED_ON),
        ({"key_frame_seconds": None}, ordered.NO_KEYS),
        ({"lag": 4.2}, "ffmpeg is 4.2 s behind the encoder: this machine is too slow for all that is asked of it"),
        ({}, ordered.NOT_YET),
    ],
)
def test_what_does_not_come_says_why(known, words):
    assert words == told(**known)["720p"]


@pytest.mark.parametrize(
    ("came", "known", "words"),
    [
        ({"width": 320, "height": 180}, {"profile": "light"}, ordered.SMALL),
        ({}, {"width": 640, "height": 360}, "the encoder sends 640x360, which is enlarged and gains nothing by it"),
        ({"key_frame_seconds": 5.0}, {}, "its key frames are 5 s apart, and were to be 2 s"),
    ],
)
def test_what_comes_otherwise_says_why(came, known, words):
    assert words == told(replace(CAME, **came), **known)["720p"]


def test_a_sound_beside_pictures_that_nobody_makes_says_so():
    asked = stream(HD, audio=(AudioRung(bitrate_kbps=48, name="low"),))
    numbers = measured(CAME, replace(CAME, name="audio.128k", kind="audio"))

    assert ordered.ALONE == asked_of(asked, numbers, "faithful")[-1]["words"]


def test_off_air_nothing_falls_short():
    assert [None, None] == [one["words"] for one in asked_of(stream(HD), None, "faithful")]


def test_a_source_that_was_not_reached_yet_says_so():
    starting = stream(HD, state=State.STARTING)

    assert {ordered.NO_MEDIA} == {one["words"] for one in asked_of(starting, None, "faithful")}


@pytest.mark.parametrize("names", [("a b", "a?b"), ("source", None), ("<img src=x>", "ü")])
def test_an_order_has_the_name_under_which_it_comes(names):
    asked = stream(*(rung(name=name) for name in names))
    made = plan(asked, Facts(video="avc1", audio="mp4a"), "faithful")

    assert [one.name for one in made.renditions] == [one.name for one in ordered_of(asked) if one.kind == "video"]
    assert [one.name.removeprefix("audio.") for one in made.sounds] == [
        one.name for one in ordered_of(asked) if one.kind == "audio"
    ]
