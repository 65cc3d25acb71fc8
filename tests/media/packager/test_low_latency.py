"""A packager that makes parts; time and bytes are made by hand."""

import re
from itertools import pairwise

import m3u8
import pytest

from offair.emulator.media.packager.hls import render_media
from offair.emulator.media.packager.plan import DashPlan

DASH = DashPlan(window=60.0, min_buffer=1.0)
SOUND = {"timescale": 48_000, "edits": ((0, 1024),)}
PART = 0.2
FORMATS = [("fmp4", "180p"), ("mpegts", "v")]


@pytest.fixture(scope="session")
def tracks(forge):
    """Twenty seconds of pictures and sound, in fragments of a frame."""
    video = forge.samples([3000] * 600, keys=lambda number: number % 30 == 0)
    sound = forge.track("audio", **SOUND)
    frames = forge.samples([1024] * 940, start=-1024)
    return {
        "180p": forge.record(forge.init(), forge.stream(forge.track(), video, every=1)),
        "audio": forge.record(forge.init("audio", **SOUND), forge.stream(sound, frames, every=1)),
    }


@pytest.fixture(name="fast")
def _fast(studio):
    """Make a stage for low-latency HLS."""

    def make(**options):
        return studio(("v", "180p", "audio"), part=PART, **options)

    return make


def read(stage, folder="180p"):
    return m3u8.loads(stage.text(f"{folder}/playlist.m3u8"))


@pytest.mark.parametrize(("hls", "folder"), FORMATS)
def test_playlists_are_there_with_the_first_part(fast, tracks, hls, folder):
    stage = fast(hls=hls)
    stage.play(tracks, until=0.5)
    playlist = read(stage, folder)
    assert [] == stage.playable
    assert 2 == sum(len(segment.parts) for segment in playlist.segments)
    assert {"version": 9, "target": 1} == {"version": playlist.version, "target": playlist.target_duration}


@pytest.mark.parametrize(("hls", "folder"), FORMATS)
def test_a_stream_is_playable_with_the_first_segment_of_every_rendition(fast, tracks, hls, folder):
    stage = fast(hls=hls, dash=DASH)
    stage.play(tracks, until=1.3)
    assert 1 == len(stage.playable)
    assert [f"b1-0.{'m4s' if hls == 'fmp4' else 'ts'}"] == [one.uri for one in read(stage, folder).segments if one.uri]


@pytest.mark.parametrize(("hls", "folder"), FORMATS)
def test_a_segment_is_the_very_bytes_of_its_parts(fast, tracks, hls, folder):
    stage = fast(hls=hls)
    stage.play(tracks, until=2.9)
    for segment in (one for one in read(stage, folder).segments if one.uri):
        parts = [(stage.folder / folder / part.uri).read_bytes() for part in segment.parts]
        assert (stage.folder / folder / segment.uri).read_bytes() == b"".join(parts)


@pytest.mark.parametrize(("hls", "folder"), FORMATS)
def test_the_part_that_is_hinted_at_is_the_one_that_comes(fast, tracks, hls, folder):
    seen = []
    stage = fast(hls=hls)
    put_text = stage.shelf.put_text

    def look(name, text):
        put_text(name, text)
        parts = re.findall(r'EXT-X-PART:[^\n]*URI="([^"]+)"', text) if name == f"{folder}/playlist.m3u8" else []
        if parts:
            (hint,) = re.findall(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)
            seen.append((parts, hint))

    stage.shelf.put_text = look
    stage.play(tracks, until=3.9)

    assert len({parts[-1] for parts, _ in seen}) > 10
    for (before, hint), (after, _) in pairwise(seen):
        assert before[-1] == after[-1] or hint == after[after.index(before[-1]) + 1]


def test_reports_say_where_the_other_renditions_end(fast, tracks):
    stage = fast()
    stage.play(tracks, until=2.401)
    (report,) = read(stage).rendition_reports
    ends = read(stage, "audio")
    assert ("../audio/playlist.m3u8", 2, len(ends.segments[-1].parts) - 1) == (
        report.uri,
        int(report.last_msn),
        int(report.last_part),
    )


def test_only_the_last_three_targets_have_parts_and_older_ones_go(fast, tracks):
    stage = fast()
    stage.play(tracks, until=15.0)
    with_parts = [segment.uri for segment in read(stage).segments if segment.parts and segment.uri]
    assert 3 == len(with_parts)  # the first of them began three targets ago
    listed = {part.uri for segment in read(stage).segments for part in segment.parts}
    on_disk = set(stage.files("180p/*part*"))
    assert listed < on_disk
    assert len(on_disk) <= 5 * 9  # seven targets, and the segment that is just complete


