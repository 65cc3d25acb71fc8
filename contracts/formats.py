"""String formats that the schema library is too kind to."""

import re

# RFC 3986, section 3, narrower in one point: after "//" there must be a host, so that "http://" is no URI.
_PCHAR = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})"
_URI = re.compile(
    rf"""
    [A-Za-z][A-Za-z0-9+.\-]*:
    (?:
        //
        (?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{{2}})*@)?
        (?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{{2}})+)
        (?::[0-9]*)?
        (?:/{_PCHAR}*)?
      |
        (?!//){_PCHAR}+
    )
    (?:\?(?:{_PCHAR}|\?)*)?
    (?:\#(?:{_PCHAR}|[?\#])*)?
    """,
    re.VERBOSE,
)


def is_uri(value: str) -> bool:
    """Say whether a text is a URI: a scheme and something after it (RFC 3986), and after ``//`` a host.

    Relative references and a scheme alone are not URIs. A ``#`` inside the fragment is let pass: SRT has stream
    ids there, and people write them with ``#`` (``srt://host:9710?streamid=#!::r=live/KEY,m=publish``).
    """
    return _URI.fullmatch(value) is not None
