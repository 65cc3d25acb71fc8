"""Calls from web pages of other origins: what a browser is told before and after (Fetch standard, CORS protocol)."""

from collections.abc import Iterable

from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors


def allowed(cors: Cors, origin: str | None) -> dict[str, str]:
    """Say which page may read an answer, and which of its headers."""
    named, *others = cors.origin.split()
    if origin and (origin in others or (cors.credentials and named == "*")):
        named = origin
    headers = {"Access-Control-Allow-Origin": named, "Access-Control-Expose-Headers": cors.exposes}
    if cors.credentials:
        headers["Access-Control-Allow-Credentials"] = "true"
    return headers if named == "*" else {**headers, "Vary": "Origin"}


def preflight(cors: Cors, origin: str | None, methods: Iterable[str], *, posted: Iterable[str] = ()) -> Reply:
    """Answer a browser that asks before it calls; ``methods`` are those that are documented there.

    ``posted`` are the media types of what may be posted, where that is not the usual (RFC 9725, 4.2).
    """
    headers = {
        **allowed(cors, origin),
        "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
        "Access-Control-Allow-Headers": cors.headers,
        "Access-Control-Max-Age": str(cors.max_age),
    }
    types = ", ".join(posted)
    return Reply(cors.status, None, {**headers, "Accept-Post": types} if types else headers)
