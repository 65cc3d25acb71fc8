"""Frames out of packets: whole ones as they were, and no broken one that counts as whole."""

import struct

import pytest
import webrtc
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.media.ingest.whip.depacketizers import (
    DEPACKETIZERS,
    H264Depacketizer,
    OpusDepacketizer,
    Vp9Depacketizer,
)
from offair.emulator.media.ingest.whip.lineup import Lineup
from offair.emulator.media.ingest.whip.rtp import RtpPacket

VP9_KEY, VP9_OTHER = 0x80, 0xC0  # with a picture id; and predicted


def packets(frames, first=65_500):
    """A packet for each payload of each frame, numbered across a wrap."""
    made, number = [], first
    for place, payloads in enumerate(frames):
        for at, payload in enumerate(payloads):
            raw = webrtc.packet(number, place * 3000, payload, marker=at == len(payloads) - 1)
            made.append(RtpPacket.read(raw))
            number += 1
    return made


def frames_of(depacketizer, lined_up):
    return [frame for packet, gap in lined_up for frame in depacketizer.push(packet, is_after_gap=gap)]


def in_order(made):
    return [(packet, False) for packet in made]


def h264(count=6, length=300):
    return [webrtc.picture(number, is_key=number % 4 == 0, length=length) for number in range(count)]


def vp9(count=5, size=100):
    frames = []
    for number in range(count):
        content = struct.pack(">I", number) * 60
        pieces = [content[at : at + size] for at in range(0, len(content), size)]
        kind = VP9_OTHER if number else VP9_KEY
        heads = [kind | 8 * (not at) | 4 * (at == len(pieces) - 1) for at in range(len(pieces))]
        frames.append([bytes((head, 0x80 | 1, number)) + piece for head, piece in zip(heads, pieces, strict=True)])
    return frames


KINDS = {"h264": (H264Depacketizer, h264), "vp9": (Vp9Depacketizer, vp9)}


def test_single_units_several_in_one_and_one_in_several_become_the_units_that_were_sent():
    (key, other) = frames_of(H264Depacketizer(), in_order(packets(h264(2))))

    assert [webrtc.SPS, webrtc.PPS, b"\x65" + bytes(4) * 75] == list(key.units)
    assert [b"\x41" + b"\0\0\0\1" * 75] == list(other.units)
    assert [(True, True), (False, True)] == [(frame.is_key, frame.is_whole) for frame in (key, other)]


def test_parameter_sets_with_a_time_of_their_own_go_with_the_next_picture():
    (key,) = frames_of(H264Depacketizer(), in_order(packets([[webrtc.SPS], [webrtc.PPS], [b"\x65picture"]])))

    assert ((webrtc.SPS, webrtc.PPS, b"\x65picture"), True, True, 6000) == (
        key.units, key.is_key, key.is_whole, key.timestamp,
    )  # fmt: skip


def test_a_picture_of_vp9_is_put_together_without_its_descriptors():
    frames = frames_of(Vp9Depacketizer(), in_order(packets(vp9(2))))

    assert [(struct.pack(">I", number) * 60,) for number in (0, 1)] == [frame.units for frame in frames]
    assert [(True, True), (False, True)] == [(frame.is_key, frame.is_whole) for frame in frames]


DESCRIPTORS = {
    "nothing": "0c",
    "a short id": "8c 05",
    "a long id": "8c 8501",
    "layers": "ac 05 4001",
    "layers, and a flexible mode": "bc 05 40",
    "references": "dc 05 03 04",
    "a structure": "8e 05 38 050002d0 050002d0 01 04 01",
}


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_every_form_of_a_vp9_descriptor_is_passed_over(name):
    head = bytes.fromhex(DESCRIPTORS[name])
    (frame,) = frames_of(Vp9Depacketizer(), in_order(packets([[head + b"picture"]])))

    assert (b"picture",) == frame.units


