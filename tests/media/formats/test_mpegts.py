"""What the gate for MPEG-TS knows, and what it lets through."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.formats.mpegts import (
    MOST_HELD,
    MOST_PICTURES,
    NotMpegTsError,
    TsGate,
)
from offair.emulator.media.formats.ts import AUDIO_PID, OFFSET, VIDEO_PID, Multiplexer, Unit
from offair.emulator.media.formats.ts_packets import begins_picture, first_key, is_key, pid_of, timestamp
from offair.emulator.media.transcoding.ffmpeg import choose

PICTURE = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=1"]
TONE = ["-f", "lavfi", "-i", "sine=d=1"]


@pytest.fixture(scope="session", name="made")
def _made():
    """A second of MPEG-TS with both tracks, one with each alone."""

    def make(*inputs):
        codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-f", "mpegts", "-"]
        return subprocess.run([choose(None), "-v", "error", *inputs, *codecs], capture_output=True, check=True).stdout

    return {"both": make(*PICTURE, *TONE), "picture": make(*PICTURE), "tone": make(*TONE)}


@pytest.mark.media
@pytest.mark.parametrize(
    ("which", "facts"),
    [("both", Facts(video="avc1", audio="mp4a")), ("picture", Facts(video="avc1")), ("tone", Facts(audio="mp4a"))],
)
def test_the_program_map_tells_the_tracks(made, which, facts):
    gate = TsGate()
    gate.push(made[which])

    assert facts == gate.facts


@pytest.mark.media
@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, 20_000), max_size=12))
def test_nothing_is_lost_however_it_comes(made, cuts):
    content, gate, passed, start = made["both"], TsGate(), b"", 0
    for cut in sorted(cuts):
        passed += gate.push(content[start:cut]) if cut > start else b""
        start = max(start, cut)
    passed += gate.push(content[start:])

    assert content == passed


@pytest.mark.media
def test_rubbish_before_the_first_packet_is_skipped(made):
    assert made["both"] == TsGate().push(b"\x00\x01\x02" + made["both"])


@pytest.mark.media
def test_a_new_ffmpeg_starts_at_a_program_map(made):
    gate = TsGate()
    gate.push(made["both"])
    gate.rejoin()
    middle = len(made["both"]) // 188 // 2 * 188
    passed = gate.push(made["both"][middle:] + made["both"])

    assert (Facts(video="avc1", audio="mp4a"), 0x47) == (gate.facts, passed[0])


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_hostile_bytes_are_held_or_refused(pieces):
    gate = TsGate()
    for piece in pieces:
        gate.push(piece)

    assert len(gate._held) <= MOST_HELD


def test_a_flood_without_a_program_map_is_refused():
    gate = TsGate()
    with pytest.raises(NotMpegTsError, match="MPEG-TS"):
        gate.push(b"\x47" + bytes(MOST_HELD + 188))


@pytest.mark.media
def test_whoever_joins_between_key_frames_begins_at_the_next_with_the_tables(made):
    content = made["both"]
    pictures = [at for at in range(0, len(content), 188) if begins_picture(content[at : at + 188])]
    tables = content[:564]  # the service's name, the program association, the program map
    middle = content[pictures[1] :] + content
    passed = TsGate().push(tables + middle)

    assert (tables[188:], first_key(middle)) == (passed[:376], len(middle) - len(passed) + 376)


@pytest.mark.media
def test_a_stream_that_marks_no_key_frame_is_let_through_in_the_end(made):
    content = bytearray(made["picture"])
    for at in range(0, len(content), 188):
        if begins_picture(content[at : at + 188]) and is_key(content[at : at + 188]):
            content[at + 5] &= ~0x40
    gate = TsGate()

    assert any(gate.push(bytes(content)) for _ in range(MOST_PICTURES))


def test_a_timestamp_is_read_as_it_was_written():
    pts = 0x1_2345_6789
    field = bytes(
        (0x21 | pts >> 29 & 0x0E, pts >> 22 & 0xFF, pts >> 14 & 0xFE | 1, pts >> 7 & 0xFF, pts << 1 & 0xFE | 1)
    )
    packet = b"\x47\x41\x00\x10\0\0\1\xe0\0\0\x80\x80\x05" + field

    assert (pts, None) == (timestamp(packet.ljust(188, b"\xff")), timestamp(b"\x47\x01\x00\x10".ljust(188, b"\0")))


@pytest.mark.media
def test_sound_that_comes_long_before_the_first_picture_is_left_out(made):
    """The first second has no picture: its tables and sound, then everything, a second later."""
    inputs = [
        "-itsoffset",
        "1",
        "-f",
        "mpegts",
        "-i",
        "-",
        "-f",
        "lavfi",
        "-i",
        "sine=d=3",
        "-map",
        "0:v",
        "-map",
        "1:a",
    ]
    argv = [choose(None), "-v", "error", *inputs, "-c:v", "copy", "-c:a", "aac", "-f", "mpegts", "-"]
    late = subprocess.run(argv, input=made["picture"], capture_output=True, check=True).stdout
    passed = TsGate().push(late)

    assert (376, first_key(late)) == (first_key(passed), len(late) - len(passed) + 376)


@pytest.mark.parametrize(
    ("rate", "sound_from", "held"),
    [(25, 0.0, 0.08), (1, 0.0, 2.0), (25, 2.0, 2.04), (25, 9.0, 5.0)],
    ids=["as usual", "a picture a second", "sound that comes late", "sound that does not come"],
)
def test_everything_is_held_until_an_ffmpeg_can_know_every_track(rate, sound_from, held):
    """It would give up on a track that it has read nothing whole of; five seconds are waited for one that is slow."""
    muxer, gate, passed, number = Multiplexer("h264", "aac", {}), TsGate(), b"", -1
    while not passed:
        number += 1
        time = number * 3600
        pictures = [Unit(time, time, not number, b"\0\0\1\x65" + bytes(50))] if number % (25 // rate) == 0 else []
        sounds = [Unit(time, time, is_sync=True, content=bytes.fromhex("fff14c40") + bytes(50))]
        passed = gate.push(muxer.segment(pictures, sounds if number >= sound_from * 25 else []))

    assert (held, pytest.approx(held, abs=0.05)) == (number / 25, gate.probing.seconds)


def _follow(files, size):
    """Feed files one after another, and tell what each run got."""
    content, gate, runs = b"".join(files), TsGate(), [b""]
    for at in range(0, len(content), size):
        piece = content[at : at + size]
        if gate.breaks_off(piece):
            gate.rejoin()
            runs.append(b"")
        runs[-1] += gate.push(piece)
    return runs


@pytest.fixture(scope="session", name="sizes")
def _sizes():
    """Two seconds of pictures and sound in two sizes, by codec, with time that goes on from one to the other."""

    def make(codec, size, offset):
        inputs = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2"]
        coding = ["-c:v", codec, "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-output_ts_offset", str(offset)]
        argv = [choose(None), "-v", "error", *inputs, *coding, "-f", "mpegts", "-"]
        return subprocess.run(argv, capture_output=True, check=True).stdout

    return {codec: (make(codec, "320x180", 0), make(codec, "480x270", 2)) for codec in ("libx264", "libx265")}


@pytest.mark.media
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("size", [1316, 188, 1000, 8192])
def test_another_size_of_pictures_in_the_stream_begins_another_run_at_its_key_frame(sizes, codec, size):
    first, second = sizes[codec]
    runs = _follow([first, second], size)

    assert 2 == len(runs)
    assert first_key(runs[1]) is not None
    assert timestamp(runs[1][first_key(runs[1]) :][:188]) == timestamp(second[first_key(second) :][:188])


@pytest.mark.media
def test_a_file_that_comes_again_begins_another_run_as_its_time_leaps(sizes):
    first, _ = sizes["libx264"]

    assert 3 == len(_follow([first] * 3, 1316))


@pytest.mark.media
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_what_goes_on_as_it_began_is_one_run(sizes, codec):
    first, _ = sizes[codec]

    assert [first] == _follow([first], 1316)


TURN, RATE = 50, 3600  # the picture at which all changes, and ticks between two


def _turning(lag, *, sound_turns=True, clock_apart=0):
    """Four seconds whose pictures, and sound, are others from the third second on; the sound comes ``lag`` later."""
    muxer, content = Multiplexer("h264", "aac", {}), b""
    for number in range(100):
        is_key, time = number % 25 == 0, number * RATE
        sets = b"\0\0\1\x67" + (b"small" if number < TURN else b"large") + b"\0\0\1\x68set\0\0\1\x65"
        picture = Unit(time, time, is_key, (sets if is_key else b"\0\0\1\x41") + bytes(300))
        heard = number - round(lag * 25)
        head = bytes.fromhex("fff14c40" if heard < TURN or not sound_turns else "fff15c80")
        time = heard * RATE + clock_apart
        sound = Unit(time, time, is_sync=True, content=head + bytes(100))
        content += muxer.segment([picture], [sound] if heard >= 0 else [])
    return content


def _times(run, pid):
    packets = (run[at : at + 188] for at in range(0, len(run), 188))
    return [time for packet in packets if pid_of(packet) == pid and (time := timestamp(packet)) is not None]


@pytest.mark.parametrize("lag", [0.6, 0.2, 0, -0.2, -0.6])
@pytest.mark.parametrize("size", [1316, 188, 8192])
def test_pictures_and_sound_that_change_together_and_come_apart_begin_one_run(lag, size):
    runs = _follow([_turning(lag)], size)
    pictures, sounds = (_times(runs[-1], pid) for pid in (VIDEO_PID, AUDIO_PID))

    assert 2 == len(runs)
    assert (pictures[0], True) == (TURN * RATE + OFFSET, pictures[0] <= sounds[0])


@pytest.mark.parametrize("apart", [0, 3600 * 90_000])
def test_sound_that_goes_on_is_heard_from_the_moment_at_which_the_pictures_change(apart):
    runs = _follow([_turning(0.2, sound_turns=False, clock_apart=apart)], 1316)
    late = 0 if apart == 0 else 5  # sound on a clock of its own cannot be told to be older
    sounds = _times(runs[1], AUDIO_PID)

    assert 2 == len(runs)
    begin = (TURN - late) * RATE + OFFSET + apart
    assert [begin + number * RATE for number in range(len(sounds))] == sounds
