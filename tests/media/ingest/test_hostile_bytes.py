"""Whatever comes in, a session keeps to ProtocolError and to its bounds."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.rtmp.chunks import ChunkWriter, Message
from offair.emulator.media.ingest.rtmp.messages import ACKNOWLEDGEMENT, Command
from offair.emulator.media.ingest.rtmp.session import PublishRequested, Session

HANDSHAKE = 1 + 2 * 1536


def digest(data: bytes, step: int) -> Session:
    session = Session(bytes)
    for at in range(0, len(data), step):
        if any(isinstance(event, PublishRequested) for event in session.receive(data[at : at + step])):
            session.accept()
        session.outgoing()
    return session


@pytest.fixture(scope="session")
def said(talk, publication) -> bytes:
    """All that a good client says."""
    pair = talk()
    pair.go_on()
    for tag in publication:
        pair.client.send(tag)
    pair.client.finish()
    pair.go_on()
    return b"".join(pair.said)


changes = st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=40)


@settings(max_examples=80)
@given(changes=changes, step=st.sampled_from([7, 100, 4096]))
def test_changed_bytes_are_understood_or_refused(said, changes, step):
    data = bytearray(said)
    for place, value in changes:
        data[HANDSHAKE + place % (len(data) - HANDSHAKE)] = value
    with suppress(ProtocolError):
        session = digest(bytes(data), step)
        assert session._reader._unfinished <= len(data)


@settings(max_examples=40)
@given(st.binary(max_size=600))
def test_random_bytes_after_a_handshake_are_understood_or_refused(data):
    with suppress(ProtocolError):
        digest(b"\x03" + bytes(HANDSHAKE - 1) + data, 4096)


@given(st.integers(0), st.integers(0))
def test_bytes_that_are_missing_or_doubled_are_understood_or_refused(said, start, length):
    at = HANDSHAKE + start % (len(said) - HANDSHAKE)
    end = at + length % 300
    for data in (said[:at] + said[end:], said[:end] + said[at:]):
        with suppress(ProtocolError):
            digest(data, 4096)


EMPTY = b"\x02" + bytes(6) + b"\x03" + bytes(4)  # an acknowledgement of nothing, whose header stands for what follows
AGAIN = b"\xc2"


def greeted(*said: bytes) -> Session:
    session = Session(bytes)
    session.receive(b"\x03" + bytes(HANDSHAKE - 1) + b"".join(said))
    return session


def command(name: str, *arguments: object) -> bytes:
    return ChunkWriter().write(3, Command(name, 1.0, {"app": "live"}, arguments, 1).to_message())


@pytest.mark.parametrize("said", [(), (command("connect"),), (command("connect"), command("play", "name"))])
def test_who_does_not_publish_may_not_talk_on_and_on(said):
    """A message of one byte costs the others as much time as one of many."""
    session = greeted(*said, EMPTY)
    with pytest.raises(ProtocolError, match=r"257 messages of \d+ bytes, and none of them publishes"):
        session.receive(AGAIN * 256)


def test_who_does_not_publish_may_not_say_much():
    long = ChunkWriter().write(3, Message(ACKNOWLEDGEMENT, 0, 0, bytes(60_000)))
    session = greeted(long, long)
    with pytest.raises(ProtocolError, match="3 messages of 180000 bytes, and none of them publishes"):
        session.receive(long)


def test_who_is_shown_something_may_acknowledge_it():
    """For as long as it watches: a day has many acknowledgements."""
    session = greeted(command("connect"), command("play", "name"))
    session.show([Tag(TagKind.AUDIO, at, b"\xaf\1s") for at in range(40_000)])

    assert [] == session.receive(ChunkWriter().write(2, Message(ACKNOWLEDGEMENT, 0, 0, bytes(4))) * 40_000)


def test_who_publishes_may_not_cut_its_media_to_nothing():
    session = greeted(command("connect"), command("publish", "key"))
    session.accept()
    session.receive(EMPTY)
    with pytest.raises(ProtocolError, match="nobody's media is cut so small"):
        session.receive(AGAIN * 10_000)
