"""The bodies of requests: collected in memory, and in a file where they are large; or broken, and then unreadable."""

import io
import re
from tempfile import SpooledTemporaryFile
from typing import IO

from offair.emulator.web.host.heads import FIELDS, TOKEN

SPOOL = 1 << 20  # bytes from which on a body is kept in a file
BLANK = b"\r\n\r\n"
END = b"\r\n"
OVERHEAD = 64  # bytes that sizes and extensions may have for each chunk, beside those of a whole head
# RFC 9112, 7.1.1: white space within an extension is bad, and still has to be read (RFC 9110, 5.6.3 and 5.6.4). No part
# can begin as another ends, so that what does not match is found out in one go; possessive groups, which say the same,
# match wrongly before Python 3.11.4.
QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"'
VALUE = rb"[ \t]*=[ \t]*(?:" + TOKEN + rb"|" + QUOTED + rb")"
SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[ \t]*" + TOKEN + rb"(?:" + VALUE + rb")?)*")
FRAMING = {b"content-length", b"transfer-encoding", b"host"}  # no trailers can be these (RFC 9110, 6.5.1)


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
        self.content: IO[bytes] = io.BytesIO() if length <= SPOOL else SpooledTemporaryFile(SPOOL)  # noqa: SIM115 - as below
        self.flaw: int | None = None

    def take(self, buffer: bytearray) -> bool:
        """Take what is its own from the front of the buffer; True when that was all."""
        piece = bytes(memoryview(buffer)[: self._left])
        del buffer[: len(piece)]
        self.content.write(piece)
        self._left -= len(piece)
        return self._left == 0


class Chunked:
    """A body in chunks (RFC 9112, 7.1), read strictly: only extensions may be spelled in ways of their own.

    Those, and trailers, are dropped; what they and the sizes take is bounded beside the body itself.
    """

    def __init__(self, limit: int, head: int) -> None:
        self.content: IO[bytes] = SpooledTemporaryFile(SPOOL)  # noqa: SIM115 - whoever gets it closes it
        self.flaw: int | None = None
        self._room = limit
        self._overhead = head
        self._left: int | None = None  # bytes of the running chunk and of the line's end behind it
        self._is_last = False  # what comes are trailers
        self._is_whole = False

    def take(self, buffer: bytearray) -> bool:
        """Take what is its own from the front of the buffer; True when that was all, or when a flaw was found."""
        while not self._is_whole and self.flaw is None:
            if not (self._take_line(buffer) if self._left is None else self._take_piece(buffer, self._left)):
                return False
        return True

    def _take_line(self, buffer: bytearray) -> bool:
        """Take a size with its extensions, or a trailer; False when it is not whole."""
        end = buffer.find(END)
        if self._overhead < (len(buffer) if end < 0 else end + len(END)) or b"\n" in buffer[:end]:
            self.flaw = 400
            return True
        if end < 0:
            return False
        line = bytes(memoryview(buffer)[:end])
        del buffer[: end + len(END)]
        self._overhead -= end + len(END)
        if self._is_last:
            self._read_trailer(line)
        else:
            self._read_size(line)
        return True

    def _read_size(self, line: bytes) -> None:
        found = SIZE.fullmatch(line)
        if found is None:
            self.flaw = 400
            return
        size = int(found[1], 16)
        self._is_last = size == 0
        self._room -= size
        self._overhead += OVERHEAD
        if self._room < 0:
            self.flaw = 413
        elif size:
            self._left = size + len(END)

    def _read_trailer(self, line: bytes) -> None:
        name, colon, _ = line.partition(b":")
        if not line:
            self._is_whole = True
        elif not colon or FIELDS.fullmatch(line + END) is None or name.lower() in FRAMING:
            self.flaw = 400

    def _take_piece(self, buffer: bytearray, left: int) -> bool:
        """Take of a chunk what came; False when that was not all."""
        piece = bytes(memoryview(buffer)[: max(0, left - len(END))])
        self.content.write(piece)
        del buffer[: len(piece)]
        left -= len(piece)
        if left == len(END) and len(buffer) >= len(END):
            self.flaw = None if buffer[: len(END)] == END else 400
            del buffer[: len(END)]
            self._left = None
            return True
        self._left = left
        return False
