"""What each tag of a playlist must have: RFC 8216 section 4.3, RFC 8216bis section 4.4."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from offair.contracts.checks.media.playlists import LIST_TAGS, VARIABLE, MediaPlaylist, Playlist
from offair.contracts.checks.media.rule import Finding, rule, short
from offair.contracts.checks.media.segments import RANGE
from offair.contracts.checks.media.tags import Tag, decimal, integer
from offair.contracts.checks.media.timeline import Timeline

ONCE = (
    "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-ENDLIST", "EXT-X-PLAYLIST-TYPE",
    "EXT-X-I-FRAMES-ONLY", "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-START",
    "EXT-X-SKIP", "EXT-X-CONTENT-STEERING",
)  # fmt: skip
REQUIRED = {
    "EXT-X-MAP": {"URI"},
    "EXT-X-KEY": {"METHOD"},
    "EXT-X-PART": {"URI", "DURATION"},
    "EXT-X-START": {"TIME-OFFSET"},
    "EXT-X-SKIP": {"SKIPPED-SEGMENTS"},
    "EXT-X-PRELOAD-HINT": {"TYPE", "URI"},
    "EXT-X-RENDITION-REPORT": {"URI"},
    "EXT-X-I-FRAME-STREAM-INF": {"BANDWIDTH", "URI"},
    "EXT-X-SESSION-DATA": {"DATA-ID"},
    "EXT-X-SESSION-KEY": {"METHOD", "URI"},
    "EXT-X-CONTENT-STEERING": {"SERVER-URI"},
}
FORMS = {
    "a quoted string": (re.compile(r'"[^"]*"'), {
        "URI", "GROUP-ID", "NAME", "LANGUAGE", "ASSOC-LANGUAGE", "CODECS", "AUDIO", "VIDEO", "SUBTITLES", "ID", "CLASS",
        "START-DATE", "END-DATE", "BYTERANGE", "KEYFORMAT", "KEYFORMATVERSIONS", "CHARACTERISTICS", "CHANNELS",
        "INSTREAM-ID", "DATA-ID", "VALUE", "SERVER-URI", "PATHWAY-ID", "IMPORT", "QUERYPARAM", "STABLE-RENDITION-ID",
        "STABLE-VARIANT-ID", "SUPPLEMENTAL-CODECS", "ALLOWED-CPC", "CUE",
    }),
    "a quoted string or NONE": (re.compile(r'"[^"]*"|NONE'), {"CLOSED-CAPTIONS"}),
    "a word without quotes": (re.compile(r'[^",\s]+'), {"METHOD", "TYPE", "HDCP-LEVEL", "VIDEO-RANGE"}),
    "bytes in hexadecimal": (re.compile(r"0[xX][0-9A-Fa-f]+"), {"SCTE35-CMD", "SCTE35-OUT", "SCTE35-IN"}),
    "an integer": (re.compile(r"[0-9]{1,20}"), {
        "BANDWIDTH", "AVERAGE-BANDWIDTH", "SKIPPED-SEGMENTS", "LAST-MSN", "LAST-PART", "BYTERANGE-START",
        "BYTERANGE-LENGTH", "BIT-DEPTH", "SAMPLE-RATE",
    }),
    "a number": (re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+"), {
        "DURATION", "PLANNED-DURATION", "PART-TARGET", "HOLD-BACK", "PART-HOLD-BACK", "CAN-SKIP-UNTIL", "FRAME-RATE",
        "SCORE",
    }),
    "a signed number": (re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)"), {"TIME-OFFSET"}),
    "a width and a height": (re.compile(r"[0-9]+x[0-9]+"), {"RESOLUTION"}),
    "128 bits in hexadecimal": (re.compile(r"0[xX][0-9A-Fa-f]{1,32}"), {"IV"}),
    "YES or NO": (re.compile(r"YES|NO"), {
        "DEFAULT", "AUTOSELECT", "FORCED", "INDEPENDENT", "GAP", "CAN-BLOCK-RELOAD", "CAN-SKIP-DATERANGES", "PRECISE",
        "END-ON-NEXT",
    }),
}  # fmt: skip
HEXADECIMAL = {"0x", "0X"}  # how values begin in which variables may stand, beside those in quotes
OWN = re.compile(r'"[^"]*"|0[xX][0-9A-Fa-f]+|-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)')  # an X- attribute: section 4.3.2.7
METHODS = {"NONE", "AES-128", "SAMPLE-AES", "SAMPLE-AES-CTR", "AES-256-GCM"}  # those of RFC 8216bis too
TARGETS = 3  # target durations from the end, within which nobody should be made to start


@rule("hls/tags-once", "RFC 8216 sections 4.3.3 and 4.3.5; RFC 8216bis sections 4.4.2, 4.4.3 and 4.4.5")
def tags_once(timeline: Timeline) -> Iterator[Finding]:
    """What a tag says of the whole playlist, it says once."""
    for playlist in timeline.playlists:
        for name in ONCE:
            if len(playlist.all(name)) > 1:
                yield Finding(playlist.fetch, f"has {name} more than once", len(playlist.all(name)), 1)


@rule("hls/sequence-placed", "RFC 8216 sections 4.3.3.2 and 4.3.3.3")
def sequence_placed(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-MEDIA-SEQUENCE and EXT-X-DISCONTINUITY-SEQUENCE stand before the first segment (and discontinuity)."""
    for playlist in _media(timeline):
        uris = [tag.line for tag in playlist.all("")[:1]]
        breaks = [tag.line for tag in playlist.all("EXT-X-DISCONTINUITY")[:1]]
        for name, others in (("EXT-X-MEDIA-SEQUENCE", uris), ("EXT-X-DISCONTINUITY-SEQUENCE", uris + breaks)):
            for tag in playlist.all(name):
                if others and tag.line > min(others):
                    yield Finding(playlist.fetch, f"has {name} in line {tag.line}, after what it counts")


