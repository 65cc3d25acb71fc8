"""A clip that is encoded once and repeated for ever: pictures and sound at next to no cost. Pure."""

from collections.abc import Iterator, Sequence
from itertools import count

from offair.emulator.media.formats.flv import Tag, TagKind

WRAP = 1 << 32
AVC_END = b"\x02"


class Loop:
    """A clip's tags, again and again, with timestamps that go on.

    A round is as long as the clip's pictures, or its sound when there are none; what lies behind is left out. A clip
    whose sound frames fill a round exactly has no seam: 8 s at 48 kHz are 375 frames of AAC. ValueError for a clip
    with less than two frames.
    """

    def __init__(self, clip: Sequence[Tag]) -> None:
        is_head = [tag.kind is TagKind.SCRIPT or tag.is_sequence_header for tag in clip]
        self._heads = [tag for tag, is_one in zip(clip, is_head, strict=True) if is_one]
        media = [tag for tag, is_one in zip(clip, is_head, strict=True) if not (is_one or _is_the_end(tag))]
        media.sort(key=lambda tag: tag.timestamp)
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


def _is_the_end(tag: Tag) -> bool:
    """What an encoder sends once, behind its last picture (FLV E.4.3.1): it is not the last here."""
    return tag.codec == "avc1" and tag.payload[1:2] == AVC_END
