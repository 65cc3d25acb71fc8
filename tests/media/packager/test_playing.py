"""What the packager writes is decoded again, by libraries that are not ours."""

import io
from fractions import Fraction
from itertools import pairwise

import av
import m3u8
import pytest
from mpegdash.parser import MPEGDASHParser

from offair.emulator.media.packager.plan import DashPlan

pytestmark = pytest.mark.media
DASH = DashPlan(window=60.0, min_buffer=2.0)


def decode(source, kind):
    """Decode every frame of one kind; give presentation times in seconds."""
    with av.open(source) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [float(frame.pts * frame.time_base) for frame in container.decode(stream) if frame.pts is not None]


def dash_of(studio, name):
    """Join a track's init section and segments, as a DASH player does."""
    folder = studio.folder / name
    playlist = MPEGDASHParser.parse(studio.text("manifest.mpd"))
    template = next(
        representation.segment_templates[0]
        for period in playlist.periods
        for group in period.adaptation_sets
        for representation in group.representations
        if representation.id == name
    )
    count = sum(1 + (entry.r or 0) for entry in template.segment_timelines[0].Ss)
    parts = [studio.folder / template.initialization]
    parts += [
        studio.folder / template.media.replace("$Number$", str(number))
        for number in range(template.start_number, template.start_number + count)
    ]
    assert all(part.parent == folder for part in parts)
    return io.BytesIO(b"".join(part.read_bytes() for part in parts))


def assert_steady(times, step):
    steps = [b - a for a, b in pairwise(times)]
    assert all(abs(found - step) < 0.002 for found in steps), (min(steps), max(steps))


@pytest.mark.parametrize("picture", ["180p", "90p", "hevc"])
def test_every_picture_of_fmp4_hls_comes_out_again(studio, recordings, picture):
    stage = studio(("v", picture, "audio"))
    stage.play(recordings)
    stage.packager.finish()
    times = decode(stage.path(f"{picture}/playlist.m3u8"), "video")
    assert recordings[picture].frames == len(times) == 150
    assert_steady(times, 1 / 30)


@pytest.mark.parametrize("picture", ["180p", "90p", "hevc"])
def test_every_picture_and_sound_of_transport_hls_comes_out_again_in_step(studio, recordings, picture):
    stage = studio(("v", picture, "audio"), hls="mpegts")
    stage.play(recordings)
    stage.packager.finish()
    playlist = stage.path("v/playlist.m3u8")
    pictures, sounds = decode(playlist, "video"), decode(playlist, "audio")
    assert recordings[picture].frames == len(pictures)
    assert recordings["audio"].frames - len(sounds) in range(3)  # priming, and a tail shorter than 0.1 s
    assert_steady(pictures, 1 / 30)
    assert_steady(sounds, 1024 / 48000)
    assert pictures[0] - sounds[0] == pytest.approx(1024 / 48000, abs=0.001)  # sound begins with its priming


def test_a_late_sound_is_late_in_every_format(studio, recordings):
    stage = studio(("v", "180p", "late"), dash=DASH)
    stage.play(recordings)
    stage.packager.finish()
    assert decode(dash_of(stage, "180p"), "video")[0] == pytest.approx(0, abs=0.001)
    assert decode(dash_of(stage, "late"), "audio")[0] == pytest.approx(0.4, abs=0.03)
    muxed = studio(("v", "180p", "late"), hls="mpegts")
    muxed.play(recordings)
    muxed.packager.finish()
    playlist = muxed.path("v/playlist.m3u8")
    assert decode(playlist, "audio")[0] - decode(playlist, "video")[0] == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize("name", ["180p", "90p", "hevc", "audio"])
def test_every_frame_of_dash_comes_out_again(studio, recordings, name):
    stage = studio(("a", "180p", "audio"), ("b", "90p", "audio"), ("c", "hevc", "audio"), hls=None, dash=DASH)
    stage.play(recordings)
    stage.packager.finish()
    kind = recordings[name].track.kind
    times = decode(dash_of(stage, name), kind)
    assert recordings[name].frames == len(times) + (kind == "audio")  # the priming is not heard
    assert_steady(times, 1 / 30 if kind == "video" else 1024 / 48000)


