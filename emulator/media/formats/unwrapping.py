"""Time stamps that begin anew too early, as librtmp's and ffmpeg's do."""

from offair.emulator.media.formats.flv import HALF, Tag, TagKind


class Unwrapper:
    """Lets time stamps go on that begin anew after 31 bits: librtmp and ffmpeg never write the highest of the 32."""

    NEAR = 10_000  # milliseconds

    def __init__(self) -> None:
        self._latest: dict[TagKind, int] = {}  # as they came
        self._offsets: dict[TagKind, int] = {}

    def push(self, tag: Tag) -> Tag:
        """Give a tag with the time stamp that is meant."""
        before = self._latest.get(tag.kind, tag.timestamp)
        self._latest[tag.kind] = tag.timestamp
        if abs(before - tag.timestamp - HALF) <= self.NEAR:
            self._offsets[tag.kind] = (self._offsets.get(tag.kind, 0) + HALF) % (2 * HALF)
        offset = self._offsets.get(tag.kind, 0)
        return Tag(tag.kind, (tag.timestamp + offset) % (2 * HALF), tag.payload) if offset else tag
