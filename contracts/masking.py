"""Keeping secrets out of reports: credentials that are known, and members whose name says that they are secret."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from offair.contracts.exchange import Exchange
from offair.contracts.violation import Violation

SHOWN = 4  # characters of a secret that tell it from others
SHORTEST = 6  # what is shorter stands in too many places by chance
NAMED = re.compile(
    rb'("(?=[^"]*+"\s*:\s*"[^"]{5})'  # a member with a text: only in its name is looked for words, since that is slow
    rb'[^"]*(?:secret|password|passphrase|stream_?key|token|api_?key|access_?key_id)[^"]*"\s*:\s*")([^"]{4})[^"]+',
    re.IGNORECASE,
)
ASKED = re.compile(
    rb"([?&](?=[^=&?#\s'\"]*=[^&#\s'\"]{5})"  # as above: a name of many such words is read once
    rb"[^=&?#\s'\"]*(?:secret|password|passphrase|passcode|token|api_?key|stream_?key|signature)[^=&?#\s'\"]*=)"
    rb"([^&#\s'\"]{4})[^&#\s'\"]+",
    re.IGNORECASE,
)
HEADER = re.compile(r"authorization|cookie|secret|token|api[-_]?key", re.IGNORECASE)


def _cut(found: re.Match[bytes]) -> bytes:
    return found[1] + found[2] + "…".encode()


def _without_named(text: bytes) -> bytes:
    """Cut what a name says is secret: of a member of JSON, of a query or form."""
    return ASKED.sub(_cut, b"&" + NAMED.sub(_cut, text))[1:]  # a form begins with a member as a query goes on with one


class Masked:
    """Shows what was exchanged without its secrets: of each, the first four characters stay."""

    def __init__(self, secrets: Iterable[str]) -> None:
        parts = {part for secret in secrets for part in (secret, secret.rpartition(" ")[2])}
        self._secrets = sorted((part for part in parts if len(part) >= SHORTEST), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Show a text."""
        for secret in self._secrets:
            text = text.replace(secret, f"{secret[:SHOWN]}…")
        return _without_named(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")

    def exchange(self, one: Exchange) -> Exchange:
        """Show an exchange."""
        return replace(
            one,
            path=self.text(one.path),
            request_headers=self._headers(one.request_headers),
            request_body=self._body(one.request_body),
            response_headers=self._headers(one.response_headers),
            response_body=self._body(one.response_body),
            frames=tuple((side, self.text(said) if isinstance(said, str) else said) for side, said in one.frames),
        )

    def violation(self, one: Violation) -> Violation:
        """Show a violation."""
        return replace(
            one,
            message=self.text(one.message),
            got=self._value(one.got),
            expected=self._value(one.expected),
            reproduce=None if one.reproduce is None else self.text(one.reproduce),
        )

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            name: f"{value[:SHOWN]}…" if HEADER.search(name) else self.text(value) for name, value in headers.items()
        }

    def _body(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret.encode(), f"{secret[:SHOWN]}…".encode())
        return _without_named(body)

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {name: self._value(inner) for name, inner in value.items()}
        return [self._value(inner) for inner in value] if isinstance(value, list) else value
