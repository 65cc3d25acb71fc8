"""Secrets, hidden wherever they stand: under a name that says so, inside URLs and forms, and as copies elsewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

WORDS = r"authorization|cookie|api[-_]?key|access[-_]?key|secret|token|stream[-_]?key|password|passphrase|passcode"
URL = re.compile(r"\b(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>[^\s\"'<>]+)", re.IGNORECASE)
MEDIA = frozenset({"rtmp", "rtmps", "rtsp", "rtsps", "srt"})
SHORTEST_SECRET = 6  # what is shorter is hidden where it is named, and not wherever else the same text stands
SHOWN = 4
HIDDEN = "…"


class Mask:
    """Hides secrets in values of JSON's kinds. ``names`` are further names that secrets go by: whole, in any case."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        also = "".join(rf"|^{re.escape(name)}$" for name in sorted(names))
        self._name = re.compile(f"{WORDS}{also}", re.IGNORECASE)
        whole = "|".join(re.escape(name) for name in sorted(names))
        inside = rf"[\w.-]*(?:{WORDS})[\w.-]*" + (f"|{whole}" if whole else "")
        value = r"[^&\s;,\"'<>]*[^&\s;,\"'<>.:]"
        self._pair = re.compile(rf"(?P<name>(?<![\w.-])(?:{inside})=)(?P<secret>{value})", re.IGNORECASE)

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
            named = [_bare(value)] if is_named else []
            pairs = (found["secret"] for found in self._pair.finditer(value)) if "=" in value else ()
            urls = _in_urls(value) if "://" in value else ()
            secrets.update(part for part in (*named, *pairs, *urls) if len(part) >= SHORTEST_SECRET)

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
            bare = _bare(value)
            value = value.removesuffix(bare) + _short(bare) if bare else value
        if "=" in value:
            value = self._pair.sub(lambda found: found["name"] + _short(found["secret"]), value)
        return value


@cache
def plain() -> Mask:
    """The mask that knows the names that everybody uses."""
    return Mask()


def _bare(value: str) -> str:
    """What is secret of ``Bearer xyz`` is xyz."""
    return value.rpartition(" ")[2]


def _short(secret: str) -> str:
    if HIDDEN in secret:
        return secret
    return f"{secret[:SHOWN]}{HIDDEN}" if len(secret) >= SHORTEST_SECRET else HIDDEN


def _in_urls(text: str) -> Iterator[str]:
    for found in URL.finditer(text):
        address, _, query = found["rest"].rstrip(".,:;").partition("?")
        authority, _, path = address.partition("/")
        user, _, password = authority.rpartition("@")[0].partition(":")
        yield from ([f"{user}:{password}"] if password else [user])
        if found["scheme"].lower() in MEDIA:
            yield from _in_media_url(path, query)


def _in_media_url(path: str, query: str) -> Iterator[str]:
    """A media URL has its key at its end, or in what it asks for."""
    application, _, key = path.rpartition("/")
    if application:
        yield key
    for pair in query.split("&"):
        asked = pair.partition("=")[2]
        resource = asked.partition("r=")[2].partition(",")[0] if asked.startswith("#!::") else ""
        yield resource.rpartition("/")[2] or asked  # of an SRT access control id, the key alone
