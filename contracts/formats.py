"""String formats that the schema library is too kind to."""

import re

# RFC 3986, section 3, narrower in one point: after "//" there must be a host, so that "http://" is no URI.
_UNRESERVED = r"A-Za-z0-9\-._~!$&'()*+,;="


def _any_of(characters: str) -> str:
    """Match any number of these or of escapes, in runs: one after the other would cost ten times as much."""
    return rf"(?:[{characters}]*(?:%[0-9A-Fa-f]{{2}}[{characters}]*)*)"


_URI = re.compile(
    rf"""
    [A-Za-z][A-Za-z0-9+.\-]*:
    (?:
        //
        (?:{_any_of(f"{_UNRESERVED}:")}@)?
        (?:\[[0-9A-Fa-f:.]+\]|(?=[{_UNRESERVED}%]){_any_of(_UNRESERVED)})
        (?::[0-9]*)?
        (?:/{_any_of(f"{_UNRESERVED}:@/")})?
      |
        (?!//)(?=[{_UNRESERVED}:@/%]){_any_of(f"{_UNRESERVED}:@/")}
    )
    (?:\?{_any_of(f"{_UNRESERVED}:@/?")})?
    (?:\#{_any_of(f"{_UNRESERVED}:@/?#")})?
    """,
    re.VERBOSE,
)


def is_uri(value: str) -> bool:
    """Say whether a text is a URI: a scheme and something after it (RFC 3986), and after ``//`` a host.

    Relative references and a scheme alone are not URIs. A ``#`` inside the fragment is let pass: SRT has stream
    ids there, and people write them with ``#`` (``srt://host:9710?streamid=#!::r=live/KEY,m=publish``).
    """
    return _URI.fullmatch(value) is not None
