"""What a recorder saw of one playlist or manifest, written down by hand: bodies and the moments that they came."""

from collections.abc import Iterable, Mapping

from offair.contracts.checks.media import judge
from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.rulebook import RULES

LIST = "http://origin.test/live/list.m3u8"
MPD = "http://origin.test/live/live.mpd"
TRIP = 0.1  # seconds that an answer takes
STRENGTHS = {rule.name: rule.strength for rule in RULES}
HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache", "Content-Encoding": "gzip"}
KINDS = {
    "m3u8": "application/vnd.apple.mpegurl",
    "mpd": "application/dash+xml",
    "ts": "video/mp2t",
    "m4s": "video/mp4",
    "mp4": "video/mp4",
}


def answer(url: str, body: str | bytes, at: float = 0.0, *, status: int = 200) -> Fetch:
    """An answer with the headers that a good origin sends."""
    kind = KINDS.get(url.partition("#")[0].rpartition(".")[2], "text/plain")
    cache = HEADERS if kind in {KINDS["m3u8"], KINDS["mpd"]} else HEADERS | {"Cache-Control": "max-age=60"}
    content = body.encode() if isinstance(body, str) else body
    return Fetch(asked=at, at=at + TRIP, url=url, status=status, headers=cache | {"Content-Type": kind}, body=content)


def polled(bodies: Iterable[str], *, url: str = LIST, every: float = 1.0, since: float = 0.0) -> list[Fetch]:
    """The answers to looks at one URL, one after another."""
    return [answer(url, body, since + index * every) for index, body in enumerate(bodies)]


def broken(fetches: Iterable[Fetch], url: str = LIST) -> list[str]:
    """The rules that are broken, by name, in their order."""
    return list(dict.fromkeys(one.rule for one in judge(url, fetches)))


def broken_musts(fetches: Iterable[Fetch], url: str = LIST) -> list[str]:
    """Those of them that an origin must keep."""
    return [name for name in broken(fetches, url) if STRENGTHS[name] == "must"]


def playlist(number: int, *segments: str, target: int = 2, lasts: float = 2.0, head: str = "") -> str:
    """A media playlist; a segment ``"|x.ts"`` follows on a discontinuity, ``"x.ts@7"`` is the seventh hundred bytes."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:4", f"#EXT-X-TARGETDURATION:{target}", f"#EXT-X-MEDIA-SEQUENCE:{number}", head]
    for segment in segments:
        name, _, place = segment.removeprefix("|").partition("@")
        lines += ["#EXT-X-DISCONTINUITY"] * segment.startswith("|") + [f"#EXTINF:{lasts:.1f},"]
        lines += [f"#EXT-X-BYTERANGE:100@{place}00"] * bool(place) + [name]
    return "\n".join(line for line in lines if line) + "\n"


def manifest(periods: str, **attributes: str) -> str:
    """A manifest with what every one must have; ``type`` is static unless told, ``_`` in names stands for nothing."""
    known: Mapping[str, str] = {
        "type": "static", "mediaPresentationDuration": "PT11S", "minBufferTime": "PT2S",
        "profiles": "urn:mpeg:dash:profile:isoff-live:2011",
    }  # fmt: skip
    said = " ".join(f'{name}="{value}"' for name, value in {**known, **attributes}.items() if value)
    return f'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" {said}>\n{periods}\n</MPD>'
