"""What a publisher offers (SDP), and what of it is taken: one video and one audio track, of codecs that FLV can carry.

Source: RFC 9725, section 4.4; RFC 8829, section 5.8; RFC 8866.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from offair.contracts.digits import is_number
from offair.emulator.core.problems import Malformed, Unusable

SOURCE = "RFC 9725, 4.4"
VIDEO, AUDIO = ("H264", "VP9"), ("OPUS",)  # the first that is offered is taken
WANTED: Mapping[str, Sequence[str]] = {"video": VIDEO, "audio": AUDIO}
HASHES = frozenset({"sha-256", "sha-384", "sha-512", "sha-1"})
ROLES = frozenset({"actpass", "active", "passive"})
SILENT = frozenset({"recvonly", "inactive"})
LONGEST = 200_000  # bytes; Chromium's offers have some 7,000
MOST_SECTIONS = 64
APT = re.compile(r"(?:^|;\s*)apt=(\d+)")
Attribute = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadFormat:
    """A codec as it is offered: its payload type, its name in capitals, its clock rate, and what is said of it."""

    number: int
    name: str
    clock: int
    parameters: str = ""
    feedback: frozenset[str] = frozenset()

    @property
    def is_usable(self) -> bool:
        """What comes so can be put together (RFC 6184: no interleaving) and shown (VP9: 8 bits, 4:2:0)."""
        told = self.parameters.lower()
        if self.name == "H264":
            return "packetization-mode=2" not in told
        return self.name != "VP9" or not re.search(r"profile-id=[123]", told)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSection:
    """An m= section. ``repeats`` are the payload types of retransmissions, by what they repeat (RFC 4588)."""

    kind: str
    mid: str
    protocol: str
    formats: str
    is_sent: bool
    codecs: tuple[PayloadFormat, ...]
    repeats: Mapping[int, int] = field(hash=False)
    has_mux: bool
    may_be_reduced: bool

    @property
    def chosen(self) -> PayloadFormat | None:
        """The codec that is taken of it; None where there is none."""
        wanted = WANTED.get(self.kind, ())
        usable = [codec for codec in self.codecs if codec.name in wanted and codec.is_usable]
        return min(usable, key=lambda codec: (wanted.index(codec.name), *_distance(codec)), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer of which something is taken: ``taken`` are places in ``sections``.

    ``setup`` is the publisher's part in DTLS, ``fingerprint`` a hash's name and value of the certificate it will show.
    """

    sections: tuple[MediaSection, ...]
    taken: tuple[int, ...]
    fingerprint: tuple[str, str]
    setup: str

    @property
    def tracks(self) -> Sequence[tuple[MediaSection, PayloadFormat]]:
        """The sections that are taken, each with its codec."""
        found = ((section, section.chosen) for section in map(self.sections.__getitem__, self.taken))
        return [(section, codec) for section, codec in found if codec is not None]

    @property
    def may_be_reduced(self) -> bool:
        """Feedback may travel without a report before it (RFC 5506). Some say so at one section and mean all."""
        return any(section.may_be_reduced for section, _ in self.tracks)


def read(text: str) -> Offer:
    """Read an offer; Malformed for what is none, Unusable for one of which nothing can be taken."""
    common, blocks = _blocks(text)
    try:
        sections = tuple(_section(line, attributes) for line, attributes in blocks)
    except ValueError as error:
        raise Malformed(f"the SDP cannot be read: {error}") from error
    taken = _choose(sections)
    if len(taken) > 1 and not any(name == "group" and value.startswith("BUNDLE") for name, value in common):
        raise Unusable("the offer does not bundle its tracks (a=group:BUNDLE)", SOURCE)
    first = [*blocks[taken[0]][1], *common]  # what is said of all holds where a section says nothing
    told = dict(reversed(first))
    if not (told.get("ice-ufrag") and told.get("ice-pwd")):
        raise Unusable("the offer has no ICE credentials (a=ice-ufrag, a=ice-pwd)", SOURCE)
    prints = [value.lower().split() for name, value in first if name == "fingerprint"]
    known = next((words for words in prints if len(words) == 2 and words[0] in HASHES), None)
    if known is None:
        raise Unusable(f"the offer has no DTLS fingerprint by a hash that is known here ({_listed(HASHES)})", SOURCE)
    if told.get("setup") not in ROLES:
        raise Unusable(f"the offer has a=setup:{told.get('setup')}; it must be {_listed(ROLES)}", SOURCE)
    return Offer(sections=sections, taken=taken, fingerprint=(known[0], known[1].upper()), setup=told["setup"])


