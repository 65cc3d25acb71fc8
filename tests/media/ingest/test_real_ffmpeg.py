"""The encoder that most people use: ffmpeg, as the installed wheel brings it."""

import re
import subprocess

import imageio_ffmpeg
import pytest

from offair.emulator.media.formats import flv
from offair.emulator.media.formats.flv import TagKind
from offair.emulator.media.formats.gate import Gate

PATIENCE = 30.0
SOURCE = ["-f", "lavfi", "-i", "testsrc2=size=128x72:rate=10:duration=3", "-f", "lavfi", "-i", "sine=duration=3"]
ENCODE = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-bf", "0", "-c:a", "aac", "-b:a", "32k"]

pytestmark = pytest.mark.media


def ffmpeg(*arguments: str) -> list[str]:
    return [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-loglevel", "warning", *arguments]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.flv"
    subprocess.run(ffmpeg(*SOURCE, *ENCODE, str(path)), check=True, timeout=PATIENCE)
    return path


@pytest.fixture
def publish(edge):
    """Push the clip to a key; ``arguments`` go before the input."""
    running = []

    def start(clip, key, *arguments):
        url = f"rtmp://127.0.0.1:{edge.port}/live/{key}"
        argv = ffmpeg(*arguments, "-i", str(clip), "-c", "copy", "-flvflags", "no_duration_filesize", "-f", "flv", url)
        running.append(subprocess.Popen(argv, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def media(tags):
    return [(tag.kind, tag.timestamp, tag.payload) for tag in tags if tag.kind is not TagKind.SCRIPT]


def test_every_tag_arrives_equal_and_in_order_and_the_exit_is_clean(door, publish, clip):
    process = publish(clip, "key")

    *tags, is_clean = door.desks.get(timeout=PATIENCE).rest()

    assert (0, "") == (process.wait(PATIENCE), process.stderr.read())
    assert media(flv.read(clip.read_bytes())) == media(tags)
    assert is_clean
    assert door.problems.empty()


def test_a_bad_key_ends_ffmpeg_with_the_reason(publish, clip):
    process = publish(clip, "nobody")

    _, printed = process.communicate(timeout=30)

    assert 0 != process.returncode
    assert "invalid stream key" in printed


def test_a_killed_ffmpeg_said_no_goodbye(door, publish, clip):
    process = publish(clip, "key", "-re")
    desk = door.desks.get(timeout=PATIENCE)
    desk.next()
    process.kill()

    assert desk.rest()[-1] is False


def test_a_revoked_ffmpeg_prints_why(door, publish, clip):
    process = publish(clip, "key", "-re", "-stream_loop", "-1")
    desk = door.desks.get(timeout=PATIENCE)
    desk.next()
    desk.connection.close("the stream key was reset")

    _, printed = process.communicate(timeout=PATIENCE)

    assert 0 != process.returncode
    assert "the stream key was reset" in printed
    assert desk.rest()[-1] is False


@pytest.mark.parametrize("rejoins", [False, True])
def test_what_comes_through_the_gate_is_decoded_without_a_complaint(clip, rejoins):
    gate = Gate()
    tags = flv.read(clip.read_bytes())
    out = b"".join(map(gate.push, tags[: len(tags) // 2]))
    if rejoins:
        gate.rejoin()
        out = b""
    out += b"".join(map(gate.push, tags[len(tags) // 2 :]))

    argv = ffmpeg("-f", "flv", "-i", "pipe:0", "-map", "0:v", "-map", "0:a", "-stats", "-f", "null", "-")
    decoded = subprocess.run(argv, input=out, capture_output=True, timeout=PATIENCE, check=True)

    printed = decoded.stderr.decode()
    frames = int(re.findall(r"frame=\s*(\d+)", printed)[-1])
    assert (10 if rejoins else 30) == frames
    assert not re.search(r"error|invalid|no start code", printed, re.IGNORECASE)


@pytest.mark.parametrize(("encoder", "fourcc"), [("libx265", "hvc1"), ("libsvtav1", "av01")])
def test_enhanced_codecs_pass_untouched(door, publish, tmp_path, encoder, fourcc):
    path = tmp_path / "enhanced.mp4"
    codec = ["-c:v", encoder, *(["-tag:v", "hvc1", "-x265-params", "log-level=none"] if encoder == "libx265" else [])]
    subprocess.run(ffmpeg(*SOURCE, *codec, "-c:a", "aac", "-t", "1", str(path)), check=True, timeout=PATIENCE)
    process = publish(path, "key")

    *tags, is_clean = door.desks.get(timeout=PATIENCE).rest()

    process.communicate(timeout=PATIENCE)
    pictures = [tag for tag in tags if tag.kind is TagKind.VIDEO]
    assert is_clean
    assert {fourcc} == {tag.codec for tag in pictures if tag.codec}
    assert pictures[0].is_sequence_header
    assert any(tag.is_keyframe for tag in pictures)