def test_a_packet_of_opus_is_a_frame_whatever_is_lost():
    out = frames_of(OpusDepacketizer(), [(RtpPacket.read(webrtc.packet(1, 960, b"sound")), True)])

    assert [((b"sound",), 960, True)] == [(frame.units, frame.timestamp, frame.is_whole) for frame in out]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_any_order_with_doubles_gives_the_same_frames(kind, data):
    depacketizer, make = KINDS[kind]
    made = packets(make())
    shifts = data.draw(st.lists(st.integers(-6, 6), min_size=len(made), max_size=len(made)))
    doubles = data.draw(st.lists(st.booleans(), min_size=len(made), max_size=len(made)))
    places = [(max(at + shift, 0.5) if at else 0, at) for at, shift in enumerate(shifts)]
    places += [(at + 9, at) for at, is_double in enumerate(doubles) if is_double]
    lineup = Lineup(0.25)
    lined_up = [one for _, at in sorted(places) for one in lineup.push(made[at], 0.0)]

    assert frames_of(depacketizer(), in_order(made)) == frames_of(depacketizer(), lined_up)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_no_frame_counts_as_whole_of_which_something_is_lost(kind, data):
    depacketizer, make = KINDS[kind]
    made = packets(make())
    lost = data.draw(st.sets(st.integers(1, len(made) - 1), max_size=6))
    lineup, lined_up = Lineup(0.25), []
    for at, packet in enumerate(made):
        if at not in lost:
            lined_up += lineup.push(packet, at * 1.0)
    lined_up += lineup.pop(1000.0)
    meant = frames_of(depacketizer(), in_order(made))
    hit = {made[at].timestamp for at in lost}
    whole = [frame for frame in frames_of(depacketizer(), lined_up) if frame.is_whole]

    assert [] == [frame for frame in whole if frame not in meant or frame.timestamp in hit]
    reached = {frame.timestamp for frame in whole}
    behind = {packet.timestamp for packet, gap in lined_up if gap}
    assert [] == [f for f in meant if f.timestamp not in reached | hit | behind]


def test_a_lost_frame_is_told_by_the_next_though_padding_comes_between():
    first, second, third = packets(h264(3, length=40))[1:4]
    padding = RtpPacket.read(webrtc.packet(0, first.timestamp + 1, b""))
    out = frames_of(H264Depacketizer(), [(first, False), (padding, True), (third, False)])

    assert second.timestamp < third.timestamp
    assert [True, False] == [frame.is_whole for frame in out]


CUT = {
    "H264": ["18", "180010aa", "180000", "1c", "1c85", "7c85", "7c0565", "1d00", "00", "ff", "8a", "9a"],
    "VP9": ["0c", "8c", "8c85", "8c8501", "ac0540", "dc050305", "8e0538", "8e05080501", "04aa", "08aa", "ffffff"],
}


@pytest.mark.parametrize(("kind", "payload"), [(kind, one) for kind, some in CUT.items() for one in some])
def test_what_is_cut_off_or_unknown_is_no_whole_picture(kind, payload):
    out = frames_of(DEPACKETIZERS[kind](), in_order(packets([[bytes.fromhex(payload)]])))

    assert not any(frame.is_whole for frame in out)


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 3), st.booleans(), st.booleans()), max_size=20))
def test_no_bytes_break_it(drawn):
    for kind in DEPACKETIZERS.values():
        depacketizer = kind()
        for payload, timestamp, marker, gap in drawn:
            packet = RtpPacket.read(webrtc.packet(0, timestamp, payload, marker=marker))
            for frame in depacketizer.push(packet, is_after_gap=gap):
                assert frame.units


def test_a_frame_without_end_costs_bounded_memory():
    depacketizer = H264Depacketizer()
    payload = b"\x41" + bytes(60_000)
    for _ in range(200):
        depacketizer.push(RtpPacket.read(webrtc.packet(0, 0, payload)), is_after_gap=False)
    held = sum(map(len, depacketizer._parts))
    (frame,) = depacketizer.push(RtpPacket.read(webrtc.packet(0, 9, b"\x41x")), is_after_gap=False)

    assert (True, False) == (held <= 9 << 20, frame.is_whole)