@rule("hls/required-attributes", "RFC 8216 section 4.3; RFC 8216bis section 4.4")
def required_attributes(timeline: Timeline) -> Iterator[Finding]:
    """A tag has the attributes that it requires."""
    for playlist in timeline.playlists:
        for name, wanted in REQUIRED.items():
            for tag in playlist.all(name):
                missing = wanted - tag.attributes.keys() - ({"URI"} if _is_implied(tag) else set())
                if missing and tag.is_well_formed_list:
                    yield Finding(
                        playlist.fetch, f"has {name} without {min(missing)} in line {tag.line}", None, sorted(wanted)
                    )


@rule("hls/attribute-forms", "RFC 8216 section 4.2")
def attribute_forms(timeline: Timeline) -> Iterator[Finding]:
    """An attribute's value is of the type that its definition gives."""
    for playlist in timeline.playlists:
        for tag in (tag for name in LIST_TAGS for tag in playlist.all(name)):
            for attribute, value in tag.pairs:
                form = _misses(tag.name, attribute, playlist.fill(value) if value[:2] in HEXADECIMAL else value)
                if form:
                    yield Finding(playlist.fetch, f"has a {attribute} in line {tag.line} that is not {form}", value)


def _misses(tag: str, attribute: str, value: str) -> str | None:
    """The form that a value should have and does not."""
    if tag == "EXT-X-DATERANGE" and attribute.startswith("X-"):
        return None if OWN.fullmatch(value) else "a quoted string, bytes in hexadecimal, or a number"
    wrong = (form for form, (pattern, names) in FORMS.items() if attribute in names and not pattern.fullmatch(value))
    return next(wrong, None)


@rule("hls/byte-ranges", "RFC 8216 section 4.3.2.2; RFC 8216bis section 4.4.4.5")
def byte_ranges(timeline: Timeline) -> Iterator[Finding]:
    """A byte range is LENGTH@START; the start may only be left out where the range before is of the same resource."""
    for playlist in _media(timeline):
        pending, before = None, None
        for tag in playlist.tags:
            if tag.name == "EXT-X-BYTERANGE":
                pending = tag
            elif not tag.name:
                found = RANGE.fullmatch(pending.value.strip()) if pending else None
                if pending and (found is None or (found[2] is None and before != tag.value)):
                    yield Finding(
                        playlist.fetch, f"has a byte range in line {pending.line} that is none", pending.value
                    )
                pending, before = None, tag.value if pending else None
        for tag in playlist.all("EXT-X-MAP"):
            found = RANGE.fullmatch(tag.attributes.get("BYTERANGE", "1@0"))
            if found is None or found[2] is None:
                yield Finding(playlist.fetch, f"has an EXT-X-MAP without a start in line {tag.line}", tag.value)


@rule("hls/keys", "RFC 8216 sections 4.3.2.4 and 4.3.4.5; RFC 8216bis sections 4.4.4.4 and 4.4.6.5")
def keys(timeline: Timeline) -> Iterator[Finding]:
    """A key has a known METHOD, and names a key unless that is NONE, which stands alone; an IV is where one may be."""
    for playlist in timeline.playlists:
        for tag in playlist.all("EXT-X-KEY"):
            message = _wrong_key(tag.attributes)
            if message:
                yield Finding(playlist.fetch, f"has an EXT-X-KEY that {message} in line {tag.line}", tag.value)
        for tag in playlist.all("EXT-X-SESSION-KEY"):
            if tag.attributes.get("METHOD", "NONE") not in METHODS:
                yield Finding(playlist.fetch, f"has an unknown METHOD in line {tag.line}", tag.value)


