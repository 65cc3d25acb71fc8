"""An envelope: TLS without a socket, and a sentence for whoever sends something else."""

import ssl

import pytest

from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.ingest.tls import Envelope


class Client:
    """The other end, from the standard library."""

    def __init__(self, trust: ssl.SSLContext, host: str = "localhost") -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = trust.wrap_bio(self.incoming, self.outgoing, server_hostname=host)

    def step(self) -> bool:
        """Go on with the handshake; True when it is over."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True


def shake_hands(envelope: Envelope, client: Client, length: int = 65_536) -> None:
    """Carry bytes to and fro, in pieces of a length, until both are content."""
    is_over = False
    while not is_over or client.outgoing.pending:
        is_over = client.step()
        while data := client.outgoing.read(length):
            assert b"" == envelope.open(data)
        client.incoming.write(envelope.seal())


@pytest.mark.parametrize("length", [1, 7, 100, 65_536])
def test_what_is_sealed_is_opened_however_it_is_cut(certificate, trust, length):
    envelope, client = Envelope(certificate.begin().result()), Client(trust)
    shake_hands(envelope, client, length)
    client.tls.write(b"hello " * 10_000)
    sealed = client.outgoing.read()

    opened = b"".join(envelope.open(sealed[at : at + length]) for at in range(0, len(sealed), length))
    client.incoming.write(envelope.seal(b"welcome"))

    assert (b"hello " * 10_000, b"welcome") == (opened, client.tls.read())


def test_the_end_is_said(certificate, trust):
    envelope, client = Envelope(certificate.begin().result()), Client(trust)
    shake_hands(envelope, client)
    client.incoming.write(envelope.close())

    assert b"" == client.tls.read()


def test_a_client_that_says_goodbye_has_said_nothing(certificate, trust):
    envelope, client = Envelope(certificate.begin().result()), Client(trust)
    shake_hands(envelope, client)
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()

    assert b"" == envelope.open(client.outgoing.read())


def test_who_does_not_trust_us_is_told_what_to_do(certificate):
    envelope, client = Envelope(certificate.begin().result()), Client(ssl.create_default_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(envelope, client)

    with pytest.raises(ProtocolError, match=r"does not trust .* give it the CA file"):
        envelope.open(client.outgoing.read())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x03" + bytes(1536), "plain RTMP came to the RTMPS port"),
        (b"GET / HTTP/1.1\r\n\r\n", "starts with 0x47, and TLS with 0x16"),
        (b"\x16\x03\x01\x00\x05garbage", "the TLS connection failed"),
        (b"\x16" + bytes(500), "the TLS connection failed: WRONG_VERSION_NUMBER"),
    ],
    ids=["rtmp", "http", "half right", "zeros"],
)
def test_what_is_no_tls_is_refused_in_words(certificate, data, words):
    with pytest.raises(ProtocolError, match=words):
        Envelope(certificate.begin().result()).open(data)