def test_sound_alone_plays_from_fmp4(studio, recordings):
    stage = studio(("radio", None, "audio"))
    stage.play(recordings)
    stage.packager.finish()
    times = decode(stage.path("audio/playlist.m3u8"), "audio")
    assert recordings["audio"].frames == len(times) + 1  # an edit list drops the priming
    assert_steady(times, 1024 / 48000)


def test_sound_alone_plays_from_transport_segments(studio, recordings):
    stage = studio(("radio", None, "audio"), hls="mpegts")
    stage.play(recordings)
    stage.packager.finish()
    playlist = m3u8.loads(stage.text("radio/playlist.m3u8"))
    content = b"".join((stage.folder / "radio" / segment.uri).read_bytes() for segment in playlist.segments)
    times = decode(io.BytesIO(content), "audio")
    assert recordings["audio"].frames == len(times)
    assert_steady(times, 1024 / 48000)


@pytest.mark.parametrize(("picture", "codec"), [("180p", "avc1.42c0"), ("hevc", "hvc1.1.6.L")])
def test_the_master_playlist_names_what_is_in_the_segments(studio, recordings, picture, codec):
    stage = studio(("v", picture, "audio"))
    stage.play(recordings)
    master = m3u8.loads(stage.text("master.m3u8"))
    (variant,) = master.playlists
    video, audio = variant.stream_info.codecs.split(",")
    assert video.startswith(codec)
    assert audio == "mp4a.40.2"
    assert variant.stream_info.frame_rate == 30
    assert variant.stream_info.resolution == ((320, 180) if picture == "180p" else (160, 90))
    assert [("audio", "audio/playlist.m3u8", "2")] == [(m.group_id, m.uri, m.channels) for m in master.media]
    assert variant.stream_info.bandwidth >= variant.stream_info.average_bandwidth >= 96_000


@pytest.mark.parametrize("hls", ["fmp4", "mpegts"])
def test_codecs_are_those_of_every_run_that_is_listed(studio, recordings, hls):
    """Each format of what a playlist leads to (RFC 8216, 4.3.4.2), and the newest, where players begin, first."""
    stage, seen = studio(("v", "180p", "audio"), hls=hls, size=3), []
    for picture, until in (("180p", 2.6), ("hevc", 1.6), ("hevc", 9.0)):
        stage.play({**recordings, "180p": recordings[picture]}, until=until)
        stage.packager.flush()
        (variant,) = m3u8.loads(stage.text("master.m3u8")).playlists
        seen.append([name[:4] for name in variant.stream_info.codecs.split(",")])

    assert [["avc1", "mp4a"], ["hvc1", "avc1", "mp4a"], ["hvc1", "mp4a"]] == seen


def test_transport_variants_are_muxed_and_have_no_audio_group(studio, recordings):
    stage = studio(("v", "180p", "audio"), hls="mpegts")
    stage.play(recordings)
    master = m3u8.loads(stage.text("master.m3u8"))
    assert [] == master.media
    assert ["v/playlist.m3u8"] == [variant.uri for variant in master.playlists]


def test_a_returning_encoder_plays_on_behind_a_discontinuity(studio, recordings):
    stage = studio(("v", "180p", "audio"), dash=DASH)
    stage.play(recordings, until=2.6)
    stage.packager.flush()
    stage.now += 7
    stage.play(recordings)
    stage.packager.finish()
    assert 2 == len(stage.playable)
    playlist = m3u8.loads(stage.text("180p/playlist.m3u8"))
    breaks = [number for number, segment in enumerate(playlist.segments) if segment.discontinuity]
    assert [3] == breaks
    assert ["b1-init-0.mp4", "b1-init-1.mp4"] == [one.uri for one in playlist.segment_map]
    jump = playlist.segments[3].program_date_time - playlist.segments[2].program_date_time
    assert 7 < jump.total_seconds() < 8.5
    again = io.BytesIO(
        b"".join((stage.folder / "180p" / name).read_bytes() for name in ["b1-init-1.mp4", "b1-3.m4s", "b1-4.m4s"])
    )
    assert 60 == len(decode(again, "video"))
    periods = MPEGDASHParser.parse(stage.text("manifest.mpd")).periods
    assert ["0", "1"] == [period.id for period in periods]


