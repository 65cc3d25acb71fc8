"""What waits to be sent to a relay's target: bounded, and what does not fit is left out up to the next key frame."""

import threading
from collections import deque
from collections.abc import Sequence

from offair.emulator.media.formats.flv import Facts, Tag, TagKind
from offair.emulator.media.formats.gate import Gate
from offair.emulator.media.formats.mpegts import TsGate
from offair.emulator.media.formats.ts_packets import first_key
from offair.emulator.media.ingest.reception import Chunk


class Backlog:
    """Takes an encoder's items from :meth:`begin` on and gives bytes that one ffmpeg can read, ``most`` at a time.

    Items come from one thread and bytes go to another; neither ever waits for the other's target. ``dropped`` counts
    the bytes that were left out.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._gate: Gate | TsGate | None = None  # none while nobody sends
        self._skips = False
        self._is_at_end = False
        self.dropped = 0

    def begin(self, container: str, heads: Sequence[Tag]) -> None:
        """Let a fresh ffmpeg begin with the next key frame; ``heads`` are what the encoder said before it."""
        with self._changed:
            self._waiting.clear()
            self._size = 0
            self._skips = self._is_at_end = False
            self._gate = Gate() if container == "flv" else TsGate()
            if isinstance(self._gate, Gate):
                for head in heads:
                    self._gate.push(head)

    def end(self) -> None:
        """Let nothing follow what waits."""
        with self._changed:
            self._gate = None
            self._is_at_end = True
            self._changed.notify_all()

    def put(self, item: Tag | Chunk) -> None:
        """Add what the encoder sent; NotMpegTsError for what is none."""
        with self._changed:
            if self._gate is None:
                return
            content = self._open(self._gate, item)
            if self._skips:
                content = self._after_skipping(content, item)
            if self._size + len(content) > self._most:
                self._drop(content)
            elif content:
                self._waiting.append(content)
                self._size += len(content)
                self._changed.notify_all()

    @property
    def facts(self) -> Facts:
        """What is known of the media so far."""
        with self._changed:
            return self._gate.facts if self._gate else Facts()

    def take(self, seconds: float) -> bytes | None:
        """Give what waits, none after so many seconds without any, and None when nothing follows."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_at_end, seconds)
            if not self._waiting:
                return None if self._is_at_end else b""
            content = b"".join(self._waiting)
            self._waiting.clear()
            self._size = 0
            return content

    @staticmethod
    def _open(gate: Gate | TsGate, item: Tag | Chunk) -> bytes:
        if isinstance(gate, Gate):
            return gate.push(item) if isinstance(item, Tag) else b""
        return gate.push(item.content) if isinstance(item, Chunk) else b""

    def _after_skipping(self, content: bytes, item: Tag | Chunk) -> bytes:
        """Leave out what needs a picture that was dropped; sequence headers are needed by all that follows."""
        if isinstance(item, Tag):
            start = 0 if item.is_keyframe or item.is_sequence_header or not self._has_video else None
            self._skips = self._has_video and not item.is_keyframe
        else:
            start = first_key(content) if self._has_video else 0
            self._skips = start is None
        self.dropped += len(content) if start is None else start
        return b"" if start is None else content[start:]

    def _drop(self, content: bytes) -> None:
        self.dropped += self._size + len(content)
        self._waiting.clear()
        self._size = 0
        self._skips = True

    @property
    def _has_video(self) -> bool:
        return self._gate is not None and self._gate.facts.has_video


def is_head(item: Tag | Chunk) -> bool:
    """Say whether whoever joins later must hear it first: metadata, or a decoder's configuration."""
    return isinstance(item, Tag) and (item.kind is TagKind.SCRIPT or item.is_sequence_header)
