"""From what a stream asked for to what is made."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streams import rung, stream

from offair.emulator.core.streams import AudioRung, Ladder
from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.transcoding.command import transcode
from offair.emulator.media.transcoding.ladder import Unplayable, buffer, plan, segment_seconds
from offair.emulator.media.transcoding.needs import needs_of
from offair.emulator.settings import PROFILES

BOTH = Facts(video="avc1", audio="mp4a")
RUNGS = st.builds(
    rung,
    name=st.none() | st.text(max_size=12),
    width=st.integers(1, 2560),
    height=st.sampled_from([240, 360, 480, 720, 1080, 1440]),
    fps=st.sampled_from([24, 25, 30, 60]),
    gop=st.integers(1, 600),
    bitrate_kbps=st.integers(1, 20_000),
    audio=st.builds(AudioRung, channels=st.sampled_from([1, 2, 6]), bitrate_kbps=st.integers(64, 256)),
)
LADDERS = st.lists(RUNGS, min_size=1, max_size=6)


def test_faithful_makes_what_was_asked_for():
    asked = (rung(height=1080, width=1920), rung())

    assert list(asked) == [rendition.rung for rendition in plan(stream(*asked), BOTH, "faithful").renditions]


def test_rungs_with_the_same_sound_share_it():
    made = plan(stream(rung(), rung(height=360)), BOTH, "faithful")

    assert (["audio.128k"], ["audio.128k", "audio.128k"]) == (
        [sound.name for sound in made.sounds],
        [variant.audio for variant in made.package.variants],
    )


def test_each_rung_keeps_its_own_sound():
    low = AudioRung(bitrate_kbps=64)
    made = plan(stream(rung(), rung(height=360, audio=low)), BOTH, "faithful")

    assert ["audio.128k", "audio.64k"] == [variant.audio for variant in made.package.variants]


def test_light_shrinks_the_ladder_and_keeps_its_key_frames_apart():
    made = plan(stream(rung(height=1080, width=1920), rung()), BOTH, "light")

    assert [(320, 180, 2.0), (214, 120, 2.0)] == [
        (r.rung.width, r.rung.height, r.rung.gop_seconds) for r in made.renditions
    ]


def test_light_leaves_a_small_ladder_as_small_as_it_is():
    made = plan(stream(rung(width=320, height=180, fps=15, gop=15, bitrate_kbps=100)), BOTH, "light")

    assert (320, 180, 15, 100) == (
        made.renditions[0].rung.width, made.renditions[0].rung.height, made.renditions[0].rung.fps,
        made.renditions[0].rung.bitrate_kbps,
    )  # fmt: skip


def test_passthrough_has_one_rendition_whatever_the_ladder():
    made = plan(stream(rung(), rung(), rung()), BOTH, "passthrough")

    assert ([None], [None]) == ([r.rung for r in made.renditions], [s.rung for s in made.sounds])


def test_passthrough_makes_aac_of_other_sound():
    made = plan(stream(rung()), Facts(video="avc1", audio="mp3"), "passthrough")

    assert AudioRung() == made.sounds[0].rung


@pytest.mark.parametrize(
    ("codec", "name"), [("av01", "AV1 (av01)"), ("vp08", "VP8 (vp08)"), ("vp6f", "'vp6f'"), ("mpeg2", "'mpeg2'")]
)
def test_pictures_that_players_do_not_know_are_not_passed_through(codec, name):
    with pytest.raises(Unplayable, match=re.escape(f"sends {name}, and only H.264 and HEVC can be passed through")):
        plan(stream(rung()), Facts(video=codec, audio="mp4a"), "passthrough")

    assert plan(stream(rung()), Facts(video=codec, audio="mp4a"), "faithful").renditions


def test_sound_that_is_not_sent_is_left_out():
    made = plan(stream(rung()), Facts(video="avc1", audio=None), "faithful")

    assert ((), [None]) == (made.sounds, [variant.audio for variant in made.package.variants])


@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_is_made_of_nothing(profile):
    with pytest.raises(Unplayable, match="encoder sends"):
        plan(stream(rung()), Facts(), profile)


def test_an_audio_stream_ignores_pictures():
    made = plan(stream(audio=(AudioRung(), AudioRung(bitrate_kbps=64))), BOTH, "faithful")

    assert ((), 2) == (made.renditions, len(made.package.variants))


@pytest.mark.parametrize(("gop", "fps", "seconds"), [(50, 25, 2.0), (1, 25, 0.52), (25, 25, 1.0), (6000, 25, 10.0)])
def test_a_segment_is_as_long_as_key_frames_are_apart(gop, fps, seconds):
    assert segment_seconds([rung(gop=gop, fps=fps)]) == pytest.approx(seconds)


@given(LADDERS)
def test_a_segment_is_never_too_short_or_too_long(ladder):
    assert 0.5 <= segment_seconds(ladder) + 1e-9
    assert segment_seconds(ladder) <= 10.0


@given(LADDERS, st.sampled_from(PROFILES))
def test_every_track_has_a_name_of_its_own(ladder, profile):
    names = [track.name for track in plan(stream(*ladder), BOTH, profile).package.tracks]

    assert len(set(names)) == len(names)


@given(LADDERS)
def test_light_has_as_many_rungs_of_even_size(ladder):
    made = plan(stream(*ladder), BOTH, "light").renditions

    assert (len(ladder), {0}) == (len(made), {r.rung.width % 2 + r.rung.height % 2 for r in made})


def sourced(*video, **given):
    return stream(ladder=Ladder(video=video, source=True, **given))


def made_of(asked, facts=BOTH, profile="faithful"):
    """Every variant with its pictures and its sound, None for what is copied."""
    made = plan(asked, facts, profile)
    pictures = {one.name: one.rung for one in made.renditions}
    sounds = {one.name: one.rung for one in made.sounds}
    return {one.name: (pictures.get(one.video, "none"), sounds.get(one.audio, "none")) for one in made.package.variants}


@pytest.mark.parametrize("profile", ["faithful", "light"])
def test_the_encoders_own_pictures_come_first_and_the_rungs_follow(profile):
    made = made_of(sourced(rung(height=1080), rung(height=360)), profile=profile)

    assert (["source", "1080p", "360p"], (None, None)) == (list(made), made["source"])
    assert all(pictures and sound == AudioRung() for pictures, sound in list(made.values())[1:])


@pytest.mark.parametrize("profile", PROFILES)
def test_the_encoders_own_pictures_may_be_alone(profile):
    made = plan(sourced(), BOTH, profile)

    assert ({"source": (None, None)}, True) == (made_of(sourced(), profile=profile), made.is_copy)


def test_passthrough_makes_no_rung_beside_the_source():
    assert {"source": (None, None)} == made_of(sourced(rung(), rung(height=360)), profile="passthrough")


@pytest.mark.parametrize("profile", PROFILES)
def test_the_source_of_an_encoder_without_pictures_is_its_sound(profile):
    made = made_of(sourced(rung()), Facts(video=None, audio="mp4a"), profile)

    assert {"source": ("none", None)} == made


def test_sounds_alone_may_stand_beside_the_source():
    low = AudioRung(bitrate_kbps=64, name="low")
    made = made_of(sourced(audio=(low, AudioRung())), Facts(video=None, audio="mp4a"))

    assert ["source", "low", "audio.128k"] == list(made)
    assert [("none", None), ("none", replace(low, name=None)), ("none", AudioRung())] == list(made.values())


def test_sound_that_is_no_aac_is_encoded_beside_pictures_that_are_copied():
    assert {"source": (None, AudioRung())} == made_of(sourced(), Facts(video="avc1", audio="mp3"))


def test_a_rung_that_is_called_source_makes_room_for_it():
    assert ["source", "source-2"] == list(made_of(sourced(rung(name="source"))))


def test_only_the_source_may_have_key_frames_where_it_likes():
    tracks = plan(sourced(rung()), BOTH, "faithful").package.tracks

    assert {"source": False, "720p": True, "audio.source": False, "audio.128k": True} == {
        track.name: track.has_set_keys for track in tracks
    }


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("codec", ["av01", "vp08"])
def test_a_source_that_players_do_not_know_is_refused_in_words(codec, profile):
    with pytest.raises(Unplayable, match=r"only H\.264 and HEVC can be passed through: publish one of these$"):
        plan(sourced(rung()), Facts(video=codec, audio="mp4a"), profile)


@pytest.mark.parametrize("profile", PROFILES)
def test_vp9_which_browsers_publish_is_made_h264_at_its_own_size(profile):
    made = plan(sourced(), Facts(video="vp09", audio="Opus"), profile)
    argv = transcode("ffmpeg", made, {"source": 5, "audio.source": 6}, progress=7)

    assert (False, [False]) == (made.is_copy, [rendition.is_copied for rendition in made.renditions])
    assert ("libx264", False) == (argv[argv.index("-c:v") + 1], "-filter_complex" in argv and "scale" in " ".join(argv))
    assert {"encoder libx264", "decoder vp9"} <= needs_of(made, Facts(video="vp09", audio="Opus"), "flv")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_ladder_with_nothing_in_it_is_refused_in_words(profile):
    with pytest.raises(Unplayable, match="asks for nothing: give its ladder a rung"):
        plan(stream(), BOTH, profile)


@given(LADDERS, st.sampled_from(PROFILES))
def test_what_is_announced_is_what_an_encoder_within_its_buffer_can_reach(ladder, profile):
    made = plan(stream(*ladder), BOTH, profile)
    for rendition in made.renditions:
        if rendition.rung is not None:
            peak, ahead = buffer(rendition.rung, made.segment)
            track = made.package.track(rendition.name)

            assert track.peak_bitrate >= 1000 * (peak + ahead / made.segment) >= track.bitrate
