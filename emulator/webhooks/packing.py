"""A hook as it travels: held against the contract, and signed over the exact bytes."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from offair.emulator.core.journal import Journal
from offair.emulator.provider.hooks import FORM, Delivery
from offair.emulator.provider.provider import Provider
from offair.emulator.webhooks.signing import sign


@dataclass(frozen=True, slots=True)
class Letter:
    """The body's bytes, and the headers that go with them."""

    content: bytes
    headers: Mapping[str, str]

    @property
    def shown(self) -> Any:
        """The body as a person reads it in the journal."""
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        text = self.content.decode("utf-8", "replace")
        if kind.endswith("json"):
            with suppress(msgspec.DecodeError, UnicodeDecodeError):  # a cloud may send bytes that only claim to be JSON
                return msgspec.json.decode(self.content)
        return dict(parse_qsl(text, keep_blank_values=True)) if kind == FORM else text


def pack(provider: Provider, delivery: Delivery, journal: Journal) -> Letter:
    """Write a delivery; what breaks the contract, or is not in it, is our bug, and the journal says so."""
    content = delivery.content
    promised = provider.promise.webhooks.get(delivery.event)
    if promised is None:
        known = ", ".join(provider.promise.webhooks) or "none"
        words = f"{provider.title} documents no hook {delivery.event!r}; it documents {known}"
        journal.write("trouble", words, cloud=provider.name)
    else:
        for violation in promised.violations(delivery.media_type, content):
            words = f"our own {delivery.event} hook breaks its contract: {violation}"
            journal.write("trouble", words, cloud=provider.name)
    signature = sign(delivery.signature, content) if delivery.signature else {}
    return Letter(content, {"Content-Type": delivery.media_type, **delivery.headers, **signature})
