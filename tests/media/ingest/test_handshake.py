"""The handshake (Adobe RTMP 1.0, 5.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.ingest.rtmp.handshake import ClientHandshake, ServerHandshake


def random_bytes(length: int) -> bytes:
    return b"r" * length


@given(st.integers(1, 1537), st.integers(1, 1536), st.binary(max_size=5))
def test_both_sides_shake_hands_however_the_bytes_are_cut(cut, second_cut, rest):
    client, server = ClientHandshake(random_bytes), ServerHandshake(random_bytes)

    first, _ = server.receive(client.hello[:cut])
    answer, _ = server.receive(client.hello[cut:])
    c2, after_s2 = client.receive(first + answer + b"more")
    server.receive(c2[:second_cut])
    _, after_c2 = server.receive(c2[second_cut:] + rest)

    assert (b"more", rest) == (after_s2, after_c2)


def test_the_server_echoes_the_client_and_declines_the_digest():
    answer, _ = ServerHandshake(random_bytes).receive(b"\x03" + b"c" * 1536)

    assert b"\x03" + bytes(8) + b"r" * 1528 + b"c" * 1536 == answer


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GET / HTTP/1.1\r\n", "HTTP client"),
        (b"\x16\x03\x01", "TLS came to the plain RTMP port"),
        (b"\x06" + bytes(10), "first byte is 0x06"),
        (b"\x00", "first byte is 0x00"),
    ],
)
def test_anything_else_is_refused_at_its_first_byte(data, words):
    with pytest.raises(ProtocolError, match=words):
        ServerHandshake(random_bytes).receive(data)
