"""The RTMP handshake, both sides: an answer or a ProtocolError, the same however the bytes are cut."""

from cuts import Outcome, outcome, pieces

from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.ingest.rtmp.handshake import ClientHandshake, ServerHandshake

SEEDS = (b"\x07\x03" + bytes(3072) + b"more", b"\xff\x03" + bytes(1536), b"\x01GET / HTTP/1.1\r\n", b"\x02\x16\x03\x01")


def consume(data: bytes) -> None:
    """The first byte says into what pieces the rest is cut."""
    step, said = data[0] + 1 if data else 1, data[1:]
    for side in (ServerHandshake, ClientHandshake):
        whole, cut = (_talk(side, said, length) for length in (len(said) or 1, step))
        assert whole == cut


def _talk(side: type, said: bytes, length: int) -> Outcome:
    handshake = side(bytes)
    rest: list[bytes] = []

    def receive(piece: bytes) -> list[bytes]:
        if handshake.is_over:
            rest.append(piece)
            return []
        answer, after = handshake.receive(piece)
        rest.append(after)
        return [answer] if answer else []

    answers, refusal = outcome(receive, pieces(said, length), ProtocolError)
    return [b"".join(answers), b"".join(rest)], refusal
