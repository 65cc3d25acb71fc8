import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.boxes import MalformedMediaError, UnsupportedMediaError, box


def hevc(profile):
    config = b"\1" + profile + bytes(8) + b"\x03\x01\x21\0\1\0\2\x42\1"
    return box(b"hvc1", bytes(24), struct.pack(">HH", 640, 360), bytes(50), box(b"hvcC", config))


def aac(specific):
    decoder = b"\x40\x15" + bytes(11) + b"\x05" + bytes((len(specific),)) + specific
    descriptor = b"\0\1\0\x04\x80\x80\x80" + bytes((len(decoder),)) + decoder
    esds = box(b"esds", bytes(4), b"\x03\x80\x80\x80" + bytes((len(descriptor),)) + descriptor)
    return box(b"mp4a", bytes(16), struct.pack(">HHII", 2, 16, 0, 48_000 << 16), esds)


def test_h264_is_named_by_profile_compatibility_and_level(forge):
    track = forge.track()
    assert ("avc1.42c01e", 320, 180, 4) == (
        track.format.name,
        track.format.width,
        track.format.height,
        track.format.length_size,
    )
    assert (bytes.fromhex("67420001"), bytes.fromhex("68ce")) == track.format.parameter_sets


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ("01 60000000 900000000000 5d", "hvc1.1.6.L93.90"),
        ("01 60000000 b00000000000 5d", "hvc1.1.6.L93.B0"),
        ("22 20000000 900000000000 99", "hvc1.2.4.H153.90"),
        ("41 00000001 000000000000 78", "hvc1.A1.80000000.L120"),
    ],
)
def test_hevc_is_named_by_profile_compatibility_tier_level_and_constraints(forge, profile, name):
    assert name == forge.track(entry=hevc(bytes.fromhex(profile))).format.name


@pytest.mark.parametrize(
    ("specific", "name", "rate", "channels"),
    [
        ("1190", "mp4a.40.2", 48_000, 2),
        ("1208", "mp4a.40.2", 44_100, 1),
        ("2b118800", "mp4a.40.5", 48_000, 2),
        ("eb098800", "mp4a.40.29", 48_000, 2),
    ],
)
def test_aac_is_named_by_its_object_type_and_heard_at_its_rate(forge, specific, name, rate, channels):
    sound = forge.track("audio", entry=aac(bytes.fromhex(specific))).format
    assert (name, rate, channels) == (sound.name, sound.sample_rate, sound.channels)


def test_a_codec_that_is_not_cut_is_named(forge):
    with pytest.raises(UnsupportedMediaError, match=r"'av01'.*H\.264"):
        forge.track(entry=box(b"av01", bytes(78)))


@given(st.binary(max_size=120))
def test_any_init_section_is_read_or_malformed(forge, entry):
    with pytest.raises(MalformedMediaError):
        forge.track(entry=box(b"avc1", entry))
