"""An encoder that sends what nothing can be made of: it is told why, its stream is errored, and nothing is our trouble.

None of these tests is marked as one that provokes a trouble: a test of those who use us is none either.
"""

import socket
import threading
from urllib.parse import urlsplit

import pytest

from offair.emulator.media.formats import flv
from offair.emulator.media.formats.flv import TagKind
from offair.emulator.media.ingest.rtmp.chunks import ChunkWriter, Message
from offair.emulator.media.ingest.rtmp.client import Accepted, Client
from offair.emulator.media.ingest.rtmp.messages import AGGREGATE, CHUNK_SIZE
from offair.emulator.media.testcard.clip import load_clip

pytestmark = pytest.mark.media
PATIENCE = 30.0
UNKNOWN = 99  # a type of message that means nothing


@pytest.fixture(name="say")
def _say():
    """Publish, then send messages for as long as the server reads; gives what it said last."""

    def say(url: str, messages) -> bytes:
        parts = urlsplit(url)
        app, _, name = parts.path.strip("/").partition("/")
        client, writer, verdicts = Client(app, name, random_bytes=bytes), ChunkWriter(), []
        with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection:
            while Accepted() not in verdicts:
                connection.sendall(client.outgoing())
                verdicts += client.receive(connection.recv(65_536))
            connection.settimeout(0.05)
            connection.sendall(writer.set_chunk_size(CHUNK_SIZE))
            said, pause = b"", threading.Event()
            for message in messages:
                try:
                    connection.sendall(writer.write(6, message))
                    said += connection.recv(65_536)
                except TimeoutError:
                    pause.wait(0.05)
                except OSError:
                    break
                if b"NetStream.Publish.BadName" in said:
                    break
        return said

    return say


def test_sound_alone_for_a_stream_of_pictures_is_told_and_is_no_trouble(customer, body, encode):
    stream = customer.create(body())
    encoder = encode(customer.url(stream), "audio")
    customer.until(stream, "errored")

    assert 0 != encoder.wait()
    assert "the encoder sends none" in encoder.words
    assert [] == customer.emulator.journal.entries({"kind": "trouble", "stream": stream["id"]})


def test_pictures_that_cannot_be_decoded_are_no_trouble_of_ours(stand_in, customers, body, say):
    customer = customers(stand_in(stale_after=2.0))
    stream = customer.create(body())
    broken = (tag.payload[:5] + bytes(len(tag.payload) - 5) if tag.is_picture else tag.payload for tag in load_clip())
    tags = zip(load_clip(), broken, strict=True)
    say(customer.url(stream), (Message(tag.kind, tag.timestamp, 1, payload) for tag, payload in tags))
    customer.until(stream, "errored")

    assert [] == customer.emulator.journal.entries({"kind": "trouble", "stream": stream["id"]})


def test_bytes_that_are_neither_pictures_nor_sound_are_told_within_the_patience(stand_in, customers, body, say):
    customer = customers(stand_in(stale_after=2.0))
    stream = customer.create(body())
    said = say(customer.url(stream), (Message(UNKNOWN, 0, 1, bytes(100)) for _ in range(400)))
    customer.until(stream, "errored")

    assert b"neither pictures nor sound" in said
    assert "neither pictures nor sound" in customer.words(stream, "errored")
    assert [] == customer.emulator.journal.entries({"kind": "trouble", "stream": stream["id"]})


def test_pictures_without_a_key_frame_are_told(stand_in, customers, body, say):
    customer = customers(stand_in(stale_after=2.0))
    stream = customer.create(body())
    deltas = [tag for tag in load_clip() if not (tag.is_keyframe or tag.kind is TagKind.SCRIPT)]
    said = say(customer.url(stream), (Message(tag.kind, tag.timestamp, 1, tag.payload) for tag in deltas))
    customer.until(stream, "errored")

    assert b"no key frame" in said


def test_pictures_without_a_sequence_header_are_told(stand_in, customers, body, say):
    customer = customers(stand_in(stale_after=2.0))
    stream = customer.create(body())
    plain = [tag for tag in load_clip() if not (tag.is_sequence_header or tag.kind is TagKind.SCRIPT)]
    said = say(customer.url(stream), (Message(tag.kind, tag.timestamp, 1, tag.payload) for tag in plain))
    customer.until(stream, "errored")

    assert b"without the sequence header" in said


def test_time_stamps_that_stand_still_are_told(stand_in, customers, body, say, monkeypatch):
    """Bytes come out, and never a segment: without a word the stream would be starting for ever."""
    monkeypatch.setattr("offair.emulator.media.broadcast.pipeline.SHORTEST", 2.0)
    monkeypatch.setattr("offair.emulator.media.broadcast.pipeline.UNFINISHED", 1)
    customer = customers(stand_in(stale_after=2.0, media_profile="passthrough"))
    stream = customer.create(body())
    said = say(customer.url(stream), (Message(tag.kind, 0, 1, tag.payload) for tag in load_clip()))
    customer.until(stream, "errored")

    assert b"time does not go on" in said
    assert [] == customer.emulator.journal.entries({"kind": "trouble", "stream": stream["id"]})


def test_a_sequence_header_that_cannot_be_read_is_named_for_what_it_is(stand_in, customers, body, say):
    customer = customers(stand_in(media_profile="passthrough"))
    stream = customer.create(body())
    broken = (tag.payload[:5] + b"\xff" * 40 if tag.is_sequence_header else tag.payload for tag in load_clip())
    tags = zip(load_clip(), broken, strict=True)
    said = say(customer.url(stream), (Message(tag.kind, tag.timestamp, 1, payload) for tag, payload in tags))
    customer.until(stream, "errored")

    assert b"what the encoder says of its media cannot be read" in said


def test_aggregate_messages_are_media_like_any_other(customer, body, say):
    stream = customer.create(body())
    clip = load_clip()
    groups = [clip[at : at + 8] for at in range(0, len(clip), 8)]
    packed = ((tags[0].timestamp, b"".join(map(flv.pack, tags))) for tags in groups)
    say(customer.url(stream), (Message(AGGREGATE, at, 1, content) for at, content in packed))

    customer.until(stream, "live")


@pytest.mark.parametrize("place", ["/{key}", "//{key}"])
def test_a_url_without_an_application_is_told_so(customer, body, encode, place):
    stream = customer.create(body())
    root = stream["ingest"]["rtmp"].rpartition("/")[0]
    encoder = encode(root + place.format(key=stream["stream_key"]))

    assert 0 != encoder.wait()
    assert "the application is missing; publish to live" in encoder.words


def test_a_key_in_the_playpath_alone_is_found(customer, body, encode):
    stream = customer.create(body())
    root = stream["ingest"]["rtmp"].rpartition("/")[0]
    encode(root, "both", "-rtmp_app", "", "-rtmp_playpath", f"live/{stream['stream_key']}")

    customer.until(stream, "live")
