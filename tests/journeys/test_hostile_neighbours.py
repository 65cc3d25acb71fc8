"""Whoever knocks at the RTMP port with something else does no harm to the broadcast next to it."""

import socket

import pytest

pytestmark = pytest.mark.media
HELLO = b"\x03" + bytes(1536) + bytes(1536)
HUGE = bytes.fromhex("03000000ffffff1400000000")
GARBAGE = {
    "zeros": bytes(1 << 16),
    "noise": bytes(range(1, 256)) * 64,
    "http": b"POST /live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + b"a" * 4096,
    "tls": bytes.fromhex("16030100a5010000a10303") + bytes(160),
    "noise after a handshake": HELLO + bytes(range(256)) * 64,
    "a message of 16 MB": HELLO + HUGE + bytes(1 << 14),
}


@pytest.fixture(scope="module", name="live")
def _live(customers_of_all, body, encode_for_all):
    customer = customers_of_all()
    stream = customer.create(body())
    encoder = encode_for_all(customer.url(stream))
    customer.until(stream, "live")
    return customer, stream, encoder


@pytest.fixture(name="unharmed")
def _unharmed(live, player, eventually):
    """After the test: the encoder is there, the stream is live, and new segments come."""
    yield
    customer, stream, encoder = live
    (variant,) = player.variants(stream["playback"]["hls"])
    seen = player.playlist(variant).segments[-1].uri
    eventually(lambda: player.playlist(variant).segments[-1].uri != seen)
    assert (True, "live") == (encoder.is_running, customer.status(stream))


def knock(emulator):
    port = int(emulator.rtmp_url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def end_of(connection):
    """Read until the other side has closed."""
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return "closed"


@pytest.mark.parametrize("content", list(GARBAGE.values()), ids=list(GARBAGE))
def test_garbage_is_shown_the_door(emulator, unharmed, content):
    with knock(emulator) as connection:
        try:
            connection.sendall(content)
        except ConnectionError:
            return
        connection.shutdown(socket.SHUT_WR)

        assert "closed" == end_of(connection)


@pytest.mark.parametrize("opening", [b"", b"\x03", b"\x03" + bytes(1000)], ids=["nothing", "a byte", "half a hello"])
def test_whoever_hangs_up_in_the_middle_is_forgotten(emulator, unharmed, opening):
    with knock(emulator) as connection:
        connection.sendall(opening)


def test_many_who_say_nothing_hold_nobody_up(emulator, unharmed, customer, body, encode):
    silent = [knock(emulator) for _ in range(100)]
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    for connection in silent:
        connection.close()


def test_http_at_the_rtmp_port_is_told_in_the_journal(emulator, unharmed, until):
    with knock(emulator) as connection:
        connection.sendall(GARBAGE["http"])
        end_of(connection)

    until("127.0.0.1:", kind="publication")