@rule("hls/map-iv", "RFC 8216 section 4.3.2.5; RFC 8216bis section 4.4.4.5")
def map_iv(timeline: Timeline) -> Iterator[Finding]:
    """An EXT-X-MAP within the scope of an AES-128 key has an IV, since it has no Media Sequence Number."""
    for playlist in _media(timeline):
        said: Mapping[str, str] = {}
        for tag in playlist.tags:
            if tag.name == "EXT-X-KEY":
                said = tag.attributes
            elif tag.name == "EXT-X-MAP" and said.get("METHOD") == "AES-128" and "IV" not in said:
                yield Finding(playlist.fetch, f"has an encrypted EXT-X-MAP without an IV in line {tag.line}")


@rule("hls/define", "RFC 8216bis section 4.4.2.3")
def define(timeline: Timeline) -> Iterator[Finding]:
    """An EXT-X-DEFINE gives one name one value, and every variable that is used has one."""
    for playlist in timeline.playlists:
        names: set[str] = set()
        for tag in playlist.all("EXT-X-DEFINE"):
            said = [tag.attributes[one] for one in ("NAME", "IMPORT", "QUERYPARAM") if one in tag.attributes]
            if len(said) != 1 or ("NAME" in tag.attributes and "VALUE" not in tag.attributes) or said[0] in names:
                yield Finding(playlist.fetch, f"has a malformed EXT-X-DEFINE in line {tag.line}", tag.value)
            names.update(said)
        for tag in playlist.tags:
            for name in VARIABLE.findall(tag.value):
                if name not in playlist.variables and tag.name != "EXT-X-DEFINE":
                    yield Finding(playlist.fetch, f"uses a variable in line {tag.line} that has no value", name)


@rule("hls/start", "RFC 8216 section 4.3.5.2", strength="should")
def start(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-START lies within the playlist, and not within three target durations of a live one's end."""
    for playlist in _media(timeline):
        offset = playlist.attributes("EXT-X-START").get("TIME-OFFSET", "")
        number = decimal(offset.removeprefix("-"))
        if number is None:
            continue
        from_end = number if offset.startswith("-") else playlist.duration - number
        if number > playlist.duration or (not playlist.is_over and from_end < TARGETS * (playlist.target or 0)):
            yield Finding(playlist.fetch, "has an EXT-X-START too near the end, or outside", offset, playlist.duration)


@rule("hls/bitrate", "RFC 8216bis section 4.4.4.8")
def bitrate(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-BITRATE is within a tenth of the rate of each segment that it applies to."""
    for one in timeline.renditions:
        for segment in one.segments:
            fetch = timeline.first_good(segment.url)
            if segment.bitrate is None or fetch is None or not segment.duration:
                continue
            real = 8 * len(fetch.body) / segment.duration / 1000
            if not 0.9 * real - 1 <= segment.bitrate <= 1.1 * real + 1:
                yield Finding(one.url, f"says another bit rate than {short(segment.url)} has", segment.bitrate, real)


@rule("hls/date-after-break", "RFC 8216 section 6.2.1", strength="should")
def date_after_break(timeline: Timeline) -> Iterator[Finding]:
    """Where segments are dated, every segment after an EXT-X-DISCONTINUITY has a date of its own."""
    for playlist in _media(timeline):
        for _, segment in pairwise(playlist.segments):
            if playlist.has("EXT-X-PROGRAM-DATE-TIME") and segment.starts_discontinuity and segment.stated is None:
                yield Finding(playlist.fetch, f"segment {segment.number} follows a discontinuity and has no date")


def _is_implied(tag: Tag) -> bool:
    """A Rendition Report may leave out what the playlist's own has, even its URI."""
    return tag.name == "EXT-X-RENDITION-REPORT" and bool(tag.attributes)


def _wrong_key(said: Mapping[str, str]) -> str:
    method = said.get("METHOD")
    if method is not None and method not in METHODS:
        return "has a METHOD that there is not"
    if method == "NONE" and len(said) > 1:
        return "says NONE and more"
    if method not in {None, "NONE"} and "URI" not in said:
        return "has no URI"
    if method in {"SAMPLE-AES-CTR", "AES-256-GCM"} and "IV" in said:
        return f"has an IV, which {method} does not allow"
    versions = said.get("KEYFORMATVERSIONS", "1").split("/")
    return "" if all(integer(version) for version in versions) else "has malformed KEYFORMATVERSIONS"


def _media(timeline: Timeline) -> Iterator[MediaPlaylist]:
    found: Iterator[Playlist] = iter(timeline.playlists)
    return (playlist for playlist in found if isinstance(playlist, MediaPlaylist))
