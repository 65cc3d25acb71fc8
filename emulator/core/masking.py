"""Secrets, hidden wherever they stand: under a name that says so, inside URLs and forms, and as copies elsewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

WORDS = (
    r"authorization|cookie|api[-_]?key|access[-_]?key|private[-_]?key|secret|token|stream[-_]?key|passw(?:or)?d"
    r"|passphrase|passcode|credential|x-amz-signature"
)
ALONE = r"key|pass|pwd|auth|jwt|sig"  # what is a secret's name in a query, and part of many others elsewhere
SHAPES = re.compile(
    r"\b(?:Bearer|Basic)\s+(?P<bearer>[\w.~+/=-]{6,})|(?P<jwt>\beyJ[\w-]+\.[\w-]+\.[\w-]*)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----\s*(?P<pem>[^-]+)|\bice-pwd:(?P<ice>[\w+/]+)",
    re.IGNORECASE,
)  # RFC 9110 section 11.6.2, RFC 7519, RFC 7468, RFC 8839: these say by themselves that they are secret
MEDIA = frozenset({"rtmp", "rtmps", "rtsp", "rtsps", "srt"})
SHORTEST_SECRET = 6  # what is shorter is hidden where it is named, and not wherever else the same text stands
SHOWN = 4
LONGEST = 64  # characters of a name on either side of what tells; no text takes longer to read than it is long
URL = re.compile(rf"\b(?P<scheme>[a-z][a-z0-9+.-]{{0,{LONGEST}}})://(?P<rest>[^\s\"'<>]+)", re.IGNORECASE)
HIDDEN = "…"


class Mask:
    """Hides secrets in values of JSON's kinds. ``names`` are further names that secrets go by: whole, in any case."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        also = "".join(rf"|^{re.escape(name)}$" for name in sorted(names))
        self._name = re.compile(f"{WORDS}{also}", re.IGNORECASE)
        whole = "|".join(re.escape(name) for name in sorted(names))
        inside = rf"[\w.-]{{0,{LONGEST}}}(?:{WORDS})[\w.-]{{0,{LONGEST}}}" + (f"|{whole}" if whole else "")
        value = r"[^&\s;,\"'<>]*[^&\s;,\"'<>.:]"
        told = r"[\"']?\s*(?:=|:\s)\s*(?:b?[\"']|(?:Bearer|Basic)\s+)?"  # in a query, a header, JSON, or a record
        self._pair = re.compile(
            rf"(?P<name>(?<![\w.-])(?:(?:{inside}){told}|(?<=[?&])(?:{ALONE})=))(?P<secret>{value})", re.IGNORECASE
        )

    def __call__(self, value: Any) -> Any:
        """Give the value with every secret cut down to its first characters."""
        secrets: set[str] = set()
        self._gather(value, secrets)
        return self._hide(value, sorted(secrets, key=len, reverse=True))

    def _gather(self, value: Any, secrets: set[str], *, is_named: bool = False) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                self._gather(inner, secrets, is_named=is_named or bool(self._name.search(name)))
        elif isinstance(value, list | tuple):
            for inner in value:
                self._gather(inner, secrets, is_named=is_named)
        elif isinstance(value, str):
            named = _bare(value) if is_named else ()
            pairs = (found["secret"] for found in self._pair.finditer(value)) if _has_pairs(value) else ()
            shapes = (found[found.lastgroup] for found in SHAPES.finditer(value) if found.lastgroup)
            urls = self._in_urls(value) if "://" in value else ()
            parts = (part.strip() for part in (*named, *pairs, *shapes, *urls))
            secrets.update(part for part in parts if len(part) >= SHORTEST_SECRET)

    def _in_urls(self, text: str) -> Iterator[str]:
        for found in URL.finditer(text):
            address, _, query = found["rest"].rstrip(".,:;").partition("?")
            authority, _, path = address.partition("/")
            user, _, password = authority.rpartition("@")[0].partition(":")
            yield from ([f"{user}:{password}"] if password else [user])
            pairs = (pair.partition("=") for pair in query.split("&"))
            yield from (asked for name, _, asked in pairs if "%" in name and self._name.search(unquote(name)))
            if found["scheme"].lower() in MEDIA:
                yield from _in_media_url(path, query)

    def _hide(self, value: Any, secrets: list[str], *, is_named: bool = False) -> Any:
        if isinstance(value, Mapping):
            return {
                name: self._hide(inner, secrets, is_named=is_named or bool(self._name.search(name)))
                for name, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._hide(inner, secrets, is_named=is_named) for inner in value]
        if not isinstance(value, str):
            return value
        for secret in secrets:
            value = value.replace(secret, _short(secret))
        if is_named and HIDDEN not in value:
            value = ";".join(map(_hidden, value.split(";")))
        if _has_pairs(value):
            value = self._pair.sub(lambda found: found["name"] + _short(found["secret"]), value)
        return value


@cache
def plain() -> Mask:
    """The mask that knows the names that everybody uses."""
    return Mask()


def _has_pairs(value: str) -> bool:
    return "=" in value or ": " in value


def _bare(value: str) -> list[str]:
    """What is secret of ``Bearer xyz`` is xyz, and of cookies it is each of them."""
    return [part.rpartition(" ")[2] for part in value.split(";")]


def _hidden(value: str) -> str:
    (bare,) = _bare(value)
    return value.removesuffix(bare) + _short(bare) if bare else value


def _short(secret: str) -> str:
    if HIDDEN in secret:
        return secret
    return f"{secret[:SHOWN]}{HIDDEN}" if len(secret) >= SHORTEST_SECRET else HIDDEN


def _in_media_url(path: str, query: str) -> Iterator[str]:
    """A media URL has its key at its end, or in what it asks for."""
    application, _, key = path.rpartition("/")
    if application:
        yield key
    for pair in query.split("&"):
        asked = pair.partition("=")[2]
        resource = asked.partition("r=")[2].partition(",")[0] if asked.startswith("#!::") else ""
        yield resource.rpartition("/")[2] or asked  # of an SRT access control id, the key alone
