"""The answer to an offer: an ICE-lite end that receives, one codec a track, everything over one port.

Source: RFC 9725, section 4.4; RFC 8829, section 5.3; RFC 8839.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from offair.emulator.media.ingest.whip.offer import MediaSection, Offer, PayloadFormat

FEEDBACK = ("nack", "nack pli", "goog-remb")
NEGOTIATED = frozenset({"level-asymmetry-allowed", "packetization-mode", "profile-level-id", "profile-id"})
START_KBPS = 2500  # what Chromium begins with; otherwise it begins at 300, and changes its size three times
SHOWN = {"H264": "H264", "VP9": "VP9", "OPUS": "opus"}
HIGHEST = 2130706431  # the priority of the first host candidate (RFC 8445, 5.1.2)
Address = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What our end of a session is known by; ``fingerprint`` is a SHA-256 in hex with colons."""

    ufrag: str
    password: str
    fingerprint: str


def is_dtls_client(offer: Offer) -> bool:
    """Say whether it is we who begin the DTLS handshake: only where the publisher will not (RFC 5763, 5)."""
    return offer.setup == "passive"


def write(offer: Offer, ours: Credentials, *, number: int, candidates: Sequence[Address]) -> str:
    """Write the answer that takes what can be taken; ``number`` tells this session from others (RFC 8866, 5.2)."""
    taken = set(offer.taken)
    host = candidates[0][0]
    mids = " ".join(offer.sections[place].mid for place in offer.taken)
    lines = [
        "v=0", f"o=- {number} 1 IN {_family(host)} {host}", "s=-", "t=0 0", "a=ice-lite", f"a=group:BUNDLE {mids}",
        f"a=fingerprint:sha-256 {ours.fingerprint}",
    ]  # fmt: skip
    for place, section in enumerate(offer.sections):
        codec = section.chosen if place in taken else None
        if codec is None:
            lines += [f"m={section.kind} 0 {section.protocol} {section.formats}", "c=IN IP4 0.0.0.0", "a=inactive"]
            lines += [f"a=mid:{section.mid}"] if section.mid else []
            continue
        lines += _transport(section, codec, candidates)
        lines += [f"a=ice-ufrag:{ours.ufrag}", f"a=ice-pwd:{ours.password}"]
        lines += [f"a=fingerprint:sha-256 {ours.fingerprint}"]
        lines += [f"a=setup:{'active' if is_dtls_client(offer) else 'passive'}"]
        if place == offer.taken[0]:
            lines += [*map(_candidate, range(len(candidates)), candidates), "a=end-of-candidates"]
        lines += ["a=rtcp-rsize"] if offer.may_be_reduced else []
        lines += _coding(section, codec)
    return "".join(f"{line}\r\n" for line in lines)


def _transport(section: MediaSection, codec: PayloadFormat, candidates: Sequence[Address]) -> Iterator[str]:
    host, port = candidates[0]
    numbers = [codec.number, *([section.repeats[codec.number]] if codec.number in section.repeats else [])]
    yield f"m={section.kind} {port} {section.protocol} {' '.join(map(str, numbers))}"
    yield f"c=IN {_family(host)} {host}"
    if section.mid:
        yield f"a=mid:{section.mid}"
    yield from ("a=recvonly", "a=rtcp-mux")


def _coding(section: MediaSection, codec: PayloadFormat) -> Iterator[str]:
    channels = "/2" if codec.name == "OPUS" else ""
    yield f"a=rtpmap:{codec.number} {SHOWN[codec.name]}/{codec.clock}{channels}"
    if section.kind == "video":
        start = f"x-google-start-bitrate={START_KBPS}"
        kept = [one.strip() for one in codec.parameters.split(";") if one.strip().partition("=")[0] in NEGOTIATED]
        yield f"a=fmtp:{codec.number} {';'.join([*kept, start])}"
    else:
        yield f"a=fmtp:{codec.number} minptime=10;useinbandfec=1;stereo=1"
    yield from (f"a=rtcp-fb:{codec.number} {one}" for one in FEEDBACK if one in codec.feedback)
    if (repeat := section.repeats.get(codec.number)) is not None:
        yield from (f"a=rtpmap:{repeat} rtx/{codec.clock}", f"a=fmtp:{repeat} apt={codec.number}")


def _candidate(place: int, address: Address) -> str:
    host, port = address
    return f"a=candidate:{place + 1} 1 udp {HIGHEST - place * 256} {host} {port} typ host"


def _family(host: str) -> str:
    return "IP6" if ":" in host else "IP4"
