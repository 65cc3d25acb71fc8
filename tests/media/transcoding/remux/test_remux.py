"""Tags in, fragments out: what an encoder sent comes out again, in order and in time."""

import io
import struct
import subprocess
from itertools import pairwise

import av
import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats import flv
from offair.emulator.media.formats.boxes import MalformedMediaError, Splitter
from offair.emulator.media.formats.flv import Facts, Tag, TagKind
from offair.emulator.media.formats.samples import read_fragment
from offair.emulator.media.formats.tracks import read_track
from offair.emulator.media.transcoding.remux.remux import Remux, can_remux

SPS = bytes.fromhex("6742c00dd90141fb0110000003001000000303c0f14992")  # 320x180
AVCC = b"\x01" + SPS[1:4] + b"\xff\xe1" + struct.pack(">H", len(SPS)) + SPS + bytes.fromhex("01000468cb8cb2")
VIDEO_HEADER = Tag(TagKind.VIDEO, 0, b"\x17\0\0\0\0" + AVCC)
AUDIO_HEADER = Tag(TagKind.AUDIO, 0, bytes.fromhex("af001190"))  # AAC-LC, 48 kHz, stereo
HEADERS = [VIDEO_HEADER, AUDIO_HEADER]


def picture(at, *, is_key=False, offset=0, content=b"\0\0\0\1x"):
    head = bytes((0x17 if is_key else 0x27, 1)) + offset.to_bytes(3, "big", signed=True)
    return Tag(TagKind.VIDEO, at, head + content)


def sound(at, content=b"frame"):
    return Tag(TagKind.AUDIO, at, b"\xaf\x01" + content)


def remux(tags, *, seconds=0.5):
    """Give each track's samples, and how they were cut: the number of samples of each fragment."""
    machine, streams = Remux(seconds), {TagKind.VIDEO: b"", TagKind.AUDIO: b""}
    outputs = [machine.push(tag) for tag in [*HEADERS, *tags]] + [machine.end()]
    for output in outputs:
        for kind, content in output.items():
            streams[kind] += content
    samples, cuts = {}, {}
    for kind, content in streams.items():
        pieces = Splitter().push(content)
        fragments = [read_fragment(read_track(pieces[0].content), piece.content) for piece in pieces[1:]]
        samples[kind] = [sample for fragment in fragments for sample in fragment.samples]
        cuts[kind] = [len(fragment.samples) for fragment in fragments]
    return samples, cuts


