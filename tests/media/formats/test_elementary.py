from dataclasses import replace

import pytest

from offair.emulator.media.formats.boxes import MalformedMediaError, UnsupportedMediaError
from offair.emulator.media.formats.codecs import AudioFormat, VideoFormat
from offair.emulator.media.formats.elementary import adts, annex_b
from offair.emulator.media.formats.samples import Sample

H264 = VideoFormat(codec="h264", name="", width=2, height=2, length_size=4, parameter_sets=(b"\x67s", b"\x68p"))
HEVC = VideoFormat(
    codec="hevc", name="", width=2, height=2, length_size=4, parameter_sets=(b"\x40v", b"\x42s", b"\x44p")
)
AAC = AudioFormat(
    name="mp4a.40.2", channels=2, sample_rate=48_000, object_type=2, rate_index=3, channel_configuration=2
)


def sample(*units, is_sync):
    content = b"".join(len(unit).to_bytes(4) + unit for unit in units)
    return Sample(0, 0, 1, is_sync, memoryview(content))


def split(stream):
    return stream.split(b"\0\0\0\1")[1:]


def test_a_key_frame_has_its_parameter_sets_before_it():
    assert [b"\x09\xf0", b"\x67s", b"\x68p", b"\x65i"] == split(annex_b(sample(b"\x65i", is_sync=True), H264))
    assert [b"\x46\x01\x50", b"\x40v", b"\x42s", b"\x44p", b"\x26i"] == split(
        annex_b(sample(b"\x26i", is_sync=True), HEVC)
    )


def test_other_pictures_have_none():
    assert [b"\x09\xf0", b"\x41p"] == split(annex_b(sample(b"\x41p", is_sync=False), H264))


def test_parameter_sets_and_delimiters_of_the_encoder_are_not_doubled():
    units = split(annex_b(sample(b"\x09\x10", b"\x67S", b"\x68P", b"\x65i", is_sync=True), H264))
    assert [b"\x09\xf0", b"\x67S", b"\x68P", b"\x65i"] == units


@pytest.mark.parametrize("content", [b"\0\0\0\x09abc", b"\0\0\0\0", b"\0\0"])
def test_a_unit_that_leaves_its_picture_is_refused(content):
    with pytest.raises(MalformedMediaError, match="NAL unit"):
        annex_b(Sample(0, 0, 1, is_sync=False, content=memoryview(content)), H264)


@pytest.mark.parametrize("configuration", [0, 8, 12])
def test_channels_that_no_adts_header_tells_are_refused(configuration):
    """7.1 as most encoders send it has 12, and the header three bits; it would tell another sample rate instead."""
    with pytest.raises(UnsupportedMediaError, match=f"configuration {configuration} has no ADTS header"):
        adts(
            Sample(0, 0, 1024, is_sync=True, content=memoryview(b"a")),
            replace(AAC, channel_configuration=configuration),
        )


def test_an_adts_header_tells_profile_rate_channels_and_length():
    framed = adts(Sample(0, 0, 1024, is_sync=True, content=memoryview(b"a" * 100)), AAC)
    assert bytes.fromhex("fff14c800d7ffc") == framed[:7]
    assert b"a" * 100 == framed[7:]
