"""What a playlist says, tag by tag, in words: RFC 8216, its second edition, and nothing that is not in them. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

TAGS: Mapping[str, str] = {
    "EXTM3U": "A playlist begins here.",
    "EXT-X-VERSION": "The version of the format that a player has to know.",
    "EXT-X-INDEPENDENT-SEGMENTS": "Every segment begins with a key frame: a player may begin with any.",
    "EXT-X-STREAM-INF": "A variant: what it needs, and on the next line where it is.",
    "EXT-X-MEDIA": "A rendition that goes with a variant, such as its sound.",
    "EXT-X-I-FRAME-STREAM-INF": "Key frames alone, for looking through.",
    "EXT-X-TARGETDURATION": "No segment is longer than this many seconds, rounded.",
    "EXT-X-MEDIA-SEQUENCE": "The number of the first segment of this list; it grows as segments leave.",
    "EXT-X-DISCONTINUITY-SEQUENCE": "How many discontinuities have left the list.",
    "EXT-X-PLAYLIST-TYPE": "EVENT only grows, VOD does not change any more.",
    "EXT-X-SERVER-CONTROL": "What a player may ask of us: to wait for what is next, to skip what it has.",
    "EXT-X-PART-INF": "No part of a segment is longer than this many seconds.",
    "EXT-X-PART": "A part of the segment that is being made.",
    "EXT-X-PRELOAD-HINT": "What comes next: ask for it now, and get it as soon as it is there.",
    "EXT-X-RENDITION-REPORT": "How far another rendition is, for who changes over.",
    "EXT-X-SKIP": "So many segments are left out, which the player has from before.",
    "EXT-X-MAP": "What a decoder needs before the segments that follow.",
    "EXTINF": "A segment: how many seconds it lasts, and on the next line where it is.",
    "EXT-X-BYTERANGE": "The segment is a stretch of its file: length, and where it begins.",
    "EXT-X-PROGRAM-DATE-TIME": "When what follows happened, by the wall.",
    "EXT-X-DISCONTINUITY": "What follows has other time stamps, or other codecs.",
    "EXT-X-GAP": "The segment that follows is missing: a player does not load it.",
    "EXT-X-KEY": "How what follows is encrypted.",
    "EXT-X-BITRATE": "About how many kbit/s what follows has.",
    "EXT-X-DATERANGE": "Something that lasts: an advertisement, say.",
    "EXT-X-START": "Where a player should begin.",
    "EXT-X-DEFINE": "A name that stands for a text in this playlist.",
    "EXT-X-ENDLIST": "Nothing more comes: the broadcast is over.",
}
ADDRESS = "Where it is, seen from this playlist."
COMMENT = "A comment, or a tag that the standards do not know; players pass over it."


class Explained(NamedTuple):
    """A line of a playlist, and what it means."""

    text: str
    meaning: str


def explained(playlist: str) -> Iterator[Explained]:
    """Explain a playlist line by line; what has been said once is not said again."""
    said: set[str] = set()
    for text in playlist.splitlines():
        if not text.strip():
            continue
        meaning = _meaning(text)
        yield Explained(text, "" if meaning in said else meaning)
        said.add(meaning)


def _meaning(text: str) -> str:
    if not text.startswith("#"):
        return ADDRESS
    return TAGS.get(text[1:].partition(":")[0], COMMENT)
