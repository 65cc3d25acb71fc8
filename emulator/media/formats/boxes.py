"""ISO BMFF (ISO/IEC 14496-12) boxes, read within their bounds; and a byte stream of them, split into what matters."""

import struct
from collections.abc import Iterator
from typing import Literal, NamedTuple

LARGEST = 64 << 20  # bytes; a fragment of half a second of any ladder rung is a hundredth of it
IGNORED = frozenset({b"styp", b"sidx", b"prft", b"emsg", b"free", b"skip", b"mfra"})

U32 = struct.Struct(">I")
U64 = struct.Struct(">Q")
HEAD = struct.Struct(">I4s")

Bytes = bytes | bytearray | memoryview


class MalformedMediaError(ValueError):
    """What came out of the encoder's pipe is not the fragmented MP4 that the packager can cut."""


class UnsupportedMediaError(MalformedMediaError):
    """The fragments are sound, but hold a codec or a layout that the packager does not make segments of."""


class Box(NamedTuple):
    """Where a box lies: ``start`` is its header's first byte, ``body`` its payload's, ``end`` one past its last."""

    kind: bytes
    start: int
    body: int
    end: int


def read_head(content: Bytes, start: int, limit: int) -> tuple[bytes, int, int] | None:
    """Read a box header as (kind, header length, whole length); None when fewer bytes than a header are there."""
    if limit - start < 8:
        return None
    length, kind = HEAD.unpack_from(content, start)
    head = 8
    if length == 1:
        if limit - start < 16:
            return None
        head, (length,) = 16, U64.unpack_from(content, start + 8)
    if length < head or length > LARGEST:
        raise MalformedMediaError(
            f"a {kind!r} box at byte {start} says that it is {length} bytes long; expected {head} to {LARGEST}: "
            "the pipe does not carry fragmented MP4, or lost bytes"
        )
    return kind, head, length


def boxes(content: Bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Walk over the boxes between two offsets; raise MalformedMediaError for one that leaves its parent."""
    limit = len(content) if end is None else end
    while start < limit:
        head = read_head(content, start, limit)
        if head is None or start + head[2] > limit:
            raise MalformedMediaError(f"a box at byte {start} is longer than what holds it, which ends at {limit}")
        kind, header, length = head
        yield Box(kind, start, start + header, start + length)
        start += length


def find(content: Bytes, *path: bytes, within: Box | None = None) -> Box | None:
    """Find the first box at a path of kinds, from the top or within a box; None where it is missing."""
    found = within
    for kind in path:
        start, end = (found.body, found.end) if found else (0, None)
        found = next((box for box in boxes(content, start, end) if box.kind == kind), None)
        if found is None:
            return None
    return found


def need(content: Bytes, *path: bytes, within: Box | None = None) -> Box:
    """Find a box that must be there; raise MalformedMediaError otherwise."""
    box = find(content, *path, within=within)
    if box is None:
        raise MalformedMediaError(f"there is no {'/'.join(kind.decode('latin-1') for kind in path)} box")
    return box


def box(kind: bytes, *payload: bytes | memoryview) -> bytes:
    """Build a box."""
    content = b"".join(payload)
    return HEAD.pack(8 + len(content), kind) + content


class Fields:
    """Reads big-endian numbers one after the other and never beyond the end of its box."""

    def __init__(self, content: Bytes, start: int, end: int) -> None:
        self._content = content
        self.at = start
        self.end = min(end, len(content))

    def take(self, count: int) -> bytes:
        """Read so many bytes."""
        if count < 0 or self.at + count > self.end:
            raise MalformedMediaError(
                f"a box ends at byte {self.end}, but its fields need {self.at + count - self.end} more"
            )
        self.at += count
        return bytes(self._content[self.at - count : self.at])

    def number(self, width: int) -> int:
        """Read an unsigned number of so many bytes."""
        return int.from_bytes(self.take(width))

    def rest(self) -> bytes:
        """Read all that is left."""
        return self.take(self.end - self.at)

    def version_and_flags(self) -> tuple[int, int]:
        """Read what every full box begins with."""
        word = self.number(4)
        return word >> 24, word & 0xFFFFFF


class BoxRun(NamedTuple):
    """A whole init section (ftyp and moov) or a whole fragment (moof and mdat)."""

    kind: Literal["init", "fragment"]
    content: bytes


class Splitter:
    """Cuts a byte stream into pieces; how the bytes were split on their way makes no difference."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._pending = b""  # an ftyp that waits for its moov, or a moof for its mdat
        self._expected = b"ftyp"

    def push(self, content: bytes) -> list[BoxRun]:
        """Take more bytes, give the pieces that they complete; raise MalformedMediaError for anything else."""
        self._buffer += content
        pieces: list[BoxRun] = []
        start = 0
        while (head := read_head(self._buffer, start, len(self._buffer))) is not None:
            kind, _, length = head
            if start + length > len(self._buffer):
                break
            if kind not in IGNORED:
                pieces += self._place(kind, bytes(memoryview(self._buffer)[start : start + length]))
            start += length
        del self._buffer[:start]
        return pieces

    def _place(self, kind: bytes, content: bytes) -> list[BoxRun]:
        if kind != self._expected:
            raise MalformedMediaError(f"a {kind!r} box came where {self._expected!r} was expected")
        if kind in {b"ftyp", b"moof"}:
            self._pending = content
            self._expected = b"moov" if kind == b"ftyp" else b"mdat"
            return []
        whole, self._pending, self._expected = self._pending + content, b"", b"moof"
        return [BoxRun("init" if kind == b"moov" else "fragment", whole)]
