"""The plainest call in other words that mean the same, and the same of long ago."""

import json
from collections.abc import Iterator
from typing import Any

from offair.contracts.receiver.delivery import Hook, Penman

LONG_AGO = "2020-01-01T00:00:00Z"
LONG_AGO_SECONDS = 1_577_836_800
MOMENTS = frozenset({"timestamp", "time", "ts", "created_at", "updated_at", "date"})


def respelt(penman: Penman) -> Iterator[Hook]:
    """Write the plainest call in every other spelling; that a cloud changes the case of what has none is our guess."""
    plain = penman.valid()
    yield penman.write("spelling", plain.body, "is called UTF-8", media_type=f"{penman.media_type}; charset=utf-8")
    shouted = penman.media_type.replace("json", "JSON").replace("form", "FORM")
    yield penman.write("spelling", plain.body, f"is called {shouted}", media_type=shouted, grade="inferred")
    headers = {name.lower(): said for name, said in plain.headers.items()}
    yield Hook(
        kind="spelling",
        event=plain.event,
        headers=headers,
        body=plain.body,
        what="has its headers' names in small letters",
    )
    yield from (penman.write("spelling", body, what) for body, what in _bodies(penman))


def aged(penman: Penman) -> Iterator[Hook]:
    """Write the call of long ago, where it tells of a moment."""
    late = _aged(penman.value)
    if late != penman.value:
        yield penman.write("late", penman.plain(late), f"tells of {LONG_AGO}")


def escaped(value: Any) -> str:
    """JSON in which every letter of every text is escaped (RFC 8259 section 7)."""
    if isinstance(value, str):
        units = value.encode("utf-16-be").hex()
        return '"' + "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) + '"'
    if isinstance(value, dict):
        return "{" + ",".join(f"{escaped(name)}:{escaped(said)}" for name, said in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(escaped, value)) + "]"
    return json.dumps(value)


def _bodies(penman: Penman) -> Iterator[tuple[bytes, str]]:
    value = penman.value
    if penman.is_form:
        yield penman.plain(value[::-1]), "has its fields in another order"
        spelt = "&".join(f"{_percent(name)}={_percent(said)}" for name, said in value)
        yield spelt.encode(), "has every letter in percents"
        return
    yield penman.plain(dict(reversed(value.items()))), "has its members in another order"
    yield json.dumps(value, indent=4).encode() + b"\r\n", "has spaces and lines"
    yield escaped(value).encode(), "has every letter as \\u"


def _aged(value: Any) -> Any:
    """The same, long ago."""
    if isinstance(value, list):
        return [(name, _ago(name, said)) for name, said in value]
    return {name: _ago(name, _aged(said) if isinstance(said, dict) else said) for name, said in value.items()}


def _ago(name: str, said: Any) -> Any:
    if name not in MOMENTS or isinstance(said, dict):
        return said
    if isinstance(said, str):
        return str(LONG_AGO_SECONDS) if said.isdigit() else LONG_AGO
    return LONG_AGO_SECONDS if isinstance(said, int) else said


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())
