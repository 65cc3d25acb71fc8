"""Packets and reports: as they are written down, and as they are read."""

import struct

import pytest
import webrtc
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.ingest.whip import rtcp
from offair.emulator.media.ingest.whip.rtp import RtpPacket


def test_a_packet_is_read_without_sources_extensions_and_padding():
    head = struct.pack(">BBHII", 0xB2, 0x80 | 96, 7, 1000, 5)
    content = head + bytes(8) + struct.pack(">HH", 0xBEDE, 1) + b"ext!" + b"payload" + b"\0\0\3"
    packet = RtpPacket.read(content)

    assert (7, 1000, 96, 5, True, b"payload") == (
        packet.number, packet.timestamp, packet.kind, packet.source, packet.has_marker, packet.payload,
    )  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"", bytes(12), b"\x80\x60\0\1", b"\xbf" + bytes(11), b"\xa0" + bytes(10) + b"\xff"]
)
def test_what_is_cut_off_or_something_else_is_none(content):
    assert RtpPacket.read(content) is None


@given(st.binary(max_size=64))
def test_no_bytes_break_it(content):
    packet = RtpPacket.read(content)
    assert packet is None or len(packet.payload) <= len(content) - 12
    assert all(report.source < 1 << 32 for report in rtcp.read(content))


def test_a_retransmission_is_the_packet_that_it_repeats():
    again = RtpPacket.read(webrtc.packet(9, 500, struct.pack(">H", 4) + b"late", kind=97, source=3, marker=True))
    packet = again.repeated(96, 77)

    assert (4, 500, 96, 77, True, b"late") == (
        packet.number, packet.timestamp, packet.kind, packet.source, packet.has_marker, packet.payload,
    )  # fmt: skip


def test_padding_repeats_nothing():
    assert RtpPacket.read(webrtc.packet(9, 500, b"\0", kind=97)).repeated(96, 77) is None


def test_a_sender_report_is_read_among_others():
    body = struct.pack(">IIIIII", 5, 3_900_000_000, 1 << 31, 90_000, 1, 2)
    before = rtcp.report(1)
    (report,) = rtcp.read(before + struct.pack(">BBH", 0x80, 200, 6) + body + before)

    assert (5, 3_900_000_000.5, 90_000) == (report.source, report.wall, report.timestamp)
    assert (3_900_000_000 << 16 | 1 << 15) & 0xFFFFFFFF == report.middle


@given(st.lists(st.integers(0, 65_535), min_size=1, max_size=60, unique=True).map(sorted))
def test_what_is_asked_for_again_is_what_was_meant(numbers):
    assert numbers == sorted(set(webrtc.asked(rtcp.ask_again(1, 2, numbers))))


def test_numbers_that_wrap_are_asked_for_in_one_pair():
    assert 16 == len(rtcp.ask_again(1, 2, [65_534, 65_535, 0, 3]))


@given(st.integers(1, 1 << 40))
def test_a_rate_is_told_to_within_a_part_in_a_hundred_thousand(bits):
    packet = rtcp.allow(1, [2], bits)
    exponent, mantissa = packet[17] >> 2, (packet[17] & 3) << 16 | int.from_bytes(packet[18:20])

    assert (b"REMB", 1, 2) == (packet[12:16], packet[16], int.from_bytes(packet[20:24]))
    assert bits == pytest.approx(mantissa << exponent, rel=1e-5)


def test_a_report_says_what_was_lost_and_when_the_senders_came():
    block = rtcp.ReceptionReport(source=9, lost_lately=128, lost=-3, highest=70_000, jitter=5, middle=6, delay=0.5)
    packet = rtcp.report(1, [block])

    assert (0x81, 201, 7) == struct.unpack_from(">BBH", packet)
    assert (9, 128 << 24 | 0xFFFFFD, 70_000, 5, 6, 32_768) == struct.unpack_from(">6I", packet, 8)


def test_a_key_frame_is_asked_for():
    assert bytes.fromhex("81ce00020000000100000002") == rtcp.ask_for_key(1, 2)
