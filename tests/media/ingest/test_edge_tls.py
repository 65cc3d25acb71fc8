"""The edge's port for RTMP within TLS: what comes through it, and who is told what goes wrong."""

import socket
import ssl
from concurrent.futures import Future

import pytest
from rtmp_caller import PATIENCE, Caller

from offair.emulator.core.ports import Knock
from offair.emulator.media.ingest.rtmp.client import Accepted, Rejected


@pytest.fixture
def secure_edge(open_edge, certificate):
    return open_edge(certificate=certificate.begin)


def test_a_publication_may_come_within_tls(door, secure_edge, trust, publication):
    with Caller(secure_edge.rtmps_port, "key?passcode=x", trust=trust) as caller:
        assert Accepted() == caller.ask()
        caller.send(*publication)
        caller.finish()

        assert [*publication, True] == door.desks.get(timeout=PATIENCE).rest()
        assert (
            Knock(protocol="rtmps", app="live", name="key", query="passcode=x", peer=caller.peer)
            == door.knocks.get_nowait()
        )


def test_a_refusal_within_tls_reaches_the_encoder_in_words_and_ends_in_order(door, secure_edge, trust):
    with Caller(secure_edge.rtmps_port, "nobody", trust=trust) as caller:
        assert Rejected("NetStream.Publish.BadName", "invalid stream key") == caller.ask()
        assert b"" == caller.socket.recv(65_536)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"\x03" + bytes(1536), "plain RTMP came to the RTMPS port"),
        (b"\x16\x03\x01", "nothing was published within 0.2 s"),
    ],
    ids=["plain", "half-open"],
)
def test_what_is_no_tls_is_closed_with_one_line(door, open_edge, certificate, said, words):
    edge = open_edge(certificate=certificate.begin, patience=0.2)
    with Caller(edge.rtmps_port) as caller:
        caller.socket.sendall(said)

        assert caller.is_closed()
    assert words in door.problems.get(timeout=PATIENCE)[1]
    assert door.problems.empty()


def test_who_does_not_trust_the_certificate_is_told_in_the_journal(door, secure_edge):
    with pytest.raises(ssl.SSLCertVerificationError):
        Caller(secure_edge.rtmps_port, trust=ssl.create_default_context())

    assert "does not trust" in door.problems.get(timeout=PATIENCE)[1]
    secure_edge.close()
    assert door.problems.empty()


def test_who_leaves_after_the_handshake_is_told_what_may_be_wrong(door, secure_edge, trust):
    Caller(secure_edge.rtmps_port, trust=trust).socket.close()

    assert "went after the TLS handshake" in door.problems.get(timeout=PATIENCE)[1]


def test_who_says_goodbye_within_tls_is_gone_and_gets_one_in_return(door, secure_edge, trust, publication):
    """It closes the connection once it has heard ours (RFC 8446, 6.1), so nothing else would tell its end."""
    with Caller(secure_edge.rtmps_port, trust=trust) as caller:
        caller.ask()
        caller.send(*publication)
        caller.socket.unwrap()

    assert ([*publication, False], True) == (door.desks.get(timeout=PATIENCE).rest(), door.problems.empty())


def test_without_a_certificate_the_other_protocols_are_served(door, open_edge):
    failed: Future = Future()
    failed.set_exception(OSError("the disk is full"))
    edge = open_edge(certificate=lambda: failed)
    with socket.socket() as knocking:
        knocking.connect_ex(("127.0.0.1", edge.rtmps_port))
    with Caller(edge.port) as caller:
        assert Accepted() == caller.ask()
    assert "the disk is full" in door.problems.get(timeout=PATIENCE)[1]


def test_an_edge_closes_while_its_certificate_is_still_awaited(door, open_edge):
    """Who has knocked is let go, and no port stays open."""
    edge = open_edge(certificate=Future)
    with Caller(edge.rtmps_port) as caller:
        edge.close()

        assert caller.is_closed()
