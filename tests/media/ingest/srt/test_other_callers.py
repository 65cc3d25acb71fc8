"""Callers besides the wheel's ffmpeg, each over a network that loses three packets of a hundred."""

import subprocess

import imageio_ffmpeg
import needing
import pytest
from lossy import ENOUGH

PATIENCE = 30.0
STREAM_ID = "#!::m=publish,r=live/key"
WHEEL = imageio_ffmpeg.get_ffmpeg_exe()

pytestmark = pytest.mark.media


def paced(program, clip, *target) -> list[str]:
    """Send the clip as fast as it plays, again and again: who ends sends nothing again."""
    source = ["-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(clip)]
    return [program, *source, "-c", "copy", "-f", "mpegts", *target]


def ffmpeg(clip, port) -> list[str]:
    return paced("/usr/bin/ffmpeg", clip, f"srt://127.0.0.1:{port}?latency=6000000&streamid={STREAM_ID}")


def srt_live_transmit(_clip, port) -> list[str]:
    options = ["-q", "-loglevel:error", "-chunk:1316", "-a:no"]
    return ["srt-live-transmit", *options, "file://con", f"srt://127.0.0.1:{port}?latency=6000&streamid={STREAM_ID}"]


def gstreamer(_clip, port) -> list[str]:
    sink = ["srtsink", f"uri=srt://127.0.0.1:{port}?mode=caller", f"streamid={STREAM_ID}", "latency=6000", "sync=false"]
    return ["gst-launch-1.0", "-q", "fdsrc", "fd=0", "!", "tsparse", "alignment=7", "!", *sink]


@pytest.mark.parametrize(
    ("caller", "reads"),
    [
        pytest.param(ffmpeg, False, marks=needing.program("/usr/bin/ffmpeg")),
        pytest.param(srt_live_transmit, True, marks=needing.program("srt-live-transmit")),
        pytest.param(gstreamer, True, marks=needing.program("gst-launch-1.0")),
    ],
)
def test_every_packet_of_every_caller_arrives_over_a_lossy_network(door, network, clip, caller, reads):
    way = network(loss=0.03)
    source = subprocess.Popen(paced(WHEEL, clip, "pipe:1"), stdout=subprocess.PIPE) if reads else None
    with subprocess.Popen(caller(clip, way.port), stdin=source.stdout if source else subprocess.DEVNULL) as calling:
        if source:
            source.stdout.close()
        try:
            received = door.desks.get(timeout=PATIENCE).first(ENOUGH)
        finally:
            calling.kill()
            if source:
                source.kill()
                source.wait(PATIENCE)

    assert way.lost > 5
    assert way.carried.startswith(received)
    knock = door.knocks.get_nowait()
    assert ("live", "key") == (knock.app, knock.name)


@needing.program("srt-live-transmit")
def test_a_refused_caller_hears_the_code(edge):
    argv = ["srt-live-transmit", "-a:no", "file://con", f"srt://127.0.0.1:{edge.srt_port}?streamid=live/nobody"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as calling:
        try:
            calling.wait(PATIENCE)
        finally:
            calling.kill()
        said = calling.stderr.read()

    assert b"Application-defined rejection reason" in said
