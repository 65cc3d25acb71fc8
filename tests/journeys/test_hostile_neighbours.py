"""Whoever knocks at the RTMP port with something else does no harm to the broadcast next to it."""

import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from offair.emulator.media.formats import flv
from offair.emulator.media.ingest.rtmp import messages
from offair.emulator.media.ingest.rtmp.chunks import ChunkWriter, Message
from offair.emulator.media.ingest.rtmp.messages import Command

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


def say(*items):
    """Write commands and messages as one piece, after a handshake."""
    writer = ChunkWriter()
    written = (writer.write(3, item.to_message() if isinstance(item, Command) else item) for item in items)
    return HELLO + b"".join(written)


def publishing(key, *more):
    return say(Command("connect", 1.0, {"app": "live"}), Command("publish", 5.0, None, (key, "live"), 1), *more)


def byte_by_byte(connection, key):
    for byte in publishing(key):
        connection.sendall(bytes((byte,)))
    connection.recv(1)


def garbage_after_a_publish(connection, key):
    connection.sendall(publishing(key))
    connection.recv(1)
    connection.sendall(bytes(range(256)) * 400)
    end_of(connection)


def reset_in_the_middle_of_a_tag(connection, key):
    picture = messages.write_tag(flv.Tag(flv.TagKind.VIDEO, 0, b"\x17\x01" + bytes(50_000)), 1)
    connection.sendall(publishing(key, picture)[:-20_000])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def asks_and_never_reads(connection, key):
    calls = (Command("releaseStream", float(number), None, (key,)) for number in range(2, 20_000))
    connection.sendall(say(Command("connect", 1.0, {"app": "live"}), *calls))


def publishes_twice(connection, key):
    connection.sendall(publishing(key, Command("publish", 6.0, None, (key, "live"), 1)))
    end_of(connection)


def sends_media_of_huge_lengths(connection, key):
    connection.sendall(publishing(key) + HUGE * 60)
    end_of(connection)


def sends_metadata_without_end(connection, key):
    nested = Message(18, 0, 1, b"\x02\x00\x0aonMetaData" + b"\x03\x00\x01a" * 16_000)
    connection.sendall(publishing(key, *[nested] * 20))
    connection.recv(1)


def sends_rubbish_as_pictures(connection, key):
    pictures = [Message(9, 40 * number, 1, b"\x17\x01\0\0\0" + bytes((number,)) * 900) for number in range(100)]
    connection.sendall(publishing(key, Message(9, 0, 1, b"\x17\0\0\0\0\x01rubbish"), *pictures))
    connection.recv(1)


BAD = [byte_by_byte, garbage_after_a_publish, reset_in_the_middle_of_a_tag, asks_and_never_reads, publishes_twice,
       sends_media_of_huge_lengths, sends_metadata_without_end, sends_rubbish_as_pictures]  # fmt: skip


@pytest.mark.troubled
def test_bad_publishers_at_once_harm_nobody_but_themselves(emulator, unharmed, customer, body, push, clips, player):
    """Each has a stream of its own; a good one comes while they rage, and plays."""
    streams = [customer.create(body()) for _ in BAD]
    good = customer.create(body())

    def misbehave(conduct, stream):
        with knock(emulator) as connection, suppress(ConnectionError):
            conduct(connection, stream["stream_key"])

    with ThreadPoolExecutor(len(BAD)) as pool:
        raging = pool.map(misbehave, BAD, streams)
        push(customer.url(good), flv.read(clips["both"].read_bytes())[:150])
        customer.until(good, "idle")
        list(raging)

    assert 24 == len(player.frames(good["playback"]["hls"], "video"))
    assert {"live"}.isdisjoint(state for stream in streams for state, _ in customer.moves(stream))


def test_twenty_streams_at_once_come_whole_through_one_port(stand_in, customers, body, push, clips, player):
    customer = customers(stand_in(media_profile="passthrough"))
    streams = [customer.create(body(hls="fmp4")) for _ in range(20)]
    tags = [tag for tag in flv.read(clips["both"].read_bytes()) if tag.timestamp < 2000]
    with ThreadPoolExecutor(len(streams)) as pool:
        list(pool.map(lambda stream: push(customer.url(stream), tags), streams))
    for stream in streams:
        customer.until(stream, "idle")

    assert [48] * 20 == [len(player.frames(stream["playback"]["hls"], "video", most=100)) for stream in streams]