@pytest.mark.parametrize("tenths", range(30, 80, 3))
def test_no_part_is_listed_that_began_more_than_three_targets_from_the_end(fast, tracks, tenths):
    stage = fast()
    stage.play(tracks, until=tenths / 10)
    playlist = read(stage)
    ahead = 0.0
    for segment in reversed(playlist.segments):
        ahead += segment.duration if segment.uri else sum(part.duration for part in segment.parts)
        assert not segment.parts or ahead <= 3 * playlist.target_duration + 0.001


def test_a_delta_update_leaves_out_what_a_player_knows_and_nothing_else(fast, tracks):
    stage = fast(size=12)
    stage.play(tracks, until=19.0)
    playlist = stage.packager.playlist("180p/playlist.m3u8")
    full, delta = render_media(playlist), render_media(playlist, is_delta=True)
    skipped = int(re.search(r"SKIPPED-SEGMENTS=(\d+)", delta)[1])
    assert 5 == skipped
    left = full[full.index(f"{playlist.segments[skipped - 1].uri}\n") :].partition("\n")[2]
    assert delta.endswith(left)


def test_a_playlist_with_nothing_to_skip_is_answered_whole(fast, tracks):
    stage = fast(size=6)
    stage.play(tracks, until=5.0)
    playlist = stage.packager.playlist("180p/playlist.m3u8")
    assert render_media(playlist) == render_media(playlist, is_delta=True)


def test_a_playlist_that_is_over_is_an_ordinary_one(fast, tracks):
    stage = fast()
    stage.play(tracks, until=3.5)
    stage.packager.finish()
    text = stage.text("180p/playlist.m3u8")
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert [] == re.findall("EXT-X-PART|PRELOAD|SERVER-CONTROL", text)
    assert 4 == len(m3u8.loads(text).segments)


def short_parts(text):
    """Name the parts that are shorter than they may be (8216bis, 4.4.4.9), but for each segment's last."""
    least = 0.849 * float(re.search(r"PART-TARGET=([0-9.]+)", text)[1])
    parts = [segment.parts for segment in m3u8.loads(text).segments]
    return [(part.uri, part.duration) for some in parts for part in some[:-1] if part.duration < least]


def test_once_a_frame_was_longer_than_any_before_parts_are_new(studio, forge, tracks):
    """What is told of parts grows with it, and the shorter ones are listed no more once their segment is whole."""
    stage = studio(("v", "source", "audio"), part=PART, segment=2.0)
    samples = forge.samples([90_000 if number == 130 else 3000 for number in range(400)], keys=lambda at: at % 60 == 0)
    own = forge.record(forge.init(), forge.stream(forge.track(), samples, every=1))
    stage.play({**tracks, "source": own}, until=9.9)
    text = stage.text("source/playlist.m3u8")

    assert (1.0, []) == (float(re.search(r"PART-TARGET=([0-9.]+)", text)[1]), short_parts(text))


@pytest.mark.parametrize("rates", [(30, 4), (4, 30)], ids=["slower", "faster"])
def test_whatever_an_encoder_returns_with_no_part_is_short_that_is_listed(studio, forge, tracks, rates):
    """Parts of a former run, and of this one, last 85 % of the one target that is told now (8216bis, 4.4.4.9)."""
    stage, short = studio(("v", "source", "audio"), part=PART, segment=2.0), []
    put_text = stage.shelf.put_text

    def look(name, text):
        put_text(name, text)
        if name == "source/playlist.m3u8":
            short.extend(short_parts(text))

    stage.shelf.put_text = look
    for rate in rates:
        samples = forge.samples([90_000 // rate] * 8 * rate, keys=lambda number, gop=2 * rate: number % gop == 0)
        own = forge.record(forge.init(), forge.stream(forge.track(), samples, every=1))
        stage.play({**tracks, "source": own}, until=7.9)
        stage.packager.flush()

    assert [] == short


def test_an_encoder_that_returns_goes_on_with_new_parts_after_a_discontinuity(fast, tracks):
    stage = fast()
    stage.play(tracks, until=2.5)
    stage.packager.flush()
    stage.play(tracks, until=1.0)
    text = stage.text("180p/playlist.m3u8")
    numbers = [int(number) for number in re.findall(r"EXT-X-PART:[^\n]*part-(\d+)", text)]
    assert list(range(numbers[0], 18)) == numbers
    assert 1 == text.count("#EXT-X-DISCONTINUITY\n")
    assert text.index("#EXT-X-DISCONTINUITY\n") < text.index("b1-init-1.mp4") < text.index("part-13")


def test_dash_beside_transport_stream_parts_has_segments_alone(fast, tracks):
    stage = fast(hls="mpegts", dash=DASH)
    stage.play(tracks, until=2.5)
    assert [] == stage.files("180p/*part*")
    assert ["b1-0.m4s", "b1-1.m4s"] == stage.files("180p/b1-?.m4s")
