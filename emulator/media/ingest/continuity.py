"""Timestamps that go on somewhere else: when an encoder's tags can no longer belong to one run. Pure."""

from understudy.emulator.media.ingest.flv import Tag, TagKind

FORWARD = 5_000  # milliseconds without any media, after which what comes is a run of its own
BACKWARD = 1_000  # milliseconds that one track may go back
WRAP = 1 << 32


class Continuity:
    """Watches an encoder's tags, and tells by how far they leap.

    A transcoder fills short holes; over a long one it would make up minutes of media at once, and behind a step
    back it would be silent until the time is reached again.
    """

    def __init__(self) -> None:
        self._latest: dict[TagKind, int] = {}

    def leap(self, tag: Tag) -> int:
        """Give the milliseconds by which this tag leaps away from those before it; 0 when it follows them."""
        if tag.kind is TagKind.SCRIPT or tag.is_sequence_header:
            return 0
        leap = self._leap(tag)
        if leap:
            self._latest.clear()
        self._latest[tag.kind] = tag.timestamp
        return leap

    def _leap(self, tag: Tag) -> int:
        ahead = min((_distance(since, tag.timestamp) for since in self._latest.values()), default=0)
        own = self._latest.get(tag.kind)
        if own is not None and _distance(own, tag.timestamp) < -BACKWARD:
            return _distance(own, tag.timestamp)
        return ahead if ahead > FORWARD else 0


def _distance(since: int, until: int) -> int:
    """How far one timestamp of 32 bits is after another, below zero for before."""
    return (until - since + WRAP // 2) % WRAP - WRAP // 2
