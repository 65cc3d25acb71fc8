"""The listener's side of the handshake of version 5: induction, conclusion, and every way to say no.

Between the two nothing is kept: the cookie says that the caller is where it claims to be.
Source: draft-sharabayko-srt-01, 3.2.1 (packets) and 4.3.1 (caller and listener).
"""

import hashlib
import hmac
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from offair.emulator.core.ports import Knock
from offair.emulator.media.ingest.srt import window
from offair.emulator.media.ingest.srt.crypto import Keyring, Passphrase
from offair.emulator.media.ingest.srt.packets import (
    HEADER,
    LONGEST,
    MASK,
    Control,
    ControlType,
    is_control,
    read_control,
)
from offair.emulator.media.ingest.srt.rejections import Code, Denial
from offair.emulator.media.ingest.srt.streamid import read_stream_id

FIELDS = struct.Struct(">IHHIIIIII16s")
VERSION = 5
INDUCTION, CONCLUSION = 1, 0xFFFF_FFFF
MAGIC = 0x4A17  # in an induction's answer: this listener speaks version 5
REJECTED = 1000  # what a rejection's code is added to
HSREQ, HSRSP, KMREQ, KMRSP, SID, CONGESTION, FILTER, GROUP = range(1, 9)
HAS_HSREQ, HAS_KMREQ = 1, 2  # in the extension field
LIBRARY = 0x01_05_01  # the version of libsrt whose behaviour this is
TSBPD_SENDER, TSBPD_RECEIVER, CRYPT, TOO_LATE_DROP, PERIODIC_NAK, RETRANSMIT, STREAM = (1 << bit for bit in range(7))
ABILITIES = TSBPD_SENDER | TSBPD_RECEIVER | CRYPT | TOO_LATE_DROP | PERIODIC_NAK | RETRANSMIT
LATENCY = 120  # milliseconds, the least, and libsrt's own
COOKIE_LIFE = 60.0  # seconds; a cookie is good for one to two of them
LISTENER = 0x5EED  # the socket id of whoever listens; nothing is ever sent to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """The fields that every handshake has (3.2.1)."""

    version: int
    encryption: int
    extension: int
    sequence: int
    mtu: int
    flow_window: int
    kind: int
    socket: int
    cookie: int
    address: bytes

    @classmethod
    def read(cls, body: bytes) -> "Handshake":
        """Read the fields; they are known to be there."""
        names = cls.__dataclass_fields__
        return cls(**dict(zip(names, FIELDS.unpack_from(body), strict=True)))

    def to_bytes(self, receiver: int, extensions: bytes = b"") -> bytes:
        """Write a whole packet to a socket."""
        fields = FIELDS.pack(
            self.version, self.encryption, self.extension, self.sequence, self.mtu,
            self.flow_window, self.kind, self.socket, self.cookie, self.address,
        )  # fmt: skip
        return Control(kind=ControlType.HANDSHAKE, destination=receiver, body=fields + extensions).to_bytes()


@dataclass(frozen=True, slots=True)
class Request:
    """A conclusion whose cookie is ours: the caller is where it says it is, and nothing else is known yet."""

    handshake: Handshake
    extensions: bytes

    def reject(self, code: Code) -> bytes:
        """Write the answer that turns the caller away."""
        answer = replace(self.handshake, version=VERSION, extension=0, kind=REJECTED + code, socket=0)
        return answer.to_bytes(self.handshake.socket)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a caller wants, and on what terms; ``latency`` is in milliseconds, ours and the caller's."""

    request: Request
    knock: Knock
    latency: int
    peer_latency: int
    keyring: Keyring | None
    material: bytes

    def welcome(self, socket: int) -> bytes:
        """Write the answer that lets the caller send to our socket."""
        asked = self.request.handshake
        terms = struct.pack(">IIHH", LIBRARY, ABILITIES, self.latency, self.peer_latency)
        extensions = _extension(HSRSP, terms)
        if self.material:
            extensions += _extension(KMRSP, self.material)
        answer = replace(
            asked,
            encryption=0,
            extension=HAS_HSREQ | (HAS_KMREQ if self.material else 0),
            mtu=min(LONGEST, asked.mtu),
            flow_window=window.SIZE,
            socket=socket,
            cookie=0,
        )
        return answer.to_bytes(asked.socket, extensions)


