"""An SRT caller's packets to a listener: never longer answers than questions, and a verdict on every conclusion."""

from dataclasses import replace

from offair.emulator.media.ingest.srt import handshake
from offair.emulator.media.ingest.srt.crypto import Passphrase
from offair.emulator.media.ingest.srt.handshake import (
    CONCLUSION,
    INDUCTION,
    Conclusion,
    Handshake,
    Listener,
    Request,
)
from offair.emulator.media.ingest.srt.packets import HEADER, destination
from offair.emulator.media.ingest.srt.rejections import Denial

PEER = "127.0.0.1:5000"
LISTENERS = (Listener(bytes), Listener(bytes, Passphrase("a good passphrase")))
OPENING = Handshake(
    version=4, encryption=0, extension=2, sequence=1000, mtu=1500, flow_window=8192, kind=INDUCTION, socket=77,
    cookie=0, address=bytes(16),
)  # fmt: skip
INDUCED = LISTENERS[0].receive(OPENING.to_bytes(0), PEER, 0.0)
assert isinstance(INDUCED, bytes)
COOKIE = Handshake.read(INDUCED[HEADER:]).cookie
TERMS = bytes.fromhex("0001 0003 00010501 000000bf 0078 0078")
SID = bytes.fromhex("0005 0003") + b"::!#vil=" + b"k/e="
CONGESTION, FILTER = bytes.fromhex("0006 0001 6576696c"), bytes.fromhex("0007 0001 61616161")
GROUP = bytes.fromhex("0008 0001 00000000")
KEYS = bytes.fromhex("0003 000c 12202901 00000000 02000200 00000404") + bytes(32)


def _asked(*extensions: bytes, version: int = 5) -> bytes:
    concluding = replace(OPENING, version=version, extension=5, kind=CONCLUSION, cookie=COOKIE)
    return concluding.to_bytes(0, b"".join(extensions))


SEEDS = (
    OPENING.to_bytes(0),
    _asked(TERMS, SID),
    _asked(TERMS, KEYS, SID),
    _asked(TERMS, SID, CONGESTION),
    _asked(TERMS, SID, FILTER, GROUP),
    _asked(version=4),
)


def consume(data: bytes) -> None:
    """A datagram; its cookie is put right, as whoever can hear us could do it."""
    if destination(data) is None:
        return
    at = HEADER + handshake.FIELDS.size - 20
    said = data[:at] + COOKIE.to_bytes(4) + data[at + 4 :] if len(data) >= at + 4 else data
    for listener in LISTENERS:
        heard = listener.receive(said, PEER, 1.0)
        if isinstance(heard, bytes):
            assert len(heard) <= len(said)
        elif isinstance(heard, Request):
            _judge(listener, heard)


def _judge(listener: Listener, request: Request) -> None:
    verdict = listener.judge(request, PEER)
    if isinstance(verdict, Denial):
        assert destination(request.reject(verdict.code)) is not None
    else:
        assert isinstance(verdict, Conclusion)
        assert verdict.knock.name
        assert destination(verdict.welcome(5)) is not None
