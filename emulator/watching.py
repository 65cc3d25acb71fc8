"""Watches a live HLS or DASH origin as a player would, and keeps what it answers for the judge."""

import gzip
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse, IncompleteRead
from io import BytesIO

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.itinerary import Itinerary
from offair.contracts.checks.media.segments import span
from offair.contracts.checks.media.timeline import Timeline
from offair.emulator.core.clock import Clock
from offair.emulator.fetching import opened

TIMEOUT = 10.0  # real seconds that an answer may take, from its head to its last byte
PATIENCE = 30.0  # real seconds that a held request may take; a blocking reload takes three target durations at most
PAUSE = 0.5  # real seconds after which Ctrl-C and the end are looked for
PIECE = 64 * 1024  # bytes of it that are read at a time
MOST = 64 * 1024 * 1024  # bytes of one answer that are read
KEPT = 384 * 1024 * 1024  # bytes of media that are kept; after that only playlists and manifests are fetched
FETCHED = {"http", "https", "data"}  # schemes of URLs
HEADERS = {
    "User-Agent": "offair-check",
    "Accept-Encoding": "gzip",
    "Origin": "https://player.example",  # without it, some origins leave out what CORS is judged by
}


def watch(
    url: str, seconds: float, *, clock: Clock | None = None, on_fetch: Callable[[Fetch], None] = lambda _: None
) -> Timeline:
    """Fetch what the judge needs for so many real seconds, one request at a time; KeyboardInterrupt ends it early.

    Whatever goes wrong is an answer in the timeline too. If the first answer is none, or neither a playlist nor a
    manifest, nothing else is asked.
    """
    fetches: list[Fetch] = []
    try:
        for fetch in _tour(Itinerary(url), clock or Clock(), seconds):
            fetches.append(fetch)
            on_fetch(fetch)
            if len(fetches) == 1 and not (fetch.is_good and Timeline(url, (fetch,)).is_stream):
                break
    except KeyboardInterrupt:
        if not fetches:
            raise
    return Timeline(url, tuple(fetches))


def _tour(itinerary: Itinerary, clock: Clock, seconds: float) -> Iterator[Fetch]:
    deadline, kept = clock.deadline(seconds), 0
    while not deadline.is_over and itinerary.next_at is not None:
        url = itinerary.take(clock.wall())
        if url is None:
            clock.sleep(min(max(itinerary.next_at - clock.wall(), 0.0), PAUSE, deadline.remaining))
            continue
        if kept > KEPT and not itinerary.is_listing(url):
            continue
        fetch = get(url, clock)
        itinerary.note(fetch)
        kept += len(fetch.body)
        yield fetch


def get(url: str, clock: Clock, *, timeout: float = TIMEOUT) -> Fetch:
    """Fetch a URL, or the byte range that its fragment names; the status is 0 if none came whole in time."""
    asked = clock.wall()
    status, headers, body, landed = 0, dict[str, str](), b"", None
    address, first, last = span(url)
    if address.partition(":")[0].lower() not in FETCHED:  # nobody's file, however a playlist names it
        return Fetch(asked=asked, at=clock.wall(), url=url, status=0)
    wanted = {} if first is None else {"Range": f"bytes={first}-{'' if last is None else last}"}
    try:
        request = urllib.request.Request(address, headers=HEADERS | wanted)  # noqa: S310 - the user's own, and what it lists
        patience = PATIENCE if "_HLS_" in address else timeout
        with opened(request, patience) as answer:
            status, headers, landed = answer.status or 200, dict(answer.headers), answer.url  # a data: URL has none
            body = _unpacked(_read(answer), answer.headers.get("Content-Encoding", ""))
        if first is not None and status == 200:  # a server may ignore Range: RFC 9110 section 14.2
            body = body[first : None if last is None else last + 1]
    except urllib.error.HTTPError as error:
        status, headers = error.code, dict(error.headers)
        error.close()
    except (OSError, HTTPException, ValueError, EOFError, zlib.error):  # no answer, half an answer, no URL
        status = 0
    return Fetch(asked=asked, at=clock.wall(), url=url, status=status, headers=headers, body=body, landed=landed)


def _read(answer: HTTPResponse) -> bytes:
    """Read a body, as far as one is kept."""
    body = bytearray()
    while len(body) < MOST and (part := answer.read1(min(PIECE, MOST - len(body)))):
        body += part
    missing = getattr(answer, "length", None)  # what a data: URL holds has no connection that could break
    if missing and len(body) < MOST:
        raise IncompleteRead(bytes(body), missing)
    return bytes(body)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """Take a content encoding off; what is packed in a way that was not asked for stays as it is."""
    if encoding.strip().lower() not in {"gzip", "x-gzip"} or not body:
        return body
    with gzip.GzipFile(fileobj=BytesIO(body)) as packed:
        return packed.read(MOST)