class Listener:
    """Answers callers, of which it remembers nothing. With a ``passphrase`` it takes only those who know it."""

    def __init__(self, random_bytes: Callable[[int], bytes], passphrase: Passphrase | None = None) -> None:
        self._secret = random_bytes(32)
        self._passphrase = passphrase

    def receive(self, datagram: bytes, peer: str, now: float) -> bytes | Request | None:
        """Take a packet that is addressed to nobody: an answer to send, a request to judge, or nothing.

        ``now`` is in seconds. An answer is never longer than the question.
        """
        packet = read_control(datagram)
        if not is_control(datagram) or packet.kind != ControlType.HANDSHAKE or len(packet.body) < FIELDS.size:
            return None
        handshake = Handshake.read(packet.body)
        if handshake.kind == INDUCTION:
            answer = replace(
                handshake,
                version=VERSION, encryption=0, extension=MAGIC, socket=LISTENER, cookie=self._bake(peer, now),
            )  # fmt: skip
            return answer.to_bytes(handshake.socket)
        if handshake.kind != CONCLUSION or not handshake.socket:
            return None
        if handshake.cookie not in {self._bake(peer, now), self._bake(peer, now - COOKIE_LIFE)}:
            return None
        return Request(handshake, datagram[HEADER + FIELDS.size :])

    def judge(self, request: Request, peer: str) -> Conclusion | Denial:
        """Find out what a caller wants, and whether it can be served at all."""
        handshake = request.handshake
        if handshake.version != VERSION:
            return Denial(Code.VERSION, f"the caller speaks handshake version {handshake.version}, not {VERSION}")
        said = dict(_read_extensions(request.extensions))
        terms = said.get(HSREQ, b"")
        if len(terms) < 12 or handshake.sequence > MASK:
            return Denial(Code.ROGUE, "the handshake is malformed")
        _, abilities, peer_latency, latency = struct.unpack_from(">IIHH", terms)
        unserved = _find_unserved(abilities, said)
        if unserved:
            return unserved
        material = said.get(KMREQ, b"")
        keyring = self._open(material)
        if isinstance(keyring, Denial):
            return keyring
        knock = read_stream_id(_swap(said.get(SID, b"")).rstrip(b"\0"), peer=peer)
        if isinstance(knock, Denial):
            return knock
        return Conclusion(
            request=request,
            knock=knock,
            latency=max(LATENCY, latency),
            peer_latency=peer_latency,
            keyring=keyring,
            material=material if keyring else b"",
        )

    def _open(self, material: bytes) -> Keyring | Denial | None:
        if self._passphrase is None:
            return Denial(Code.UNSECURE, "the caller has a passphrase, this listener has none") if material else None
        if not material:
            return Denial(Code.UNSECURE, "the caller has no passphrase; add &passphrase=... to its URL")
        keys = self._passphrase.open(material)
        return keys if isinstance(keys, Denial) else Keyring(self._passphrase, keys)

    def _bake(self, peer: str, now: float) -> int:
        period = int(now // COOKIE_LIFE)
        digest = hmac.digest(self._secret, f"{peer} {period}".encode(), hashlib.sha256)
        return int.from_bytes(digest[:4])


def _find_unserved(abilities: int, said: dict[int, bytes]) -> Denial | None:
    if abilities & STREAM:
        return Denial(Code.MESSAGE_API, "the caller wants to send a file; leave its transtype live")
    congestion = _swap(said[CONGESTION]).rstrip(b"\0") if CONGESTION in said else b"live"
    if congestion != b"live":
        return Denial(Code.CONGESTION, f"the caller wants congestion control {congestion!r}; leave its transtype live")
    if FILTER in said:
        return Denial(Code.FILTER, "the caller wants a packet filter; leave its packetfilter alone")
    if GROUP in said:
        return Denial(Code.GROUP, "the caller wants to bond connections; connect it to one address")
    return None


def _extension(kind: int, content: bytes) -> bytes:
    return struct.pack(">HH", kind, len(content) // 4) + content


def _read_extensions(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(content):
        kind, words = struct.unpack_from(">HH", content, at)
        yield kind, content[at + 4 : at + 4 + 4 * words]
        at += 4 + 4 * words


def _swap(content: bytes) -> bytes:
    """Strings travel in 32-bit words of which the bytes are reversed (3.2.1.3)."""
    return b"".join(content[at : at + 4][::-1] for at in range(0, len(content), 4))
