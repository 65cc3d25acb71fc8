"""The handshake: both roles, keys that fit, a stranger's certificate, and what is lost on the way."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.media.ingest.whip.dtls import MTU, Association, HandshakeError, fingerprint, pack

NOW = 50.0


def pair(identity, their_identity, expected=None):
    ours = Association(identity, ("sha-256", expected or their_identity.fingerprint), is_client=False)
    theirs = Association(their_identity, ("sha-256", identity.fingerprint), is_client=True)
    return ours, theirs


def shake(ours, theirs):
    to_us = theirs.begin(NOW)
    while to_us:
        to_them = [answer for datagram in to_us for answer in ours.receive(datagram)]
        assert all(len(datagram) <= MTU for datagram in to_them)
        to_us = [answer for datagram in to_them for answer in theirs.receive(datagram)]


def test_both_ends_get_keys_that_fit(identity, their_identity):
    ours, theirs = pair(identity, their_identity)
    shake(ours, theirs)

    assert (ours.keys.inbound, ours.keys.outbound) == (theirs.keys.outbound, theirs.keys.inbound)
    assert (b"SRTP_AEAD_AES_128_GCM", 28) == (ours.keys.profile, len(ours.keys.inbound))


def test_a_certificate_that_was_not_announced_is_refused(identity, their_identity):
    ours, theirs = pair(identity, their_identity, expected=identity.fingerprint)

    with pytest.raises(HandshakeError, match="another certificate"):
        shake(ours, theirs)


def test_a_goodbye_is_heard(identity, their_identity):
    ours, theirs = pair(identity, their_identity)
    shake(ours, theirs)
    for datagram in theirs.close():
        ours.receive(datagram)

    assert ours.is_over


def test_a_hello_that_nobody_answers_is_said_again_soon(identity, their_identity):
    theirs = pair(identity, their_identity)[1]
    (hello,) = theirs.begin(NOW)
    said = [step for step in range(1, 40) if theirs.tick(NOW + step / 100) == [hello]]

    assert [3, 9, 21, 45][: len(said)] == said


def test_whoever_is_asked_to_begin_twice_begins_once(identity, their_identity):
    ours, theirs = pair(identity, their_identity)

    assert (1, 0, 0) == (len(theirs.begin(NOW)), len(theirs.begin(NOW)), len(ours.begin(NOW)))


@settings(max_examples=20, deadline=None)
@given(lost=st.lists(st.booleans(), min_size=4, max_size=12))
def test_a_handshake_survives_what_gets_lost_of_its_first_hello(identity, their_identity, lost):
    ours, theirs = pair(identity, their_identity)
    (hello,) = theirs.begin(NOW)
    now = NOW
    while all(lost[:1]):
        now += 0.5
        again = theirs.tick(now)
        lost = lost[1:] or [False]
        hello = again[0] if again else hello
    to_us = [hello, hello]  # and one comes twice
    while to_us:
        to_them = [answer for datagram in to_us for answer in ours.receive(datagram)]
        to_us = [answer for datagram in to_them for answer in theirs.receive(datagram)]

    assert ours.keys is not None


@given(data=st.binary(max_size=300))
def test_no_bytes_break_it(identity, their_identity, data):
    ours, _ = pair(identity, their_identity)
    with suppress(HandshakeError):
        ours.receive(bytes((22,)) + data)

    assert ours.keys is None


def test_records_are_packed_into_datagrams_that_fit():
    record = bytes(11) + (500).to_bytes(2) + bytes(500)

    assert [2, 2, 1] == [len(datagram) // len(record) for datagram in pack(record * 5)]


def test_a_hash_is_told_as_sdp_has_it():
    assert "BA:78:16:BF" == fingerprint(b"abc", "sha-256")[:11]
