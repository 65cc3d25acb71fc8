"""STUN: the published examples, and what is forged or cut."""

import struct
import zlib

import pytest
import webrtc
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.ingest.whip.stun import COOKIE, BindingRequest, bind, is_stun

# RFC 5769, section 2.1: a request with a seal and a fingerprint
SAMPLE = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff"
    "80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249"
    "c1b571a280280004e57a3bcf"
)
PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"


def test_the_published_request_is_read_and_its_seal_is_good():
    request = BindingRequest.read(SAMPLE)

    assert ("evtj", False) == (request.receiver, request.is_nominating)
    assert (True, False) == (request.is_sealed_by(PASSWORD), request.is_sealed_by("another"))


@pytest.mark.parametrize("place", range(len(SAMPLE) - 8))
def test_a_request_of_which_a_byte_is_changed_is_none_or_forged(place):
    changed = bytearray(SAMPLE)
    changed[place] ^= 1
    request = BindingRequest.read(bytes(changed)) if is_stun(bytes(changed)) else None

    assert request is None or not request.is_sealed_by(PASSWORD)


@pytest.mark.parametrize(("host", "family", "packed"), [("192.0.2.1", 1, "e112a643"), ("2001:db8::1", 2, "0113a9fa")])
def test_an_answer_tells_where_the_request_came_from(host, family, packed):
    request = BindingRequest.read(webrtc.request("ours", "word", transaction=bytes(range(12))))
    answer = bind(request, host, 32853, "word")
    kind, length, cookie = struct.unpack_from(">HHI", answer)

    assert (0x0101, len(answer) - 20, COOKIE) == (kind, length, cookie)
    assert (bytes(range(12)), 0x0020) == (answer[8:20], int.from_bytes(answer[20:22]))
    # RFC 5769, 2.2 and 2.3: the same port and address, hidden in the same way
    assert (family, 0xA147, packed) == (answer[25], int.from_bytes(answer[26:28]), answer[28:32].hex())
    assert zlib.crc32(answer[:-8]) ^ 0x5354554E == int.from_bytes(answer[-4:])


def test_a_nomination_is_seen():
    both = [BindingRequest.read(webrtc.request("ours", "word", nominates=nominates)) for nominates in (True, False)]

    assert [True, False] == [request.is_nominating for request in both]


@given(st.binary(max_size=80))
def test_no_bytes_break_it(data):
    datagram = b"\0\1" + max(len(data) - 16, 0).to_bytes(2) + COOKIE.to_bytes(4) + data
    if is_stun(datagram):
        request = BindingRequest.read(datagram)
        assert request is None or not request.is_sealed_by(PASSWORD)
