"""What holds for every answer, whatever the protocol: media types, CORS, caching, immutability."""

from collections.abc import Iterator

from offair.contracts.checks.media.containers import container_of
from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.manifests import Manifest
from offair.contracts.checks.media.playlists import says
from offair.contracts.checks.media.rule import Finding, rule
from offair.contracts.checks.media.timeline import Timeline

FRAGMENTED = {"video/mp4", "audio/mp4", "application/mp4", "video/iso.segment", "audio/iso.segment"}
SEGMENT_TYPES = {"ts": {"video/mp2t"}, "fmp4": FRAGMENTED}
SMALL = 1400  # bytes: what fits into one packet gains nothing by being compressed
LONG = 4.0  # seconds that a manifest may be cached when nothing tells how often it changes


@rule("http/manifest-answers", "RFC 8216 section 6.2.1; ISO/IEC 23009-1 section 5.4")
def manifest_answers(timeline: Timeline) -> Iterator[Finding]:
    """Every request for a playlist or manifest is answered with it."""
    for fetch in timeline.manifest_fetches:
        if not fetch.is_good and not _asks_too_much(fetch):
            yield Finding(fetch, f"answers {_status(fetch)}", fetch.status, 200)


@rule(
    "http/segment-type",
    "RFC 8216 section 3; RFC 3555 section 4.2.9 (video/MP2T); RFC 4337 (video/mp4)",
    strength="should",
)
def segment_type(timeline: Timeline) -> Iterator[Finding]:
    """A segment's Content-Type is that of its container."""
    for fetch in timeline.segment_fetches:
        fitting = SEGMENT_TYPES.get(container_of(fetch.body))
        if fetch.is_good and fitting and fetch.media_type not in fitting:
            yield Finding(fetch, "has another Content-Type than its bytes", fetch.media_type, sorted(fitting))


@rule("http/cors", "Fetch Standard section 3.3 (CORS protocol), which every browser player needs", strength="should")
def cors(timeline: Timeline) -> Iterator[Finding]:
    """Every answer may be read by a player that another site serves."""
    for fetch in (*timeline.manifest_fetches, *timeline.segment_fetches):
        is_elsewhere = not fetch.url.startswith("data:")
        if is_elsewhere and fetch.is_good and fetch.header("Access-Control-Allow-Origin") is None:
            yield Finding(fetch, "has no Access-Control-Allow-Origin", None, "*")


@rule("http/manifest-cache", "RFC 9111 section 4.2.1, with RFC 8216 section 6.2.1 and ISO/IEC 23009-1 section 5.3.1.2",
      strength="should")  # fmt: skip
def manifest_cache(timeline: Timeline) -> Iterator[Finding]:
    """A manifest that changes says that no cache may keep it for longer than it is new."""
    most = min((one.target for one in timeline.renditions if one.target), default=LONG)
    for fetch in timeline.manifest_fetches:
        if not fetch.is_good or _is_final(timeline, fetch):
            continue
        if fetch.freshness is None:
            yield Finding(fetch, "does not say in Cache-Control how long it may be kept", None, "no-cache")
        elif fetch.freshness > most:
            yield Finding(
                fetch, f"may be kept for {fetch.freshness:g} s, and is old after {most:g} s", fetch.freshness, most
            )


@rule(
    "http/segment-cache",
    "RFC 9111 section 5.2.2, with RFC 8216 section 6.2.1: a segment never changes",
    strength="should",
)
def segment_cache(timeline: Timeline) -> Iterator[Finding]:
    """Segments may be cached."""
    for fetch in timeline.segment_fetches:
        if fetch.is_good and fetch.freshness is not None and fetch.freshness <= 0:
            yield Finding(
                fetch, "forbids caches to keep what never changes", fetch.header("Cache-Control"), "max-age=…"
            )


@rule("http/compressed", "RFC 8216 section 6.2.1", strength="should")
def compressed(timeline: Timeline) -> Iterator[Finding]:
    """A playlist comes compressed to who accepts gzip."""
    for fetch in timeline.manifest_fetches if not timeline.is_dash else ():
        if fetch.is_good and len(fetch.body) > SMALL and not fetch.header("Content-Encoding"):
            yield Finding(fetch, "is not compressed", len(fetch.body))


@rule("http/immutable", "RFC 8216 section 6.2.1; ISO/IEC 23009-1 section 5.3.9.5.1")
def immutable(timeline: Timeline) -> Iterator[Finding]:
    """A segment has the same bytes whenever it is fetched."""
    first: dict[str, Fetch] = {}
    for fetch in timeline.segment_fetches:
        if fetch.is_good and first.setdefault(fetch.resource, fetch).body != fetch.body:
            seconds = fetch.at - first[fetch.resource].at
            yield Finding(fetch, f"has other bytes than {seconds:.1f} s before", len(fetch.body))


def _asks_too_much(fetch: Fetch) -> bool:
    """A blocking reload that the origin is right to refuse, or free to give up on, is judged elsewhere."""
    return bool(fetch.directives) and fetch.status in {400, 503}


def _is_final(timeline: Timeline, fetch: Fetch) -> bool:
    """A playlist that is over, a master playlist and a static manifest may be kept for as long as one likes."""
    if timeline.is_dash:
        return Manifest(fetch).flaw is None and not Manifest(fetch).is_dynamic
    return any(says(fetch, name) for name in ("EXT-X-ENDLIST", "EXT-X-STREAM-INF"))


def _status(fetch: Fetch) -> str:
    return str(fetch.status) if fetch.status else "nothing in time"
