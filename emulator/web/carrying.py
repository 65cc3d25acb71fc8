"""What a player showed in the query of a playlist, carried into its links: a playlist's own links show nothing."""

import re

URI = re.compile(r'(?<=URI=")[^"]*(?=")')
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)  # a URL of somebody else's (RFC 3986, section 4.2)


def carry(playlist: str, query: str) -> str:
    """Give a playlist whose relative links have this query too, tags with a URI among them (RFC 8216, section 4.3)."""
    return "\n".join(_line(line, query) for line in playlist.split("\n"))


def _line(line: str, query: str) -> str:
    if line.startswith("#EXT"):
        return URI.sub(lambda found: _link(found[0], query), line)
    return line if not line or line.startswith("#") else _link(line, query)


def _link(uri: str, query: str) -> str:
    if ELSEWHERE.match(uri):
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{query}"
