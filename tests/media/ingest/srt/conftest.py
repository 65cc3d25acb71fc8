"""An SRT caller that sends: it speaks the other half of what the listener speaks, in memory or over a UDP socket."""

import hashlib
import select
import socket
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace

import imageio_ffmpeg
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from lossy import Network

from offair.emulator.media.ingest.srt import handshake
from offair.emulator.media.ingest.srt.handshake import CONCLUSION, INDUCTION, Handshake
from offair.emulator.media.ingest.srt.packets import HEADER, MASK, Control, ControlType, following, read_control

PATIENCE = 30.0  # seconds
SOURCE = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3", "-f", "lavfi", "-i", "sine=duration=3"]
ENCODE = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-b:v", "3M", "-minrate", "3M", "-maxrate", "3M"]
CONSTANT = ["-bufsize", "1M", "-x264-params", "nal-hrd=cbr", "-c:a", "aac", "-f", "mpegts"]
SALT = bytes(range(16))
GOOD = b"#!::r=live/key,m=publish"


class Locksmith:
    """Makes key material as a caller does, and locks payloads with it."""

    def __init__(self, words="a good passphrase", *, size=16, salt=SALT) -> None:
        self.words, self.size, self.salt = words, size, salt

    def key(self, kind: int, generation: int = 0) -> bytes:
        return hashlib.sha256(bytes((kind, generation))).digest()[: self.size]

    def material(self, *kinds: int, cipher: int = 2, generation: int = 0) -> bytes:
        wrapping = hashlib.pbkdf2_hmac("sha1", self.words.encode(), self.salt[-8:], 2048, self.size)
        head = struct.pack(">3sBI4BHBB", b"\x12\x20\x29", sum(kinds), 0, cipher, 0, 2, 0, 0, 4, self.size // 4)
        return head + self.salt + aes_key_wrap(wrapping, b"".join(self.key(kind, generation) for kind in kinds))

    def lock(self, kind: int, sequence: int, payload: bytes, generation: int = 0) -> bytes:
        counter = bytearray(self.salt[:14] + b"\0\0")
        for place, byte in enumerate(sequence.to_bytes(4)):
            counter[10 + place] ^= byte
        return Cipher(algorithms.AES(self.key(kind, generation)), modes.CTR(bytes(counter))).encryptor().update(payload)


class Caller:
    """The datagrams of a caller. ``code`` is why it was rejected, ``peer`` the socket that took it."""

    def __init__(self, stream_id=GOOD, *, first=1000, own=77, locksmith=None, latency=120) -> None:
        self.stream_id, self.first, self.own, self.latency = stream_id, first, own, latency
        self.locksmith = locksmith
        self.peer: int | None = None
        self.code: int | None = None
        self.next = first
        self.unacknowledged: dict[int, bytes] = {}
        self.abilities = 0xBF
        self.more: list[tuple[int, bytes]] = []  # extensions

    def induction(self) -> bytes:
        return self._shake(INDUCTION, version=4).to_bytes(0)

    def conclude(self, answer: bytes) -> bytes:
        """The conclusion that carries the cookie of an induction's answer."""
        offered = Handshake.read(answer[HEADER:])
        assert (5, INDUCTION, 0x4A17) == (offered.version, offered.kind, offered.extension)
        return self.conclusion(offered.cookie)

    def conclusion(self, cookie: int, *, version=5) -> bytes:
        terms = struct.pack(">IIHH", 0x010502, self.abilities, self.latency, self.latency)
        extensions = [(handshake.HSREQ, terms), *self.more]
        if self.locksmith is not None:
            extensions.append((handshake.KMREQ, self.locksmith.material(1)))
        if self.stream_id:
            extensions.append((handshake.SID, swapped(self.stream_id)))
        content = b"".join(struct.pack(">HH", kind, len(body) // 4) + body for kind, body in extensions)
        return replace(self._shake(CONCLUSION, version=version), cookie=cookie).to_bytes(0, content)

    def hear(self, datagram: bytes) -> list[bytes]:
        """Take what the listener sent; gives what a caller answers."""
        packet = read_control(datagram)
        assert self.own == packet.destination
        if packet.kind == ControlType.HANDSHAKE:
            answer = Handshake.read(packet.body)
            if answer.kind == CONCLUSION:
                self.peer = answer.socket
            else:
                self.code = answer.kind - 1000
        elif packet.kind == ControlType.ACK:
            self.forget(int.from_bytes(packet.body[:4]))
            return [self.say(ControlType.ACKACK, info=packet.info)]
        elif packet.kind == ControlType.NAK:
            return [self.unacknowledged[number] for number in losses(packet.body) if number in self.unacknowledged]
        return []

    def forget(self, until: int) -> None:
        for number in list(self.unacknowledged):
            if (until - number - 1) & MASK < 1 << 30:
                del self.unacknowledged[number]

    def send(self, payload: bytes) -> bytes:
        number, self.next = self.next, following(self.next)
        kind = 0
        if self.locksmith is not None:
            kind, payload = 1, self.locksmith.lock(1, number, payload)
        self.unacknowledged[number] = self.pack(number, payload, kind=kind)
        return self.unacknowledged[number]

    def pack(self, number: int, payload: bytes, *, kind: int = 0) -> bytes:
        return struct.pack(">IIII", number, 0xC000_0001 | kind << 27, 0, self.peer or 0) + payload

    def say(self, kind: int, *, subkind=0, info=0, body=b"") -> bytes:
        return Control(kind=kind, subkind=subkind, info=info, destination=self.peer or 0, body=body).to_bytes()

    def _shake(self, kind: int, *, version: int) -> Handshake:
        return Handshake(
            version=version, encryption=0, extension=2, sequence=self.first, mtu=1500,
            flow_window=8192, kind=kind, socket=self.own, cookie=0, address=bytes(16),
        )  # fmt: skip


class Dialled(Caller):
    """A caller on a UDP socket."""

    def __init__(self, port: int, stream_id=GOOD, **options) -> None:
        super().__init__(stream_id, **options)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.heard: list[Control] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @property
    def name(self) -> str:
        host, port = self.socket.getsockname()
        return f"{host}:{port}"

    def ask(self) -> "Dialled":
        """Call until the listener has said yes or no."""
        self.socket.send(self.induction())
        self.socket.send(self.conclude(self.socket.recv(2048)))
        while self.peer is None and self.code is None:
            self.listen()
        return self

    def listen(self) -> Control:
        """Hear one datagram, and answer as a caller does."""
        datagram = self.socket.recv(2048)
        for answer in self.hear(datagram):
            self.socket.send(answer)
        self.heard.append(read_control(datagram))
        return self.heard[-1]

    def listen_for(self, kind: int) -> Control:
        """Listen until a packet of this kind was heard, which may have been before."""
        while True:
            for packet in self.heard:
                if packet.kind == kind:
                    return packet
            self.listen()

    def publish(self, *payloads: bytes) -> None:
        for payload in payloads:
            self.socket.send(self.send(payload))
            while select.select([self.socket], [], [], 0)[0]:
                self.listen()

    def hang_up(self) -> None:
        self.socket.send(self.say(ControlType.SHUTDOWN))


def swapped(text: bytes) -> bytes:
    padded = text.ljust(-(-len(text) // 4) * 4, b"\0")
    return b"".join(padded[at : at + 4][::-1] for at in range(0, len(padded), 4))


def losses(body: bytes) -> list[int]:
    """The numbers that a NAK names."""
    words = list(struct.unpack(f">{len(body) // 4}I", body))
    named = []
    while words:
        word = words.pop(0)
        if word >> 31:
            start, end = word & MASK, words.pop(0)
            named += [(start + step) & MASK for step in range(((end - start) & MASK) + 1)]
        else:
            named.append(word)
    return named


@pytest.fixture(scope="session")
def caller() -> type[Caller]:
    return Caller


@pytest.fixture(scope="session")
def named_losses() -> Callable[[bytes], list[int]]:
    return losses


@pytest.fixture(scope="session")
def locksmith() -> type[Locksmith]:
    return Locksmith


@pytest.fixture
def edge(open_edge):
    return open_edge(srt_port=0)


@pytest.fixture
def dial(edge):
    """Open a caller to the edge's SRT port."""
    opened = []

    def make(*given, to=None, **options) -> Dialled:
        opened.append(Dialled(to or edge.srt_port, *given, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.socket.close()


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    """Three seconds at 3 Mb/s, as ffmpeg's muxer writes them when it copies."""
    folder = tmp_path_factory.mktemp("clip")
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "warning"]
    subprocess.run([*ffmpeg, *SOURCE, *ENCODE, *CONSTANT, str(folder / "made.ts")], check=True, timeout=20)
    copied = ["-i", str(folder / "made.ts"), "-c", "copy", "-f", "mpegts", str(folder / "clip.ts")]
    subprocess.run([*ffmpeg, *copied], check=True, timeout=20)
    return folder / "clip.ts"


@pytest.fixture
def network(edge):
    opened = []

    def make(**options) -> Network:
        opened.append(Network(edge.srt_port, **options))
        opened[-1].start()
        return opened[-1]

    yield make
    for one in opened:
        one.close()
