"""An encoder that changes its mind in the middle: another picture size, another codec, a clock that leaps or wraps."""

import subprocess
from collections import Counter
from io import BytesIO
from itertools import groupby
from pathlib import Path
from urllib.parse import urljoin

import imageio_ffmpeg
import pytest

from offair.emulator.media.formats import flv

pytestmark = pytest.mark.media
SECONDS = 2
FPS = 24
WHEEL = imageio_ffmpeg.get_ffmpeg_exe()
TEST_PICTURE = f"testsrc2=s=640x360:r={FPS}:d={SECONDS}"
BIGGER = ["-f", "lavfi", "-i", TEST_PICTURE, "-f", "lavfi", "-i", f"sine=r=48000:d={SECONDS}"]
AAC = ["-c:a", "aac", "-b:a", "64k", "-ac", "2"]
QUICK = ["-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "12"]
CODECS = {
    "h264": ["-c:v", "libx264", *QUICK],
    "hevc": ["-c:v", "libx265", *QUICK, "-x265-params", "log-level=none:keyint=12"],
}


@pytest.fixture(scope="module", name="tags")
def _tags(clips, tmp_path_factory):
    """Two seconds of the clip at 320x180, and of other pictures at 640x360, each with its metadata and headers."""
    folder = tmp_path_factory.mktemp("changes")
    made = {"small": [tag for tag in flv.read(clips["both"].read_bytes()) if tag.timestamp < SECONDS * 1000]}
    for name, codec in CODECS.items():
        path = folder / f"{name}.flv"
        subprocess.run([WHEEL, "-v", "error", "-nostdin", *BIGGER, *codec, *AAC, str(path)], check=True, timeout=60)
        made[name] = flv.read(path.read_bytes())
    return made


@pytest.fixture(name="play")
def _play(stand_in, customers, body, push, player):
    """Publish series of tags to a passthrough stream; gives the runs of the playlist, each as its pictures' sizes."""
    customer = customers(stand_in(media_profile="passthrough", ffmpeg=Path(WHEEL)))
    packaging = {"hls": {"segment_format": "fmp4", "playlist_size": 20}}

    def play(*series):
        stream = customer.create(body(packaging=packaging, output_protocols=["hls"]))
        push(customer.url(stream), *series)
        customer.until(stream, "idle")
        (variant,) = player.variants(stream["playback"]["hls"])
        playlist = player.playlist(variant)
        runs = [list(segments) for _, segments in groupby(playlist.segments, key=lambda one: one.init_section.uri)]
        starts = [number for number, one in enumerate(playlist.segments) if one.discontinuity]
        assert len(runs) - 1 == len(starts), player.text(variant)
        assert len(series) * SECONDS == pytest.approx(sum(one.duration for one in playlist.segments), abs=0.2)
        return [dict(Counter(_sizes(player, variant, segments))) for segments in runs]

    return play


def _sizes(player, variant, segments):
    urls = [segments[0].init_section.uri, *(segment.uri for segment in segments)]
    content = b"".join(player.fetch(urljoin(variant, url)).content for url in urls)
    return [(frame.width, frame.height) for frame in player.frames(BytesIO(content), "video", most=1000)]


def shifted(tags, milliseconds):
    return [tag._replace(timestamp=(tag.timestamp + milliseconds) % (1 << 32)) for tag in tags]


SMALL, BIG = {(320, 180): FPS * SECONDS}, {(640, 360): FPS * SECONDS}
TWICE = {(320, 180): 2 * FPS * SECONDS}


def test_another_picture_size_begins_a_new_run(play, tags):
    assert [SMALL, BIG] == play(tags["small"], shifted(tags["h264"], SECONDS * 1000))


def test_another_codec_begins_a_new_run(play, tags):
    assert [SMALL, BIG] == play(tags["small"], shifted(tags["hevc"], SECONDS * 1000))


def test_the_same_headers_again_change_nothing(play, tags):
    assert [TWICE] == play(tags["small"], shifted(tags["small"], SECONDS * 1000))


@pytest.mark.parametrize("milliseconds", [-SECONDS * 1000, 3_600_000], ids=["back", "an hour ahead"])
def test_a_leap_in_time_begins_a_new_run(play, tags, milliseconds):
    assert [SMALL, SMALL] == play(shifted(tags["small"], 10_000), shifted(tags["small"], 10_000 + milliseconds))


def test_a_clock_that_wraps_changes_nothing(play, tags):
    start = (1 << 32) - SECONDS * 1000

    assert [TWICE] == play(shifted(tags["small"], start), shifted(tags["small"], 0))


def test_hevc_in_enhanced_rtmp_is_transcoded_to_what_was_asked_for(stand_in, customers, body, push, player, tags):
    customer = customers(stand_in(media_profile="light", ffmpeg=Path(WHEEL)))
    stream = customer.create(body())
    push(customer.url(stream), tags["hevc"])
    customer.until(stream, "idle")

    entry = player.playlist(stream["playback"]["hls"]).playlists[0]
    (variant,) = player.variants(stream["playback"]["hls"])
    assert ("avc1", 24) == (entry.stream_info.codecs[:4], len(player.frames(variant, "video")))
