"""Requests of HTTP/1.1: read or refused, the same however the bytes are cut, and read as llhttp reads them.

llhttp is more lenient in what it takes, and knows only certain methods; what is taken here has to be one to both.
"""

from contextlib import suppress

from cuts import pieces
from httptools import HttpParserUpgrade, HttpRequestParser

from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.heads import Head, Refusal
from offair.emulator.web.host.reading import RequestReader

BOUNDS = Bounds(head=1_000, body=500)
CHUNKS = b"POST /a?b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nab\r\n0\r\nC: d\r\n\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\na"
SEEDS = (
    b"\x09GET http://y/%20 HTTP/1.1\r\nHost: x\r\nA:b \r\n\r\n" + CHUNKS,
    b"\x01" + UPGRADE + b"OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"\x40POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab" + CHUNKS[:-2],
)


def consume(data: bytes) -> None:
    """The first byte says into what pieces the rest is cut."""
    step, said = data[0] + 1 if data else 1, data[1:]
    whole = _read(said, len(said) or 1)
    assert whole == _read(said, step)
    for head, _, _ in whole[:-1]:
        _check_head(head)


def _read(said: bytes, length: int) -> list[tuple[Head | None, int | None, bytes]]:
    """Heads, flaws and bodies; last the status of a refusal, 0 without one."""
    reader, read, status = RequestReader(BOUNDS), [], 0
    try:
        for piece in (*pieces(said, length), None):
            if piece is None:
                reader.end()
            else:
                reader.receive(piece)
            while (request := reader.next()) is not None:
                with request.body:
                    body = b"" if request.flaw else request.body.read()
                assert len(body) <= BOUNDS.body
                read.append((request.head, request.flaw, body))
    except Refusal as refusal:
        status = refusal.status
    reader.close()
    return [*read, (None, status, b"")]


def _check_head(head: Head) -> None:
    """Hold a head that was taken against what llhttp makes of it."""
    if head.flaw is not None:
        return
    lines = [f"POST / {head.version}", *(f"{name}: {value}" for name, value in head.fields.items()), "", ""]
    heard = _Heard()
    with suppress(HttpParserUpgrade):
        HttpRequestParser(heard).feed_data("\r\n".join(lines).encode("latin-1"))
    assert heard.fields == {name: value.encode("latin-1") for name, value in head.fields.items()}
    assert heard.is_whole == (head.length == 0) or "upgrade" in head.fields


class _Heard:
    def __init__(self) -> None:
        self.fields: dict[str, bytes] = {}
        self.is_whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields[name.decode()] = value

    def on_message_complete(self) -> None:
        self.is_whole = True
