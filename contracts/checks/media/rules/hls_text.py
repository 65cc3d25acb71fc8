"""What a single playlist says: RFC 8216 section 4."""

import re
from collections.abc import Iterator
from math import floor
from unicodedata import is_normalized

from offair.contracts.checks.media.fetch import OLD_TYPES, TYPES, Fetch
from offair.contracts.checks.media.playlists import LIST_TAGS, MASTER_TAGS, SEGMENT_TAGS, MediaPlaylist, Playlist
from offair.contracts.checks.media.rule import Finding, rule
from offair.contracts.checks.media.tags import Tag, decimal, integer, lines, moment, outside_quotes
from offair.contracts.checks.media.timeline import Timeline

CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]")
LONE_RETURN = re.compile(r"\r(?!\n)")
DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+),")  # and a title, which may be anything
TYPES_OF_PLAYLIST = ("EVENT", "VOD")
BARE = (
    "EXTM3U", "EXT-X-DISCONTINUITY", "EXT-X-ENDLIST", "EXT-X-I-FRAMES-ONLY", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-GAP",
)  # fmt: skip
NUMBERS = ("EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE")
KNOWN = {*BARE, *NUMBERS, "EXT-X-BYTERANGE", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-PLAYLIST-TYPE", "EXT-X-BITRATE"}


@rule("hls/identified", "RFC 8216 section 4")
def identified(timeline: Timeline) -> Iterator[Finding]:
    """A playlist is known by a path that ends with .m3u8 or .m3u, or by its Content-Type."""
    for fetch in _playlist_fetches(timeline):
        if fetch.media_type not in TYPES | OLD_TYPES and not fetch.is_named_playlist:
            yield Finding(fetch, "has neither a playlist's path nor its Content-Type", fetch.media_type, sorted(TYPES))


@rule("hls/media-type", "RFC 8216 section 4 (and the media type that it registers)", strength="should")
def media_type(timeline: Timeline) -> Iterator[Finding]:
    """A playlist's Content-Type is application/vnd.apple.mpegurl or audio/mpegurl, even if its path tells it too."""
    for fetch in _playlist_fetches(timeline):
        if fetch.media_type not in TYPES | OLD_TYPES and fetch.is_named_playlist:
            yield Finding(fetch, "has no playlist's Content-Type", fetch.media_type, "application/vnd.apple.mpegurl")


def _playlist_fetches(timeline: Timeline) -> Iterator[Fetch]:
    return (fetch for fetch in timeline.manifest_fetches if fetch.is_good)


@rule("hls/header", "RFC 8216 section 4.3.1.1")
def header(timeline: Timeline) -> Iterator[Finding]:
    """#EXTM3U is the first line."""
    for fetch in timeline.manifest_fetches:
        first = lines(fetch.text)[0]
        if fetch.is_good and first != "#EXTM3U":
            yield Finding(fetch, "does not begin with #EXTM3U", first, "#EXTM3U")


@rule("hls/lines", "RFC 8216 section 4.1")
def well_formed_lines(timeline: Timeline) -> Iterator[Finding]:
    """Lines end with LF or CR LF, and have white space only within titles, quotes and comments."""
    for playlist in timeline.playlists:
        if LONE_RETURN.search(playlist.fetch.text):
            yield Finding(playlist.fetch, "has a line that ends with a carriage return alone")
        for number, line in enumerate(lines(playlist.fetch.text), 1):
            if line and not line.strip():
                yield Finding(playlist.fetch, f"has nothing but white space in line {number}")
        for tag in playlist.tags:
            if _is_loose(tag):
                yield Finding(playlist.fetch, f"has white space in line {tag.line}", tag.raw)


def _is_loose(tag: Tag) -> bool:
    """White space stands where none is allowed; what a tag may hold that nobody knows, nobody knows."""
    if tag.name == "EXTINF":
        strict = tag.raw.partition(",")[0]
    elif tag.name in LIST_TAGS:
        strict = outside_quotes(tag.raw)
    else:
        strict = tag.raw if tag.name in KNOWN or not tag.name else tag.raw[:1]
    return len(strict.split()) != 1 or strict.strip() != strict


@rule("hls/syntax", "RFC 8216 sections 4.1 and 4.2")
def syntax(timeline: Timeline) -> Iterator[Finding]:
    """Lines, numbers, dates and attribute lists have the form that the grammar asks for."""
    for playlist in timeline.playlists:
        for message, got in _malformed(playlist):
            yield Finding(playlist.fetch, message, got)


def _malformed(playlist: Playlist) -> Iterator[tuple[str, str]]:
    try:
        playlist.fetch.body.decode()
    except UnicodeDecodeError as error:
        yield f"is not UTF-8 {error.start} bytes in", ""
    if playlist.fetch.body.startswith(b"\xef\xbb\xbf"):
        yield "begins with a byte order mark", ""
    control = CONTROL.search(playlist.fetch.text)
    if control:
        yield f"has a control character {control.start()} characters in", repr(control[0])
    if not is_normalized("NFC", playlist.fetch.text):
        yield "is not in Unicode's normal form C", ""
    for name in BARE:
        yield from ((f"has a value in line {tag.line}, where none belongs", tag.value)
                    for tag in playlist.all(name) if tag.has_value)  # fmt: skip
    for name in NUMBERS:
        yield from (
            (f"has no number in line {tag.line}", tag.value) for tag in playlist.all(name) if integer(tag.value) is None
        )
    for name in LIST_TAGS:
        yield from (
            (f"has a malformed attribute list in line {tag.line}", tag.value)
            for tag in playlist.all(name)
            if not tag.is_well_formed_list
        )
    for tag in playlist.all("EXT-X-PROGRAM-DATE-TIME"):
        if moment(tag.value) is None:
            yield f"has no date in line {tag.line}", tag.value
    yield from _orphans(playlist)


def _orphans(playlist: Playlist) -> Iterator[tuple[str, str]]:
    """EXTINF stands before a URI, and a URI after EXTINF (or EXT-X-STREAM-INF)."""
    opened = ""
    for tag in playlist.tags:
        if tag.name in {"EXTINF", "EXT-X-STREAM-INF"}:
            if tag.name == "EXTINF" and not DURATION.match("".join(tag.value.split())):
                yield f"has no duration and comma in line {tag.line}", tag.value
            if opened:
                yield f"has {opened} without a URI before line {tag.line}", tag.value
            opened = tag.name
        elif not tag.name:
            if not opened:
                yield f"has a URI without EXTINF in line {tag.line}", tag.value
            opened = ""
    if opened:
        yield f"ends after {opened} without a URI", ""


@rule("hls/playlist-type", "RFC 8216 section 4.3.3.5")
def playlist_type(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-PLAYLIST-TYPE is EVENT or VOD."""
    for playlist in timeline.playlists:
        for tag in playlist.all("EXT-X-PLAYLIST-TYPE"):
            if tag.value.strip() not in TYPES_OF_PLAYLIST:
                yield Finding(playlist.fetch, f"is of no known type in line {tag.line}", tag.value, TYPES_OF_PLAYLIST)


@rule("hls/one-kind", "RFC 8216 section 4.1")
def one_kind(timeline: Timeline) -> Iterator[Finding]:
    """A playlist is a master playlist or a media playlist, not both."""
    for playlist in timeline.playlists:
        master = next((name for name in sorted(MASTER_TAGS) if playlist.has(name)), None)
        media = next((name for name in sorted(SEGMENT_TAGS) if playlist.has(name)), None)
        if master and media:
            yield Finding(playlist.fetch, f"has {master} and {media}", media)


@rule("hls/version", "RFC 8216 sections 4.3.1.2 and 7; RFC 8216bis section 8")
def version(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-VERSION stands at most once and is no lower than what the playlist uses."""
    for playlist in timeline.playlists:
        stated = playlist.all("EXT-X-VERSION")
        if len(stated) > 1:
            yield Finding(playlist.fetch, "has EXT-X-VERSION more than once", len(stated), 1)
        has = integer(playlist.value("EXT-X-VERSION")) if stated else 1
        needed, why = max(_needed(playlist))
        if has is not None and has < needed:
            yield Finding(playlist.fetch, f"is of version {has}, and {why} needs {needed}", has, needed)


def _needed(playlist: Playlist) -> Iterator[tuple[int, str]]:
    yield 1, ""
    keys, media = playlist.all("EXT-X-KEY"), [tag.attributes for tag in playlist.all("EXT-X-MEDIA")]
    if any("." in tag.value.partition(",")[0] for tag in playlist.all("EXTINF")):
        yield 3, "an EXTINF with a fraction"
    if any("IV" in tag.attributes for tag in keys):
        yield 2, "the IV of EXT-X-KEY"
    if any(tag.attributes.get("METHOD") == "SAMPLE-AES" for tag in keys):
        yield 5, "the SAMPLE-AES of EXT-X-KEY"
    if any(name in tag.attributes for tag in keys for name in ("KEYFORMAT", "KEYFORMATVERSIONS")):
        yield 5, "the KEYFORMAT of EXT-X-KEY"
    if playlist.has("EXT-X-BYTERANGE") or playlist.has("EXT-X-I-FRAMES-ONLY"):
        yield 4, "EXT-X-BYTERANGE or EXT-X-I-FRAMES-ONLY"
    if playlist.has("EXT-X-MAP"):
        yield (5 if playlist.has("EXT-X-I-FRAMES-ONLY") else 6), "EXT-X-MAP"
    if any(said.get("INSTREAM-ID", "").startswith("SERVICE") for said in media):
        yield 7, "an INSTREAM-ID of SERVICE"
    if playlist.has("EXT-X-DEFINE"):
        yield 8, "EXT-X-DEFINE"
    if playlist.has("EXT-X-SKIP"):
        has_dates = "RECENTLY-REMOVED-DATERANGES" in playlist.attributes("EXT-X-SKIP")
        yield (10 if has_dates else 9), "EXT-X-SKIP"
    if any("QUERYPARAM" in tag.attributes for tag in playlist.all("EXT-X-DEFINE")):
        yield 11, "the QUERYPARAM of EXT-X-DEFINE"
    if any(name.startswith("REQ-") for tag in playlist.all("EXT-X-STREAM-INF") for name in tag.attributes):
        yield 12, "a REQ- attribute"
    if any("INSTREAM-ID" in said and said.get("TYPE") != "CLOSED-CAPTIONS" for said in media):
        yield 13, "the INSTREAM-ID of other than closed captions"


@rule("hls/target-present", "RFC 8216 section 4.3.3.1; RFC 8216bis section 4.4.3.1")
def target_present(timeline: Timeline) -> Iterator[Finding]:
    """A media playlist has EXT-X-TARGETDURATION, once, and of a second at least."""
    for playlist in _media(timeline):
        count = len(playlist.all("EXT-X-TARGETDURATION"))
        if count != 1:
            yield Finding(playlist.fetch, f"has EXT-X-TARGETDURATION {count} times", count, 1)
        elif playlist.target == 0:
            yield Finding(playlist.fetch, "has a target duration of nothing", 0, 1)


@rule("hls/target-covers", "RFC 8216 section 4.3.3.1")
def target_covers(timeline: Timeline) -> Iterator[Finding]:
    """No segment's duration, rounded to the nearest second, exceeds the target duration."""
    for playlist in _media(timeline):
        for segment in playlist.segments:
            if playlist.target is not None and floor(segment.duration + 0.5) > playlist.target:
                message = f"segment {segment.number} lasts longer than the target duration"
                yield Finding(playlist.fetch, message, segment.duration, playlist.target)


@rule("hls/hold-back", "RFC 8216bis section 4.4.3.8")
def hold_back(timeline: Timeline) -> Iterator[Finding]:
    """HOLD-BACK is at least three target durations."""
    for playlist in _media(timeline):
        stated = decimal(playlist.control.get("HOLD-BACK"))
        if stated is not None and playlist.target and stated < 3 * playlist.target:
            yield Finding(playlist.fetch, "has a HOLD-BACK below three target durations", stated, 3 * playlist.target)


def _media(timeline: Timeline) -> Iterator[MediaPlaylist]:
    return (playlist for one in timeline.renditions for playlist in one.versions)
