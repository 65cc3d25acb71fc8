"""Whom a URL names: where to connect, and what to say there (RFC 3986, 3; RFC 9110, 4.2)."""

import re
from base64 import b64encode
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, unquote, urlsplit

PORTS = {"http": 80, "https": 443}
LONGEST_NAME = 253  # letters that the DNS gives to a whole name (RFC 1035, 3.1)
NAME = re.compile(r"[a-z0-9._-]+")
AS_IT_IS = "!$&'()*+,;=:@/?%[]"  # what may stand in a target beside letters and digits; all else is percent-encoded


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a hook goes: ``host`` is a name as the DNS has it, or an IP address without brackets.

    ``authority`` is what the field Host says, ``login`` the Basic credentials of a URL that has a user in it.
    """

    is_secure: bool
    host: str
    port: int
    authority: str
    target: str
    login: str | None

    @property
    def certified(self) -> str:
        """What its certificate must be for."""
        return self.host.partition("%")[0].rstrip(".")


def read_url(url: str) -> Recipient:
    """Read the URL of a hook; ValueError says in words why nobody can be called there."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("a hook goes to an http or https URL with a host")
    host = _read_host(parts.hostname)
    usual = PORTS[parts.scheme]
    port = usual if parts.port is None else parts.port
    shown = f"[{host.partition('%')[0]}]" if ":" in host else host
    return Recipient(
        is_secure=parts.scheme == "https",
        host=host,
        port=port,
        authority=shown if port == usual else f"{shown}:{port}",
        target=quote(parts.path or "/", safe=AS_IT_IS) + (f"?{quote(parts.query, safe=AS_IT_IS)}" * bool(parts.query)),
        login=_read_login(parts),
    )


def receiving_host(url: str) -> str:
    """Name the host and port that a URL leads to; a URL that leads nowhere stands for itself."""
    try:
        return read_url(url).authority
    except ValueError:
        return url


def _read_host(hostname: str) -> str:
    if ":" in hostname:
        address, _, zone = hostname.replace("%25", "%").partition("%")  # RFC 6874, 2
        if zone and NAME.fullmatch(zone.lower()) is None:
            raise ValueError(f"{zone!r} is no name of an interface")
        return f"{IPv6Address(address)}%{zone}" if zone else str(IPv6Address(address))
    if len(hostname) > LONGEST_NAME:
        raise ValueError(f"the name of its host is longer than {LONGEST_NAME} letters")
    try:
        name = hostname.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        words = f"{hostname} is no name that a host can have: a part of it is empty or too long, or cannot be written"
        raise ValueError(words) from error
    if NAME.fullmatch(name) is None:
        raise ValueError(f"{hostname!r} is no name that a host can have: more is in it than letters, digits, - and _")
    return name


def _read_login(parts: SplitResult) -> str | None:
    """Give what RFC 7617 makes of ``user:password@``."""
    if not parts.username and not parts.password:
        return None
    both = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return b64encode(both.encode()).decode()
