"""What an encoder's own bytes say about it."""

import subprocess
from dataclasses import replace

import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.numbers import SourceNumbers
from offair.emulator.media.formats import flv
from offair.emulator.media.formats.flv import Facts, Tag, TagKind
from offair.emulator.media.formats.gate import Gate
from offair.emulator.media.formats.mpegts import TsGate
from offair.emulator.media.formats.ts_packets import PACKET
from offair.emulator.media.listening.numbers.rate import WINDOW
from offair.emulator.media.listening.numbers.source import SourceMeter

SECONDS, FPS = 3, 24
KEY_FRAME_SECONDS = 1.0
PICTURE = ["-f", "lavfi", "-i", f"testsrc2=s=320x180:r={FPS}:d={SECONDS}"]
TONE = ["-f", "lavfi", "-i", f"sine=r=44100:d={SECONDS}"]
CODED = {
    "avc1": ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "24"],
    "hvc1": ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-x265-params", "log-level=error"],
}
SOUND = ["-c:a", "aac", "-ac", "1"]


@pytest.fixture(scope="module", name="encoded")
def _encoded():
    """Three seconds of picture and sound, by codec and container; both as an encoder sends them."""

    def encode(codec, container):
        argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", *PICTURE, *TONE, *CODED[codec], *SOUND]
        return subprocess.run([*argv, "-f", container, "-"], check=True, capture_output=True, timeout=30).stdout

    return {(codec, container): encode(codec, container) for codec in CODED for container in ("flv", "mpegts")}


@pytest.fixture(name="meter")
def _meter(hand):
    return SourceMeter(hand)


def _send_flv(meter, hand, content):
    gate = Gate()
    for tag in flv.read(content):
        gate.push(tag)
        hand.now = max(hand.now, 100 + tag.timestamp / 1000)
        meter.take_tags([tag])
    return meter.numbers(gate.facts, is_connected=True)


def _send_ts(meter, hand, content, *, piece=7 * PACKET):
    gate = TsGate()
    for at in range(0, len(content), piece):
        hand.now = 100 + SECONDS * at / len(content)
        meter.take_packets(gate.push(content[at : at + piece]), gate)
    return meter.numbers(gate.facts, is_connected=True)


SEND = {"flv": _send_flv, "mpegts": _send_ts}


@pytest.mark.media
@pytest.mark.parametrize("codec", CODED)
@pytest.mark.parametrize("container", SEND)
def test_codec_size_and_sound_come_from_the_bytes(meter, hand, encoded, codec, container):
    seen = SEND[container](meter, hand, encoded[codec, container])

    assert (codec, 320, 180) == (seen.video_codec, seen.width, seen.height)
    assert ("mp4a", 44_100, 1) == (seen.audio_codec, seen.sample_rate, seen.channels)


@pytest.mark.media
@pytest.mark.parametrize("codec", CODED)
@pytest.mark.parametrize("container", SEND)
def test_every_picture_is_counted_once(meter, hand, encoded, codec, container):
    seen = SEND[container](meter, hand, encoded[codec, container])

    assert (SECONDS * FPS, pytest.approx(FPS, rel=0.1)) == (seen.frames, seen.fps)


@pytest.mark.media
@pytest.mark.parametrize("container", SEND)
def test_the_bitrate_is_that_of_the_bytes(meter, hand, encoded, container):
    content = encoded["avc1", container]
    seen = SEND[container](meter, hand, content)

    assert len(content) * 8 / SECONDS == pytest.approx(seen.bitrate, rel=0.1)
    assert len(content) == pytest.approx(seen.bytes, rel=0.05)


@pytest.mark.media
@pytest.mark.parametrize("container", SEND)
def test_key_frames_are_as_far_apart_as_the_encoder_makes_them(meter, hand, encoded, container):
    seen = SEND[container](meter, hand, encoded["avc1", container])

    assert KEY_FRAME_SECONDS == seen.key_frame_seconds


