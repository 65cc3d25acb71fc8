"""The renditions that a master playlist names, and its other tags: RFC 8216 section 4.3.4."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from offair.contracts.checks.media.rule import Finding, rule, shown
from offair.contracts.checks.media.timeline import Timeline

GROUPS = ("AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS")
OWN = {"URI", "CHANNELS", "BIT-DEPTH", "STABLE-RENDITION-ID", "INSTREAM-ID", "SAMPLE-RATE", "GROUP-ID"}
ONLY = {"FORCED": {"SUBTITLES"}, "CHANNELS": {"AUDIO"}, "BIT-DEPTH": {"AUDIO"}, "SAMPLE-RATE": {"AUDIO"}}

CHANNEL = re.compile(r"CC[1-4]|SERVICE([1-9]|[1-5][0-9]|6[0-3])")

Attributes = Mapping[str, str]


@rule("master/groups", "RFC 8216 section 4.3.4.2")
def groups(timeline: Timeline) -> Iterator[Finding]:
    """Every group that a variant names has a rendition."""
    for master in timeline.masters:
        there = {(media.get("TYPE"), media.get("GROUP-ID")) for media in master.media}
        for url, said in master.variants:
            for kind in GROUPS:
                name = said.get(kind)
                if name not in {None, "NONE"} and (kind, name) not in there:
                    message = f"the variant {shown(url, timeline.entry)} names an {kind} group that is not there"
                    yield Finding(master.fetch, message, name)


@rule("master/media-attributes", "RFC 8216 sections 4.3.4.1 and 4.3.4.1.1")
def media_attributes(timeline: Timeline) -> Iterator[Finding]:
    """Every EXT-X-MEDIA has TYPE, GROUP-ID and NAME, and no two of a group have one name."""
    for master in timeline.masters:
        names = [tuple(media.get(name) for name in ("TYPE", "GROUP-ID", "NAME")) for media in master.media]
        counts = Counter(names)
        for name in names:
            if None in name:
                yield Finding(master.fetch, "has an EXT-X-MEDIA without TYPE, GROUP-ID or NAME", name)
            elif counts[name] > 1:
                yield Finding(master.fetch, "has two renditions of one group and name", name)


@rule("master/media-kind", "RFC 8216 section 4.3.4.1; RFC 8216bis sections 4.4.6.1 and 4.4.6.2.1")
def media_kind(timeline: Timeline) -> Iterator[Finding]:
    """An EXT-X-MEDIA has what its TYPE asks for, and nothing that belongs to another."""
    for master in timeline.masters:
        for media in master.media:
            for message in _wrong(media):
                yield Finding(master.fetch, f"has an EXT-X-MEDIA that {message}", media.get("NAME"))


def _wrong(media: Attributes) -> Iterator[str]:
    kind = media.get("TYPE", "")
    if kind and kind not in GROUPS:
        yield f"is of the unknown type {kind}"
    if kind == "CLOSED-CAPTIONS" and ("URI" in media or "INSTREAM-ID" not in media):
        yield "is closed captions with a URI or without INSTREAM-ID"
    if kind == "CLOSED-CAPTIONS" and not CHANNEL.fullmatch(media.get("INSTREAM-ID", "CC1")):
        yield "has an INSTREAM-ID that is no channel of captions"
    if kind == "SUBTITLES" and "URI" not in media:
        yield "is subtitles without a URI"
    if media.get("DEFAULT") == "YES" and media.get("AUTOSELECT", "YES") != "YES":
        yield "is the default and not to be selected"
    yield from (f"has {name}, and is {kind}" for name, kinds in ONLY.items() if name in media and kind not in kinds)


@rule("master/one-default", "RFC 8216 section 4.3.4.1.1")
def one_default(timeline: Timeline) -> Iterator[Finding]:
    """No group has more than one default."""
    for master in timeline.masters:
        defaults = ((one.get("TYPE"), one.get("GROUP-ID")) for one in master.media if one.get("DEFAULT") == "YES")
        for group, count in Counter(defaults).items():
            if count > 1:
                yield Finding(master.fetch, f"has several defaults in the group {group[1]}", count, 1)


@rule("master/groups-alike", "RFC 8216 section 4.3.4.1.1")
def groups_alike(timeline: Timeline) -> Iterator[Finding]:
    """Groups of one type have the same members, with the same attributes."""
    for master in timeline.masters:
        found: dict[tuple[str, str], set[tuple[tuple[str, str], ...]]] = {}
        for media in master.media:
            shared = tuple(sorted((name, value) for name, value in media.items() if name not in OWN))
            found.setdefault((media.get("TYPE", ""), media.get("GROUP-ID", "")), set()).add(shared)
        first: dict[str, set[tuple[tuple[str, str], ...]]] = {}
        for (kind, group), members in found.items():
            if members != first.setdefault(kind, members):
                yield Finding(master.fetch, f"has other members in the {kind} group {group} than in its first")


@rule("master/no-captions", "RFC 8216 section 4.3.4.2")
def no_captions(timeline: Timeline) -> Iterator[Finding]:
    """If one variant says CLOSED-CAPTIONS=NONE, all do."""
    for master in timeline.masters:
        said = {one.get("CLOSED-CAPTIONS") for _, one in master.variants}
        if "NONE" in said and len(said) > 1:
            yield Finding(master.fetch, "has variants without closed captions, and others", sorted(map(str, said)))


@rule("master/session", "RFC 8216 sections 4.3.4.4 and 4.3.4.5")
def session(timeline: Timeline) -> Iterator[Finding]:
    """Session data has a VALUE or a URI and stands once in each language; a session key is a key, and stands once."""
    for master in timeline.masters:
        entries = [tag.attributes for tag in master.all("EXT-X-SESSION-DATA")]
        names = Counter((one.get("DATA-ID"), one.get("LANGUAGE")) for one in entries)
        if any(("VALUE" in one) == ("URI" in one) for one in entries) or any(count > 1 for count in names.values()):
            yield Finding(master.fetch, "has EXT-X-SESSION-DATA with both or neither of VALUE and URI, or twice")
        keys = [tag.attributes for tag in master.all("EXT-X-SESSION-KEY")]
        different = {frozenset(one.items()) for one in keys}
        if any(one.get("METHOD") == "NONE" for one in keys) or len(different) < len(keys):
            yield Finding(master.fetch, "has an EXT-X-SESSION-KEY that is none, or stands twice")
