"""A publisher over WebRTC that lives in memory: it speaks the other half of what a session speaks."""

import hashlib
import hmac
import re
import struct

from pylibsrtp import Policy
from pylibsrtp import Session as Srtp

from offair.emulator.media.ingest.whip.dtls import Association, Identity
from offair.emulator.media.ingest.whip.srtp import PROFILES
from offair.emulator.media.ingest.whip.stun import COOKIE, INTEGRITY, USE_CANDIDATE, USERNAME

VIDEO, AUDIO, REPEATS = 96, 111, 97  # payload types
VIDEO_SOURCE, AUDIO_SOURCE, REPEAT_SOURCE = 0x11111111, 0x22222222, 0x33333333
SPS = bytes.fromhex("6742c01fda014016ec0440000003004000000c03c60ca8")  # 1280x720
SMALL_SPS = bytes.fromhex("6742c00dda0502c80000030008000003018078a1528000")
PPS = bytes.fromhex("68ce3c80")
OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=rtcp-mux
a=ice-ufrag:theirs
a=ice-pwd:0123456789abcdefghijkl
a=fingerprint:sha-256 {fingerprint}
a=setup:{setup}
a=rtpmap:111 opus/48000/2
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=mid:1
a=sendonly
a=rtcp-mux
a=rtcp-rsize
a=ice-ufrag:theirs
a=ice-pwd:0123456789abcdefghijkl
a=fingerprint:sha-256 {fingerprint}
a=setup:{setup}
a=rtpmap:96 {codec}/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=fmtp:96 packetization-mode=1;profile-level-id=42e01f
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
"""


def offer(identity: Identity, *, setup: str = "actpass", codec: str = "H264") -> str:
    """An offer of sound and pictures."""
    text = OFFER.format(fingerprint=identity.fingerprint, setup=setup, codec=codec)
    return text.replace("\n", "\r\n")


def request(ufrag: str, password: str, *, nominates: bool = True, transaction: bytes = bytes(12)) -> bytes:
    """A STUN request to bind, sealed with a password."""
    user = f"{ufrag}:theirs".encode()
    body = struct.pack(">HH", USERNAME, len(user)) + user + bytes(-len(user) % 4)
    body += struct.pack(">HH", USE_CANDIDATE, 0) if nominates else b""
    head = struct.pack(">HHI", 1, len(body) + 24, COOKIE) + transaction
    seal = hmac.digest(password.encode(), head + body, hashlib.sha1)
    return head + body + struct.pack(">HH", INTEGRITY, 20) + seal


def packet(number, timestamp, payload, *, kind=VIDEO, source=VIDEO_SOURCE, marker=False) -> bytes:
    """An RTP packet."""
    first = struct.pack(">BBHII", 0x80, marker << 7 | kind, number % 65536, timestamp % (1 << 32), source)
    return first + payload


def fragments(unit: bytes, size: int = 50) -> list[bytes]:
    """A NAL unit as the payloads of FU-As; itself when it is short."""
    if len(unit) <= size:
        return [unit]
    pieces = [unit[at : at + size] for at in range(1, len(unit), size)]
    heads = [0x80] + [0] * (len(pieces) - 2) + [0x40]
    return [
        bytes((unit[0] & 0xE0 | 28, head | unit[0] & 31)) + piece for head, piece in zip(heads, pieces, strict=True)
    ]


def picture(number: int, *, is_key: bool, sps: bytes = SPS, length: int = 120) -> list[bytes]:
    """The payloads of a picture that is told from others by its number."""
    content = struct.pack(">I", number) * (length // 4)
    sets = b"".join(struct.pack(">H", len(one)) + one for one in (sps, PPS))
    return ([b"\x78" + sets] if is_key else []) + fragments((b"\x65" if is_key else b"\x41") + content)


class Publisher:
    """Speaks WebRTC with a session, by the answer that it got. ``said`` are packets as they went, by number."""

    def __init__(self, identity: Identity, answer: str, *, is_client: bool = True) -> None:
        told = dict(re.findall(r"a=([a-z-]+):(.*)\r\n", answer))
        self.ufrag, self.password = told["ice-ufrag"], told["ice-pwd"]
        self.dtls = Association(identity, ("sha-256", told["fingerprint"].split()[1]), is_client=is_client)
        self.numbers = {VIDEO: 65530, AUDIO: 1, REPEATS: 7}
        self.said: dict[int, bytes] = {}
        self.reports: list[bytes] = []
        self.bound = 0

    @property
    def is_open(self) -> bool:
        return self.dtls.keys is not None

    def knock(self) -> bytes:
        return request(self.ufrag, self.password)

    def hear(self, datagram: bytes, now: float) -> list[bytes]:
        """Take what the session sent; gives what a publisher answers."""
        if datagram[0] < 4:
            self.bound += 1
            return self.dtls.begin(now)
        if datagram[0] < 64:
            out = self.dtls.receive(datagram)
            if self.dtls.keys is not None and not hasattr(self, "_outbound"):
                number = PROFILES[self.dtls.keys.profile].number
                self._outbound = _srtp(self.dtls.keys.outbound, number, Policy.SSRC_ANY_OUTBOUND)
                self._inbound = _srtp(self.dtls.keys.inbound, number, Policy.SSRC_ANY_INBOUND)
            return out
        report = self._inbound.unprotect_rtcp(datagram)
        self.reports.append(report)
        return [again for number in asked(report) if (again := self.repeat(number)) is not None]

    def say(self, timestamp: int, payloads: list[bytes], *, kind=VIDEO, source=VIDEO_SOURCE) -> list[bytes]:
        """Send a frame."""
        out = []
        for place, payload in enumerate(payloads):
            number = self.numbers[kind]
            self.numbers[kind] += 1
            is_last = place == len(payloads) - 1
            plain = packet(number, timestamp, payload, kind=kind, source=source, marker=is_last)
            if kind == VIDEO:
                self.said[number % 65536] = plain
            out.append(self._outbound.protect(plain))
        return out

    def speak(self, timestamp: int, content: bytes) -> list[bytes]:
        """Send a packet of sound."""
        return self.say(timestamp, [content], kind=AUDIO, source=AUDIO_SOURCE)

    def repeat(self, number: int) -> bytes | None:
        """Send a packet again, as RFC 4588 has it."""
        plain = self.said.get(number)
        if plain is None:
            return None
        self.numbers[REPEATS] += 1
        payload = struct.pack(">H", number) + plain[12:]
        (timestamp,) = struct.unpack_from(">I", plain, 4)
        has_marker = bool(plain[1] & 128)
        again = packet(self.numbers[REPEATS], timestamp, payload, kind=REPEATS, source=REPEAT_SOURCE, marker=has_marker)
        return self._outbound.protect(again)

    def report(self, source: int, wall: float, timestamp: int) -> bytes:
        """Send a sender report."""
        whole, part = int(wall), int(wall % 1 * (1 << 32))
        body = struct.pack(">IIIIII", source, whole, part, timestamp % (1 << 32), 0, 0)
        return self._outbound.protect_rtcp(struct.pack(">BBH", 0x80, 200, len(body) // 4) + body)


def asked(report: bytes) -> list[int]:
    """The packets that RTCP asks for again."""
    numbers, at = [], 0
    while at + 4 <= len(report):
        size = 4 + 4 * int.from_bytes(report[at + 2 : at + 4])
        if report[at + 1] == 205:
            for first, mask in struct.iter_unpack(">HH", report[at + 12 : at + size]):
                more = [(first + bit + 1) % 65536 for bit in range(16) if mask >> bit & 1]
                numbers += [first, *more]
        at += size
    return numbers


def kinds(reports: list[bytes]) -> list[tuple[int, int]]:
    """The packet types and formats of RTCP, in order."""
    found = []
    for report in reports:
        at = 0
        while at + 4 <= len(report):
            found.append((report[at + 1], report[at] & 31))
            at += 4 + 4 * int.from_bytes(report[at + 2 : at + 4])
    return found


def _srtp(key: bytes, profile: int, direction: int) -> Srtp:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return Srtp(policy)
