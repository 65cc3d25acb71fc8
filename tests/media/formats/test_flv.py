"""FLV tags: the shape in which all media travels from the ingest to ffmpeg."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats import amf0, flv
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.formats.unwrapping import Unwrapper

tags = st.builds(
    Tag, kind=st.sampled_from(TagKind), timestamp=st.integers(0, 0xFFFFFFFF), payload=st.binary(max_size=40)
)


def video(payload: bytes) -> Tag:
    return Tag(TagKind.VIDEO, 0, payload)


def audio(payload: bytes) -> Tag:
    return Tag(TagKind.AUDIO, 0, payload)


@given(st.lists(tags, max_size=5), st.booleans(), st.booleans())
def test_what_was_packed_is_read_again(given, has_audio, has_video):
    file = flv.header(has_audio=has_audio, has_video=has_video) + b"".join(map(flv.pack, given))

    assert given == flv.read(file)


@given(st.lists(tags, min_size=1, max_size=3), st.data())
def test_a_file_that_was_cut_gives_the_tags_before_the_cut(given, data):
    whole = b"".join(map(flv.pack, given))
    cut = whole[: data.draw(st.integers(0, len(whole) - 5))]

    read = flv.read(flv.header(has_audio=True, has_video=True) + cut)

    assert given[: len(read)] == read


def test_a_packed_tag_is_laid_out_as_annex_e_says():
    expected = bytes.fromhex("09 000002 020304 01 000000 1701 0000000d")

    assert expected == flv.pack(Tag(TagKind.VIDEO, 0x01020304, b"\x17\x01"))


@pytest.mark.parametrize(("has_audio", "has_video", "flags"), [(True, True, 5), (True, False, 4), (False, True, 1)])
def test_the_file_header_says_which_tracks_there_are(has_audio, has_video, flags):
    expected = b"FLV\x01" + bytes((flags,)) + b"\x00\x00\x00\x09\x00\x00\x00\x00"

    assert expected == flv.header(has_audio=has_audio, has_video=has_video)


@pytest.mark.parametrize(
    "data", [b"", b"FLV\x01", b"RIFF....WAVEfmt ", b"FLV\x01\x05\x00\x00\x00\x09" + bytes(4) + b"\x07" + bytes(20)]
)
def test_what_is_no_flv_is_refused(data):
    with pytest.raises(ValueError, match="not an FLV file"):
        flv.read(data)


@pytest.mark.parametrize(
    ("tag", "codec", "is_header", "is_key"),
    [
        pytest.param(video(b"\x17\x00\x00\x00\x00"), "avc1", True, False, id="avc-header"),
        pytest.param(video(b"\x17\x01\x00\x00\x00"), "avc1", False, True, id="avc-key"),
        pytest.param(video(b"\x27\x01\x00\x00\x00"), "avc1", False, False, id="avc-inter"),
        pytest.param(video(b"\x17\x02\x00\x00\x00"), "avc1", False, False, id="avc-end"),
        pytest.param(video(b"\x12\x00"), "h263", False, True, id="h263-key"),
        pytest.param(video(b"\x90hvc1"), "hvc1", True, False, id="hevc-header"),
        pytest.param(video(b"\x93hvc1"), "hvc1", False, True, id="hevc-key-without-composition-time"),
        pytest.param(video(b"\x91av01"), "av01", False, True, id="av1-key"),
        pytest.param(video(b"\xa1vp09"), "vp09", False, False, id="vp9-inter"),
        pytest.param(video(b"\x96\x00hvc1"), None, False, False, id="multitrack"),
        pytest.param(audio(b"\xaf\x00\x12\x10"), "mp4a", True, False, id="aac-header"),
        pytest.param(audio(b"\xaf\x01\x21"), "mp4a", False, False, id="aac"),
        pytest.param(audio(b"\x2f\x00"), "mp3", False, False, id="mp3"),
        pytest.param(audio(b"\x90Opus"), "Opus", True, False, id="opus-header"),
        pytest.param(video(b""), None, False, False, id="empty-video"),
        pytest.param(audio(b""), None, False, False, id="empty-audio"),
        pytest.param(video(b"\x17"), "avc1", False, False, id="cut-after-a-byte"),
        pytest.param(Tag(TagKind.SCRIPT, 0, b"\x17\x01"), None, False, False, id="script"),
    ],
)
def test_a_tag_knows_what_it_carries(tag, codec, is_header, is_key):
    assert (codec, is_header, is_key) == (tag.codec, tag.is_sequence_header, tag.is_keyframe)


@given(tags)
def test_any_payload_has_facts(tag):
    """Whatever an encoder sends, asking about it does not raise."""
    facts = (tag.codec, tag.is_sequence_header, tag.is_keyframe, tag.is_enhanced, tag.proves_its_track)

    assert 5 == len(facts)


def script(*values: amf0.Value) -> Tag:
    return Tag(TagKind.SCRIPT, 40, amf0.encode(*values))


@pytest.mark.parametrize(
    ("tag", "tracks"),
    [
        pytest.param(script("onMetaData", {"videocodecid": 7.0, "audiocodecid": 10.0}), set(TagKind) - {18}, id="both"),
        pytest.param(script("onMetaData", {"width": 640.0}), {TagKind.VIDEO}, id="video-by-its-width"),
        pytest.param(script("onMetaData", {"audiocodecid": 10.0, "hasVideo": False}), {TagKind.AUDIO}, id="audio"),
        pytest.param(script("onMetaData"), set(), id="no-fields"),
        pytest.param(script("onTextData", {"width": 1.0}), None, id="another-event"),
        pytest.param(Tag(TagKind.SCRIPT, 0, b"\x02\xff"), None, id="broken"),
        pytest.param(script("onMetaData", "x" * 70_000), None, id="huge"),
    ],
)
def test_metadata_announces_tracks(tag, tracks):
    assert tracks == flv.announced(tag)


@given(st.integers(0, (1 << 31) - 1), st.lists(st.integers(0, 5_000), min_size=1, max_size=20))
def test_time_that_begins_anew_after_31_bits_goes_on(start, steps):
    meant = [start + sum(steps[:count]) for count in range(len(steps))]
    unwrapper = Unwrapper()
    given_ = [unwrapper.push(Tag(TagKind.VIDEO, time % (1 << 31), b"")).timestamp for time in meant]

    assert [time % (1 << 32) for time in meant] == given_


def test_sound_that_is_still_before_the_end_of_31_bits_is_not_moved():
    unwrapper = Unwrapper()
    last = (1 << 31) - 5
    times = [(TagKind.VIDEO, last), (TagKind.AUDIO, last - 20), (TagKind.VIDEO, 28), (TagKind.AUDIO, last + 3)]

    assert [last, last - 20, (1 << 31) + 28, last + 3] == [unwrapper.push(Tag(k, t, b"")).timestamp for k, t in times]