def _blocks(text: str) -> tuple[list[Attribute], list[tuple[str, list[Attribute]]]]:
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0] != "v=0" or len(text) > LONGEST:
        raise Malformed("the body is no SDP offer: it does not begin with v=0, or is too long", 0)
    common: list[Attribute] = []
    blocks: list[tuple[str, list[Attribute]]] = []
    for number, line in enumerate(lines):
        if line and (len(line) < 2 or line[1] != "="):
            raise Malformed(f"the SDP cannot be read: line {number + 1} is {line[:40]!r}, and not <letter>=<value>")
        if line.startswith("m="):
            blocks.append((line[2:], []))
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            (blocks[-1][1] if blocks else common).append((name, value.strip()))
    if len(blocks) > MOST_SECTIONS:
        raise Unusable(f"the offer has {len(blocks)} sections, and {MOST_SECTIONS} are the most", SOURCE)
    return common, blocks


def _section(line: str, attributes: Sequence[Attribute]) -> MediaSection:
    kind, port, protocol, formats = (*line.split(" ", 3), "", "", "")[:4]
    if not protocol:
        raise ValueError(f"m={line[:60]} has no port and protocol")
    names = {name for name, _ in attributes}
    is_rejected = port == "0" and "bundle-only" not in names
    codecs = _codecs(formats, attributes) if "RTP/SAVP" in protocol else ()
    repeats = ((_number(match[1]), codec.number) for codec in codecs if codec.name == "RTX"
               for match in [APT.search(codec.parameters)] if match)  # fmt: skip
    return MediaSection(
        kind=kind,
        mid=dict(attributes).get("mid", ""),
        protocol=protocol,
        formats=formats,
        is_sent=not is_rejected and not names & SILENT,
        codecs=codecs,
        repeats=dict(repeats),
        has_mux="rtcp-mux" in names,
        may_be_reduced="rtcp-rsize" in names,
    )


def _codecs(formats: str, attributes: Sequence[Attribute]) -> tuple[PayloadFormat, ...]:
    maps, parameters = dict[int, str](), dict[int, str]()
    feedback = dict[str, set[str]]()
    for attribute, value in attributes:
        which, _, rest = value.partition(" ")
        if attribute == "rtpmap":
            maps[_number(which)] = rest
        elif attribute == "fmtp":
            parameters[_number(which)] = rest.strip()
        elif attribute == "rtcp-fb":
            feedback.setdefault(which, set()).add(rest.strip())
    found = []
    for number in map(_number, formats.split()):
        name, _, clock = maps.get(number, "/0").partition("/")
        if not 0 <= number < 128:
            raise ValueError(f"{number} is no payload type")
        asked = feedback.get(str(number), set()) | feedback.get("*", set())
        found.append(
            PayloadFormat(
                number=number,
                name=name.upper(),
                clock=_number(clock.partition("/")[0]),
                parameters=parameters.get(number, ""),
                feedback=frozenset(asked),
            )
        )
    return tuple(found)


def _number(text: str) -> int:
    if not is_number(text):
        raise ValueError(f"{text[:20]!r} is no number")
    return int(text)


def _choose(sections: Sequence[MediaSection]) -> tuple[int, ...]:
    sent = {place: section for place, section in enumerate(sections) if section.kind in WANTED and section.is_sent}
    if not sent:
        raise Unusable("the offer sends neither audio nor video", SOURCE)
    for kind in WANTED:
        if sum(section.kind == kind for section in sent.values()) > 1:
            raise Unusable(f"the offer has more than one {kind} track; send one at most", SOURCE)
    for section in sent.values():
        if section.chosen is None:
            offered = sorted({codec.name for codec in section.codecs} - {"RTX", "RED", "ULPFEC", "FLEXFEC-03", ""})
            words = " or ".join({"H264": "H.264", "OPUS": "Opus"}.get(name, name) for name in WANTED[section.kind])
            was = f", and offers {', '.join(offered)}" if offered else ""
            raise Unusable(f"the {section.kind} track must be {words}{was}", SOURCE)
        if not section.has_mux:
            raise Unusable("the offer does not multiplex RTP and RTCP (a=rtcp-mux)", SOURCE)
    return tuple(sent)


def _distance(codec: PayloadFormat) -> tuple[bool, bool]:
    """Say how far an H.264 is from the one that every sender can make: constrained baseline, in fragments."""
    told = codec.parameters.lower()
    return "packetization-mode=1" not in told, "profile-level-id=42e0" not in told


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
