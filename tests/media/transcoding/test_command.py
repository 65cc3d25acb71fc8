"""The command line for a plan."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streams import rung, stream

from offair.emulator.core.streams import AudioRung
from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.transcoding.command import encode_file, transcode, video_options
from offair.emulator.media.transcoding.ladder import Unplayable, plan
from offair.emulator.settings import PROFILES

BOTH = Facts(video="avc1", audio="mp4a")


def _argv(*rungs, profile="faithful", audio=()):
    made = plan(stream(*rungs, audio=audio), BOTH, profile)
    return transcode("ffmpeg", made, {track.name: 10 + n for n, track in enumerate(made.package.tracks)}, progress=9)


def _after(argv, option):
    return [argv[place + 1] for place, word in enumerate(argv) if word == option]


def test_every_track_goes_to_its_own_pipe():
    pipes = [word for word in _argv(rung(), rung(height=360)) if word.startswith("pipe:")]

    assert {"pipe:0", "pipe:9", "pipe:10", "pipe:11", "pipe:12"} == set(pipes)


def test_how_it_gets_on_is_told_once_a_second():
    argv = _argv(rung())

    assert (["pipe:9"], ["1"]) == (_after(argv, "-progress"), _after(argv, "-stats_period"))


def test_a_rung_is_encoded_as_asked():
    options = video_options(
        rung(gop=50, bitrate_kbps=1500, max_bitrate_kbps=2000, buf_size_kbps=4000, rate_control="cbr", crf=23,
             preset="fast", profile="main", level="4.0", bframes=2, ref_frames=3),
        2.0,
    )  # fmt: skip

    assert {
        "c:v": "libx264", "preset": "fast", "g": 50, "b:v": "1500k", "maxrate": "2000k", "bufsize": "4000k",
        "profile:v": "main", "level:v": "4.0", "bf": 2, "refs": 3, "force_key_frames": "expr:gte(t,n_forced*2)",
    }.items() <= options.items()  # fmt: skip


def test_a_variable_rate_may_be_a_quality():
    options = video_options(rung(rate_control="vbr", crf=0, max_bitrate_kbps=2000), 2.0)

    assert (0, "2000k", False) == (options["crf"], options["maxrate"], "b:v" in options)


def test_h265_is_tagged_so_that_players_take_it():
    options = video_options(rung(codec="h265", level="4.0"), 2.0)

    assert ("libx265", "hvc1", True) == (options["c:v"], options["tag:v"], "level-idc=4.0" in options["x265-params"])


def test_look_ahead_is_left_out():
    assert "rc_lookahead" not in " ".join(map(str, video_options(rung(rc_lookahead=40), 2.0)))


def test_sound_is_encoded_as_asked():
    argv = _argv(audio=(AudioRung(channels=1, sample_rate=22_050, bitrate_kbps=64),))

    assert (["64k"], ["22050"], ["1"]) == (_after(argv, "-b:a"), _after(argv, "-ar"), _after(argv, "-ac"))


def test_passthrough_copies_and_filters_nothing():
    argv = _argv(rung(), profile="passthrough")

    assert (["copy"], ["copy"], False) == (_after(argv, "-c:v"), _after(argv, "-c:a"), "-filter_complex" in argv)


@pytest.mark.parametrize(("codec", "tags"), [("hvc1", ["hvc1"]), ("avc1", [])])
def test_hevc_is_passed_through_under_the_name_that_players_know(codec, tags):
    plans = plan(stream(rung()), Facts(video=codec, audio="mp4a"), "passthrough")

    assert tags == _after(transcode("ffmpeg", plans, {"source": 7, "audio.source": 8}, progress=9), "-tag:v")


def test_nothing_reads_the_terminal():
    assert "-nostdin" in _argv(rung())


def test_a_file_ends_when_it_was_asked_to():
    assert ["7.5"] == _after(encode_file("ffmpeg", 9, Path("clip.mp4"), seconds=7.5), "-t")


@given(
    st.lists(
        st.builds(
            rung, fps=st.sampled_from([24, 25, 30, 60]), gop=st.integers(1, 300), bframes=st.none() | st.integers(0, 4)
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(PROFILES),
)
def test_any_ladder_has_a_command_of_plain_words(rungs, profile):
    argv = _argv(*rungs, profile=profile)

    assert all(isinstance(word, str) and word for word in argv)


@pytest.mark.parametrize("count", [1, 2, 6])
def test_the_source_is_decoded_once_for_all_rungs(count):
    assert 1 == _argv(*[rung() for _ in range(count)]).count("-i")


OPTIONS = ["3.1:pass=1:stats=/tmp/x", "a:b", "a=b", "-x", "", " main", "main\n", "a'b", "a\\:b", "a,b", "a|b", "x" * 33]


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("what", ["preset", "profile", "level"])
@pytest.mark.parametrize("text", [text for text in OPTIONS if text])
def test_a_text_that_is_more_than_a_word_reaches_no_encoder(codec, what, text):
    """x265-params is one text with many options, and some of them overwrite files."""
    asked = rung(codec=codec, **{what: text})

    with pytest.raises(Unplayable, match=what):
        video_options(asked, 2.0)
    with pytest.raises(Unplayable, match=what):
        plan(stream(asked), BOTH, "light")


@given(st.text(max_size=40), st.sampled_from(["preset", "profile", "level"]), st.sampled_from(["h264", "h265"]))
def test_no_text_becomes_a_further_option(text, what, codec):
    asked, plain = rung(codec=codec, **{what: text}), rung(codec=codec, **{what: "main"})
    try:
        options = video_options(asked, 2.0)
    except Unplayable:
        return

    assert text in {"", *options.values(), *str(options.get("x265-params")).replace("=", ":").split(":")}
    assert str(options.get("x265-params")).count("=") <= str(video_options(plain, 2.0).get("x265-params")).count("=")


@pytest.mark.parametrize("name", ["-y", "concat:a|b", "http:x", "plain.mp4"])
def test_a_file_is_a_file_whatever_it_is_called(name):
    assert [f"file:{name}"] == _after(encode_file("ffmpeg", 7, Path(name), seconds=None), "-i")


def test_pictures_begin_with_the_clock_so_that_key_frames_are_on_the_grid_of_the_sound():
    words = " ".join(_argv(rung(), rung(height=360)))

    assert 2 == words.count("start_time=0")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"rate_control": "cbr"}, ("1500k", "750k")),
        ({"rate_control": "vbr"}, ("1500k", "750k")),
        ({"max_bitrate_kbps": 2000}, ("2000k", "1000k")),
        ({"max_bitrate_kbps": 2000, "buf_size_kbps": 3000}, ("2000k", "3000k")),
        ({"max_bitrate_kbps": 2000, "buf_size_kbps": 9000}, ("2000k", "4000k")),
    ],
)
def test_every_rung_has_a_highest_rate_and_a_buffer_of_a_segment_at_most(given, expected):
    options = video_options(rung(**given), 2.0)

    assert expected == (options["maxrate"], options["bufsize"])