@pytest.mark.media
def test_how_packets_were_split_makes_no_difference(hand, encoded):
    content = encoded["avc1", "mpegts"]
    seen = [_send_ts(SourceMeter(hand), hand, content, piece=piece) for piece in (PACKET, 1000, 60_000)]

    assert 1 == len({replace(numbers, fps=0.0, bitrate=0) for numbers in seen})


def test_an_encoder_that_stalls_has_no_rate(meter, hand):
    for _ in range(100):
        hand.now += 0.04
        meter.take_tags([Tag(TagKind.VIDEO, 0, b"\x27\x01" + bytes(100))])
    hand.now += 6

    seen = meter.numbers(Facts(video="avc1"), is_connected=True)
    assert (0.0, 0, 100) == (seen.fps, seen.bitrate, seen.frames)


def test_nothing_is_known_before_anything_came(meter):
    assert SourceNumbers(is_connected=False, fps=0.0, bitrate=0, frames=0, bytes=0) == meter.numbers(
        Facts(), is_connected=False
    )


def test_opus_says_how_many_channels_it_has(meter):
    meter.take_tags([Tag(TagKind.AUDIO, 0, b"\x90OpusOpusHead" + bytes((1, 2, 56, 1)) + bytes(7))])
    numbers = meter.numbers(Facts(audio="Opus", is_enhanced=True), is_connected=True)

    assert (48_000, 2) == (numbers.sample_rate, numbers.channels)


@given(st.lists(st.tuples(st.sampled_from(TagKind), st.binary(max_size=40)), max_size=10))
def test_rubbish_in_tags_is_left_unknown(tags):
    meter = SourceMeter(lambda: 0.0)
    for kind, payload in tags:
        meter.take_tags([Tag(kind, 0, payload)])

    assert sum(len(payload) for _, payload in tags) == meter.numbers(Facts(), is_connected=True).bytes


@given(st.lists(st.binary(min_size=PACKET - 4, max_size=PACKET - 4), max_size=8), st.sampled_from(["avc1", "hvc1"]))
def test_rubbish_in_packets_is_left_unknown(payloads, codec):
    meter, gate = SourceMeter(lambda: 0.0), TsGate()
    gate.video_pid, gate.audio_pid, gate.facts = 0x100, 0x101, Facts(video=codec, audio="mp4a")
    heads = (b"\x47\x41\x00\x30", b"\x47\x41\x01\x30", b"\x47\x41\x00\x10", b"\x47\x01\x00\x10")
    packets = b"".join(heads[at % 4] + payload for at, payload in enumerate(payloads))
    meter.take_packets(packets, gate)

    assert len(packets) == meter.numbers(gate.facts, is_connected=True).bytes


def test_stuffing_and_tables_are_neither_pictures_nor_sound(meter, encoded):
    gate = TsGate()
    packets = gate.push(encoded["avc1", "mpegts"])
    tables, stuffing = packets[: 3 * PACKET], (b"\x47\x1f\xff\x10" + bytes(184)) * 7

    assert [True, False, False] == [meter.take_packets(some, gate) for some in (packets, tables, stuffing)]


def test_what_describes_media_is_neither_a_picture_nor_a_sound(meter):
    tags = [
        Tag(TagKind.SCRIPT, 0, b""),
        Tag(TagKind.AUDIO, 0, b"\xaf\x00\x12\x10"),
        Tag(TagKind.AUDIO, 0, b"\xaf\x01!"),
    ]

    assert [False, False, True] == [meter.take_tags([tag]) for tag in tags]


def test_where_no_bytes_came_there_were_no_frames_however_long_it_takes_to_look():
    """Found on a busy machine: the window's end came between the two rates."""
    now, step = 0.0, 0.0

    def monotonic() -> float:
        nonlocal now
        now += step
        return now

    meter = SourceMeter(monotonic)
    for at in (0.0, 0.5):
        now = at
        meter.take_tags([Tag(TagKind.VIDEO, round(at * 1000), b"\x27\x01" + bytes(100))])
    now, step = WINDOW - 0.03, 0.02
    seen = meter.numbers(Facts(video="avc1"), is_connected=False)

    assert (True, 0.0) == (seen.bitrate > 0, seen.fps)
