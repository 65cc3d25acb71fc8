"""Links of a playlist that hand on what its player showed in the query: whoever follows them shows it again. Pure."""

import posixpath
import re
from urllib.parse import urlsplit

ATTRIBUTE = re.compile(r'URI="([^"]*)"')
DIRECTIVES = "_HLS_"  # they are the player's own, of one request (RFC 8216bis, 6.2.5)


def handed_on(query: str) -> str:
    """Keep of a query what is no directive of low-latency HLS, as it was written."""
    return "&".join(part for part in query.split("&") if part and not part.startswith(DIRECTIVES))


def carry(playlist: str, *, folder: str, query: str) -> str:
    """Rewrite a playlist's links, which are relative to a folder beside it, and add the query to each."""
    return "\n".join(_line(line, folder, query) for line in playlist.split("\n"))


def _line(line: str, folder: str, query: str) -> str:
    if line.startswith("#"):
        return ATTRIBUTE.sub(lambda found: f'URI="{_link(found[1], folder, query)}"', line)
    return _link(line, folder, query) if line.strip() else line


def _link(link: str, folder: str, query: str) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return link
    path = posixpath.normpath(posixpath.join(folder, parts.path))
    whole = "&".join(each for each in (parts.query, query) if each)
    return f"{path}?{whole}" if whole else path
