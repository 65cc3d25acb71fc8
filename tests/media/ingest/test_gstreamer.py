"""GStreamer's two RTMP sinks publish, over TLS too, and hear a refusal."""

import subprocess

import needing
import pytest

from offair.emulator.media.formats.flv import Tag, TagKind

PATIENCE = 30.0
PICTURES, FPS = 10, 10
SHAPE = f"video/x-raw,width=128,height=72,framerate={FPS}/1"
VIDEO = f"videotestsrc num-buffers={PICTURES} ! {SHAPE}"
ENCODERS = {
    "x264enc": "x264enc tune=zerolatency key-int-max=10",  # Debian: gstreamer1.0-plugins-ugly
    "openh264enc": "openh264enc gop-size=10 complexity=low ! h264parse",  # gstreamer1.0-plugins-bad
}
AUDIO = "audiotestsrc num-buffers=40 ! audio/x-raw,rate=44100,channels=1 ! voaacenc"

pytestmark = [
    pytest.mark.media,
    needing.program("gst-launch-1.0"),
]


def has(element: str) -> bool:
    return subprocess.run(["gst-inspect-1.0", "--exists", element], check=False, timeout=PATIENCE).returncode == 0


@pytest.fixture(scope="module", name="publish")
def _publish():
    """Push a second of pictures and sound; what encodes them is whatever is installed."""
    encoder = next((words for element, words in ENCODERS.items() if has(element)), None)
    missing = [element for element in ("voaacenc", "flvmux", "rtmpsink", "rtmp2sink") if not has(element)]
    if encoder is None or missing:
        pytest.skip(f"GStreamer has no {' or '.join(missing or ENCODERS)}")

    def publish(*sink: str) -> subprocess.Popen:
        words = f"flvmux name=mux streamable=true {VIDEO} ! {encoder} ! mux. {AUDIO} ! mux. mux.".split()
        argv = ["gst-launch-1.0", *words, "!", *sink]
        return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    return publish


@pytest.mark.parametrize(("element", "place"), [("rtmpsink", "live/key"), ("rtmp2sink", "live/key?passcode=x")])
def test_every_picture_arrives_and_the_goodbye_is_clean(publish, door, edge, element, place):
    with publish(element, f"location=rtmp://127.0.0.1:{edge.port}/{place}") as process:
        *tags, is_clean = door.desks.get(timeout=PATIENCE).rest()
        process.wait(PATIENCE)

    pictures = [tag for tag in tags if tag.kind is TagKind.VIDEO and tag.payload[1] == 1]
    knock = door.knocks.get_nowait()
    assert (PICTURES, True, True) == (len(pictures), pictures[0].is_keyframe, any(map(is_sound, tags)))
    assert ("key", "passcode=x" * ("?" in place), is_clean) == (knock.name, knock.query, True)
    assert [number * 1000 // FPS for number in range(PICTURES)] == pytest.approx(
        [tag.timestamp - pictures[0].timestamp for tag in pictures], abs=1
    )


def is_sound(tag: Tag) -> bool:
    return tag.kind is TagKind.AUDIO and tag.codec == "mp4a" and not tag.is_sequence_header


@pytest.mark.parametrize(("checks", "is_let_in"), [("validate-all", False), ("bad-identity", True)])
def test_rtmp2sink_publishes_within_tls_if_it_does_not_look_for_the_ca(
    publish, door, open_edge, certificate, checks, is_let_in
):
    edge = open_edge(certificate=certificate.begin)
    location = f"location=rtmps://127.0.0.1:{edge.rtmps_port}/live/key"
    with publish("rtmp2sink", location, f"tls-validation-flags={checks}") as process:
        said = process.communicate(timeout=PATIENCE)[0]

    assert is_let_in == (not door.desks.empty()), said


def test_a_refusal_ends_the_pipeline_with_the_reason(publish, edge):
    with publish("rtmp2sink", f"location=rtmp://127.0.0.1:{edge.port}/live/nobody") as process:
        said = process.communicate(timeout=PATIENCE)[0]

    assert (True, True) == (process.returncode != 0, "invalid stream key" in said)