def interleaved(seconds, *, rate=30, key_every=30):
    pictures = [picture(round(n * 1000 / rate), is_key=n % key_every == 0) for n in range(seconds * rate)]
    sounds = [sound(n * 1024 * 1000 // 48_000) for n in range(seconds * 48_000 // 1024)]
    return sorted(pictures + sounds, key=lambda tag: tag.timestamp)


@given(steps=st.lists(st.integers(0, 200), min_size=1, max_size=60), seconds=st.sampled_from([0.0, 0.5]))
def test_every_picture_comes_out_once_and_lasts_until_the_next(steps, seconds):
    times = [sum(steps[:at]) for at in range(len(steps))]
    tags = [picture(at, is_key=not n % 7, content=n.to_bytes(4)) for n, at in enumerate(times)]
    samples, _ = remux([*tags, sound(0)], seconds=seconds)
    pictures = samples[TagKind.VIDEO]
    assert [n.to_bytes(4) for n in range(len(tags))] == [bytes(sample.content) for sample in pictures]
    assert all(a.dts + a.duration == b.dts for a, b in pairwise(pictures))
    assert [not n % 7 for n in range(len(tags))] == [sample.is_sync for sample in pictures]


def test_pictures_that_are_shown_in_another_order_keep_it():
    offsets = [40, 120, 0, 40]
    tags = [picture(40 * n, is_key=n == 0, offset=offset) for n, offset in enumerate(offsets)]
    samples, _ = remux([*tags, sound(0)])
    assert [90 * (40 * n + offset) for n, offset in enumerate(offsets)] == [s.pts for s in samples[TagKind.VIDEO]]


@given(jitter=st.lists(st.integers(-10, 10), min_size=2, max_size=80))
def test_sound_whose_times_are_rounded_is_laid_end_to_end(jitter):
    tags = [sound(100 + max(n * 1024 * 1000 // 48_000 + shake, 0)) for n, shake in enumerate(jitter)]
    samples, _ = remux([picture(100, is_key=True), *tags])
    assert {1024} == {sample.duration for sample in samples[TagKind.AUDIO]}


def test_a_hole_in_the_sound_stays_a_hole():
    samples, _ = remux([picture(0, is_key=True), sound(0), sound(21), sound(521), sound(542)])
    starts = [sample.dts / 48_000 for sample in samples[TagKind.AUDIO]]
    assert [0, 0.021, 0.521, 0.542] == pytest.approx(starts, abs=0.002)


def test_times_count_from_the_first_tag_for_both():
    samples, _ = remux([picture(5_000, is_key=True), sound(5_040), picture(5_033)])
    first = {kind: found[0].dts / (90_000 if kind is TagKind.VIDEO else 48_000) for kind, found in samples.items()}
    assert {TagKind.VIDEO: 0, TagKind.AUDIO: pytest.approx(0.04, abs=0.001)} == first


def test_times_go_on_where_timestamps_wrap_at_32_bits():
    samples, _ = remux([picture((1 << 32) - 40, is_key=True), sound((1 << 32) - 21), picture(0), sound(2), picture(40)])
    first = {kind: [sample.dts for sample in found] for kind, found in samples.items()}
    assert {TagKind.VIDEO: [0, 3600, 7200], TagKind.AUDIO: [912, 1936]} == first


def test_a_time_that_goes_back_is_held_at_the_one_before():
    samples, _ = remux([picture(100, is_key=True), picture(90), picture(133), sound(100)])
    times = [sample.dts for sample in samples[TagKind.VIDEO]]
    assert sorted(set(times)) == times


def test_a_key_frame_is_in_a_fragment_of_its_own_at_once():
    """So the segment before it can close without waiting for half a second of pictures."""
    _, cuts = remux(interleaved(2))
    assert [1, 15, 14] * 2 == cuts[TagKind.VIDEO]


def test_for_parts_every_picture_is_a_fragment():
    _, cuts = remux(interleaved(1), seconds=0.0)
    assert {1} == set(cuts[TagKind.VIDEO])


def test_sound_is_cut_when_its_picture_is():
    _, cuts = remux(interleaved(2))
    assert len(cuts[TagKind.VIDEO]) >= len(cuts[TagKind.AUDIO]) >= 4


@pytest.mark.parametrize("record", [b"", b"\x01", AVCC[:9], b"\x01\x42\xc0\x0d\xff\xe0\0"])
def test_a_sequence_header_that_says_nothing_sensible_is_named(record):
    with pytest.raises(MalformedMediaError):
        Remux(0.5).push(Tag(TagKind.VIDEO, 0, b"\x17\0\0\0\0" + record))


def test_a_picture_that_is_too_large_for_an_mp4_is_named():
    """Found by fuzzing: two bytes of a good header changed."""
    record = bytes.fromhex(
        "0101600000009000000000001ef000fcfdf8f800000f03200001001840010c01ffff01600000030090000003000003001e959409210001002942"
        "010101600000020000000000000003001ea042085965654a4c2f016808800003000800000300504022000100064401c073c089"
    )
    with pytest.raises(MalformedMediaError, match="claims pictures of"):
        Remux(0.5).push(Tag(TagKind.VIDEO, 0, b"\x90hvc1" + record))


@pytest.mark.parametrize(
    ("video", "audio", "expected"),
    [
        ("avc1", "mp4a", True),
        ("hvc1", None, True),
        (None, "mp4a", True),
        ("av01", "mp4a", False),
        ("avc1", "mp3", False),
    ],
)
def test_what_can_pass_through_without_a_transcoder(video, audio, expected):
    assert expected == can_remux(Facts(video=video, audio=audio))


RECIPES = {
    "h264": ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0"],
    "reordered": ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2"],
    "h265": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"],
}


@pytest.mark.media
@pytest.mark.parametrize("recipe", RECIPES)
def test_what_comes_out_decodes_to_what_went_in(recipe, tmp_path):
    clip = tmp_path / "clip.flv"
    making = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=3"]
    making += ["-f", "lavfi", "-i", "sine=r=44100:d=3", *RECIPES[recipe], "-c:a", "aac", str(clip)]
    subprocess.run(making, check=True, timeout=60)
    machine, streams = Remux(0.5), {TagKind.VIDEO: b"", TagKind.AUDIO: b""}
    for output in [*map(machine.push, flv.read(clip.read_bytes())), machine.end()]:
        for kind, content in output.items():
            streams[kind] += content
    for kind, name in ((TagKind.VIDEO, "video"), (TagKind.AUDIO, "audio")):
        assert decoded(str(clip), name) == decoded(io.BytesIO(streams[kind]), name)


def decoded(source, kind):
    """Decode every frame: how many there are, how long they last together, and how large the pictures are."""
    with av.open(source) as container:
        frames = list(container.decode(next(stream for stream in container.streams if stream.type == kind)))
        times = [float(frame.pts * frame.time_base) for frame in frames]
        size = (frames[0].width, frames[0].height) if kind == "video" else frames[0].sample_rate
        return len(frames), round(max(times) - min(times), 1), size
