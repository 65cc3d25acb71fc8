"""The bodies of requests: collected in memory, and in a file where they are large; or broken, and then unreadable."""

import io
from tempfile import SpooledTemporaryFile
from typing import IO

from httptools import HttpParserError, HttpRequestParser

SPOOL = 1 << 20  # bytes from which on a body is kept in a file
BLANK = b"\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
OVERHEAD = 64  # bytes that sizes and extensions may have for each chunk, beside those of a whole head


def broken_body() -> IO[bytes]:
    """Give a body that did not arrive as it was announced: who reads it meets ConnectionError."""
    return io.BufferedReader(_Broken())


class _Broken(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, _into: object) -> int:
        raise ConnectionError("the body ended early, or is no body that can be read")


class Counted:
    """A body of a known length."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.content: IO[bytes] = SpooledTemporaryFile(SPOOL)  # noqa: SIM115 - whoever gets it closes it
        self.flaw: int | None = None

    def take(self, buffer: bytearray) -> bool:
        """Take what is its own from the front of the buffer; True when that was all."""
        piece = bytes(memoryview(buffer)[: self._left])
        del buffer[: len(piece)]
        self.content.write(piece)
        self._left -= len(piece)
        return self._left == 0


class Chunked:
    """A body in chunks (RFC 9112, 7.1): llhttp reads it; extensions and trailers are dropped.

    A message ends behind a blank line, and nowhere else. llhttp does not tell where, so it is fed up to each in turn.
    """

    def __init__(self, limit: int, head: int) -> None:
        self.content: IO[bytes] = SpooledTemporaryFile(SPOOL)  # noqa: SIM115 - whoever gets it closes it
        self.flaw: int | None = None
        self._room = limit
        self._overhead = head
        self._is_whole = False
        self._parser = HttpRequestParser(self)
        self._parser.feed_data(CHUNKED)

    def take(self, buffer: bytearray) -> bool:
        """Take what is its own from the front of the buffer; True when that was all, or when a flaw was found."""
        while not self._is_whole and self.flaw is None:
            blank = buffer.find(BLANK)
            end = len(buffer) - len(BLANK) + 1 if blank < 0 else blank + len(BLANK)  # half a blank line waits
            if end <= 0:
                return False
            piece = bytes(memoryview(buffer)[:end])
            del buffer[:end]
            self._feed(piece)
        return True

    def _feed(self, piece: bytes) -> None:
        self._overhead -= len(piece)
        try:
            self._parser.feed_data(piece)
        except HttpParserError:
            self.flaw = self.flaw or 400
        if self._overhead < 0:
            self.flaw = self.flaw or 400

    def on_chunk_header(self) -> None:
        """Hear from llhttp that a chunk begins."""
        self._overhead += OVERHEAD

    def on_body(self, piece: bytes) -> None:
        """Hear from llhttp what is in a chunk."""
        self._room -= len(piece)
        self._overhead += len(piece)
        if self._room < 0:
            self.flaw = self.flaw or 413
        elif self.flaw is None:
            self.content.write(piece)

    def on_message_complete(self) -> None:
        """Hear from llhttp that the last chunk and its trailers are over."""
        self._is_whole = True