def test_transport_counters_go_on_from_segment_to_segment(studio, recordings):
    stage = studio(("v", "180p", "audio"), hls="mpegts")
    stage.play(recordings, until=2.6)
    stage.play(recordings)
    stage.packager.finish()
    names = [segment.uri for segment in m3u8.loads(stage.text("v/playlist.m3u8")).segments]
    stream = b"".join((stage.folder / "v" / name).read_bytes() for name in names)
    assert 0 == len(stream) % 188
    expected: dict[int, int] = {}
    for at in range(0, len(stream), 188):
        packet = stream[at : at + 188]
        assert 0x47 == packet[0]
        pid, count = (packet[1] & 31) << 8 | packet[2], packet[3] & 15
        assert expected.get(pid, count) == count, f"PID {pid:#x} at packet {at // 188}"
        expected[pid] = (count + 1) & 15


def test_segments_of_all_renditions_begin_together(studio, recordings):
    stage = studio(("a", "180p", "audio"), ("b", "90p", "audio"))
    stage.play(recordings)
    stage.packager.finish()
    lengths = {
        name: [Fraction(str(segment.duration)) for segment in m3u8.loads(stage.text(f"{name}/playlist.m3u8")).segments]
        for name in ("180p", "90p", "audio")
    }
    assert [1] * 5 == lengths["180p"] == lengths["90p"]
    begins = [sum(lengths["audio"][:number]) for number in range(5)]
    assert all(abs(begin - number) <= Fraction(1024, 48000) for number, begin in enumerate(begins))


def test_sparse_key_frames_make_long_segments_that_all_begin_with_one(studio, recordings):
    stage = studio(("v", "sparse", "audio"), loose=True)
    stage.play(recordings)
    stage.packager.finish()
    playlist = m3u8.loads(stage.text("sparse/playlist.m3u8"))
    assert [2.5, 2.5] == [segment.duration for segment in playlist.segments]
    assert 3 == playlist.target_duration == m3u8.loads(stage.text("audio/playlist.m3u8")).target_duration
    assert playlist.is_independent_segments


def test_a_broken_promise_of_key_frames_costs_one_segment_and_no_picture(studio, recordings):
    stage = studio(("v", "sparse", "audio"))
    stage.play(recordings)
    stage.packager.finish()
    playlist = m3u8.loads(stage.text("sparse/playlist.m3u8"))
    assert [1, 1.5, 2.5] == [segment.duration for segment in playlist.segments]
    assert not playlist.is_independent_segments
    assert 150 == len(decode(stage.path("sparse/playlist.m3u8"), "video"))


@pytest.mark.parametrize("container", ["mpegts", "fmp4"])
def test_it_is_playable_as_soon_as_every_rendition_has_a_segment(studio, recordings, container):
    stage = studio(("a", "180p", "audio"), ("b", "90p", "audio"), hls=container)
    stage.play(recordings, until=0.99)
    assert [] == stage.playable
    assert not stage.has("master.m3u8")
    assert not stage.has("a/playlist.m3u8")
    stage.play(recordings, until=0.99)
    stage.packager.finish()
    assert 2 == len(stage.playable)


def test_a_segment_is_listed_when_its_last_fragment_is_there(studio, recordings):
    stage = studio(("a", "180p", None), ("b", "90p", None), hls="fmp4")
    stage.play(recordings)
    assert [pytest.approx(1.0, abs=0.001)] == stage.playable
