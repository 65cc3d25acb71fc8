"""Frames as FLV: what a decoder needs comes first, and once."""

import webrtc

from offair.emulator.media.formats.boxes import Fields
from offair.emulator.media.formats.codecs import read_avc_record
from offair.emulator.media.formats.flv import Facts, TagKind, announced
from offair.emulator.media.formats.gate import Gate
from offair.emulator.media.ingest.whip.depacketizers import CodedFrame
from offair.emulator.media.ingest.whip.tags import AvcWriter, OpusWriter, Vp9Writer, announce


def key(*, sps=webrtc.SPS, units=(b"\x65abc",)):
    return CodedFrame(timestamp=0, units=(sps, webrtc.PPS, *units))


OTHER = CodedFrame(timestamp=1, units=(b"\x09\xf0", b"\x41def"), is_key=False)


def test_a_key_frame_brings_the_configuration_and_then_itself():
    header, picture = AvcWriter().write(key(), 40)
    profile, length_size, sets = read_avc_record(Fields(header.configuration, 0, len(header.configuration)))

    assert (True, True, "avc1") == (header.is_sequence_header, picture.is_keyframe, picture.codec)
    assert (webrtc.SPS[1:4], 4, [webrtc.SPS, webrtc.PPS]) == (profile, length_size, sets)
    assert (0, b"\0\0\0\4\x65abc") == (picture.picture[0], bytes(picture.picture[1]))


def test_the_configuration_comes_again_only_when_it_changes():
    writer = AvcWriter()
    series = [key(), OTHER, key(), key(sps=webrtc.SMALL_SPS), key(sps=webrtc.SMALL_SPS)]
    headers = [[tag.is_sequence_header for tag in writer.write(frame, 0)] for frame in series]

    assert [[True, False], [False], [False], [True, False], [False]] == headers


def test_a_key_frame_without_parameter_sets_goes_by_those_before():
    writer = AvcWriter()
    writer.write(key(), 0)
    (picture,) = writer.write(CodedFrame(timestamp=2, units=(b"\x65abc",)), 80)

    assert picture.is_keyframe


def test_nothing_is_written_before_parameter_sets_are_known():
    assert [] == AvcWriter().write(OTHER, 0) + AvcWriter().write(CodedFrame(timestamp=0, units=(b"\x65abc",)), 0)


def test_delimiters_are_left_out():
    writer = AvcWriter()
    writer.write(key(), 0)
    (picture,) = writer.write(OTHER, 40)

    assert (False, b"\0\0\0\4\x41def") == (picture.is_keyframe, bytes(picture.picture[1]))


def test_a_gate_opens_at_the_first_key_frame_since_it_knows_the_tracks():
    gate = Gate()
    gate.push(announce(("video", "audio")))
    sound = OpusWriter().write(CodedFrame(timestamp=0, units=(b"sound",)), 3)
    opened = [bool(gate.push(tag)) for tag in (*sound, *Vp9Writer().write(CodedFrame(timestamp=0, units=(b"p",)), 5))]

    assert ([False, False, False, True], Facts(video="vp09", audio="Opus", is_enhanced=True)) == (opened, gate.facts)


def test_a_track_that_is_not_sent_is_not_announced():
    assert [{TagKind.VIDEO}, {TagKind.AUDIO}] == [announced(announce((kind,))) for kind in ("video", "audio")]
