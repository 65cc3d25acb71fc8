"""Whatever comes in, a session keeps to ProtocolError and to its bounds."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.media.formats.errors import ProtocolError
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
