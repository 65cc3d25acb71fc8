"""A clip that is encoded once and repeated for ever: pictures and sound at next to no cost. Pure."""

from collections.abc import Iterator, Sequence
from itertools import count

from understudy.emulator.media.ingest.flv import Tag, TagKind

WRAP = 1 << 32


class Loop:
    """A clip's tags, again and again, with timestamps that go on.

    A round is as long as the clip's pictures, or its sound when there are none; what lies behind is left out. A clip
    whose sound frames fill a round exactly has no seam: 8 s at 48 kHz are 375 frames of AAC. ValueError for a clip
    with less than two frames.
    """

    def __init__(self, clip: Sequence[Tag]) -> None:
        is_head = [tag.kind is TagKind.SCRIPT or tag.is_sequence_header for tag in clip]
        self._heads = [tag for tag, is_one in zip(clip, is_head, strict=True) if is_one]
        media = sorted((tag for tag, is_one in zip(clip, is_head, strict=True) if not is_one), key=_time)
        self.length = _length(media)
        start = media[0].timestamp
        self._round = [tag for tag in media if tag.timestamp - start < self.length and tag.payload]

    def __iter__(self) -> Iterator[Tag]:
        """Give the sequence headers once, and then the media, for ever."""
        yield from self._heads
        for number in count():
            late = number * self.length
            for tag in self._round:
                yield Tag(tag.kind, (tag.timestamp + late) % WRAP, tag.payload)


def _length(media: Sequence[Tag]) -> int:
    """Milliseconds from the first frame to the end of the last, which lasts as long as the others do on average."""
    times = [tag.timestamp for tag in media if tag.kind is TagKind.VIDEO] or [tag.timestamp for tag in media]
    if len(times) < 2 or times[0] == times[-1]:
        raise ValueError(f"a clip of {len(times)} frames cannot be repeated; it needs two at different times")
    return round((times[-1] - times[0]) * len(times) / (len(times) - 1))


def _time(tag: Tag) -> int:
    return tag.timestamp
