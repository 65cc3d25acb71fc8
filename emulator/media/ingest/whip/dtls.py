"""DTLS over memory, either role: datagrams in, datagrams out, and in the end the keys of SRTP (RFC 5763, RFC 5764).

The peer's certificate is nobody's: it must be the one whose hash the offer told.
"""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from OpenSSL import SSL

from offair.emulator.media.ingest.whip.srtp import PROFILES, Keys, split

MTU = 1200  # bytes
RECORD = 13  # bytes of a record's head (RFC 6347, 4.1)
LABEL = b"EXTRACTOR-dtls_srtp"
MOST = 65_536  # bytes that are read at once
FIRST_PAUSE, LAST_PAUSE = 0.03, 0.3  # seconds after which a first hello is said again


class HandshakeError(ValueError):
    """The peer is not who its offer says, or there is nothing that both can do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The certificate that we show, in every session the same, and its SHA-256 as SDP has it."""

    context: SSL.Context
    fingerprint: str


def make_identity() -> Identity:
    """Make a certificate: some milliseconds, and a quarter of a second for the libraries at the first time."""
    import trustme

    pair = trustme.CA(organization_name="Offair").issue_cert("offair.invalid")
    certificate = load_pem_x509_certificate(pair.cert_chain_pems[0].bytes())
    key = load_pem_private_key(pair.private_key_pem.bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)  # noqa: S101 - for the type checker: trustme makes no other here
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU)
    # anybody's will do here; _open looks at its hash
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    context.use_certificate(certificate)
    context.use_privatekey(key)
    context.set_tlsext_use_srtp(b":".join(PROFILES))
    return Identity(context, fingerprint(certificate.public_bytes(Encoding.DER), "sha-256"))


def fingerprint(certificate: bytes, algorithm: str) -> str:
    """Hash a certificate (DER) as SDP has it (RFC 8122, 5): ``sha-256`` and its like, in hex with colons."""
    return hashlib.new(algorithm.replace("-", ""), certificate).digest().hex(":").upper()


class Association:
    """One handshake and what follows it; ``expected`` is the hash that the offer told, its name and its value.

    ``keys`` are there once it is done; ``is_over`` when the peer said goodbye.
    """

    def __init__(self, identity: Identity, expected: tuple[str, str], *, is_client: bool) -> None:
        self._expected = expected
        self._is_client = is_client
        self._tls = SSL.Connection(identity.context, None)
        if is_client:
            self._tls.set_connect_state()
        else:
            self._tls.set_accept_state()
        self._tls.set_ciphertext_mtu(MTU)
        self._hello: list[bytes] = []  # while nobody has answered it
        self._pause = FIRST_PAUSE
        self._due = 0.0
        self.keys: Keys | None = None
        self.is_over = False

    def begin(self, now: float) -> list[bytes]:
        """Say hello where that is our part, once it is known where the peer is; again is fine, and says nothing."""
        if not self._is_client or self._due:
            return []
        self._shake()
        self._hello = self._outgoing()
        self._due = now + self._pause
        return self._hello

    def receive(self, datagram: bytes) -> list[bytes]:
        """Take a datagram and give what is answered; HandshakeError ends it."""
        self._hello = []
        try:
            self._tls.bio_write(datagram)
            if self.keys is None:
                self._shake()
            else:
                self._tls.recv(MOST)
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.is_over = True
        except SSL.Error as error:
            if self.keys is None:
                raise HandshakeError(f"the DTLS handshake failed: {_words(error)}") from error
        return self._outgoing()

    def tick(self, now: float) -> list[bytes]:
        """Give what has to be said again: OpenSSL waits for a second, which is long where nothing gets lost.

        FFmpeg throws the first hello away, since it listens for STUN until then.
        """
        if self.keys is not None:
            return []
        if self._hello and now >= self._due and self._pause < LAST_PAUSE:
            self._pause *= 2
            self._due = now + self._pause
            return self._hello
        left = self._tls.DTLSv1_get_timeout()
        if left is None or left > 0:
            return []
        try:
            self._tls.DTLSv1_handle_timeout()
        except SSL.Error as error:
            raise HandshakeError(f"the DTLS handshake came to nothing: {_words(error)}") from error
        return self._outgoing()

    def close(self) -> list[bytes]:
        """Say goodbye."""
        try:
            self._tls.shutdown()
        except SSL.Error:
            return []
        return self._outgoing()

    def _shake(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            return
        self._open()

    def _open(self) -> None:
        peer = self._tls.get_peer_certificate(as_cryptography=True)
        algorithm, value = self._expected
        if peer is None or fingerprint(peer.public_bytes(Encoding.DER), algorithm) != value:
            raise HandshakeError("the publisher shows another certificate than its offer announced")
        profile = self._tls.get_selected_srtp_profile()
        if profile not in PROFILES:
            known = b", ".join(PROFILES).decode()
            raise HandshakeError(f"the publisher knows no SRTP profile that is known here ({known})")
        length = 2 * (PROFILES[profile].key + PROFILES[profile].salt)
        material = self._tls.export_keying_material(LABEL, length)
        self.keys = split(profile, material, is_client=self._is_client)

    def _outgoing(self) -> list[bytes]:
        try:
            return pack(self._tls.bio_read(MOST))
        except SSL.WantReadError:
            return []


def pack(flight: bytes) -> list[bytes]:
    """Cut what a memory BIO glued together at the records, and fill datagrams with these."""
    datagrams, at = [b""], 0
    while at + RECORD <= len(flight):
        end = at + RECORD + int.from_bytes(flight[at + RECORD - 2 : at + RECORD])
        if datagrams[-1] and len(datagrams[-1]) + end - at > MTU:
            datagrams.append(b"")
        datagrams[-1] += flight[at:end]
        at = end
    return [datagram for datagram in datagrams if datagram]


def _words(error: SSL.Error) -> str:
    """Give OpenSSL's reason, which it says last."""
    reasons = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return str(reasons[-1][-1]) if reasons else "the publisher broke it off"
