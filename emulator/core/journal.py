"""The journal: everything that happened, with the secrets masked, in bounded memory.

It is an observation, not state: a restored snapshot does not rewind it.
"""

import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.core.recordings import Recording
from offair.emulator.core.streams import Stream

SECRET_NAME = re.compile(
    r"authorization|api[-_]?key|secret|token|stream[-_]?key|password|passphrase|passcode", re.IGNORECASE
)
MEDIA_URL = re.compile(r"\b(?:rtmps?|rtsps?|srt)://[^\s\"'<>]+", re.IGNORECASE)
SHORTEST_SECRET = 6
SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened; ``number`` only grows, ``at`` is the cloud's time in epoch seconds.

    ``kind`` is request, hook, publication, move, recording, fault or trouble.
    """

    number: int
    at: float
    kind: str
    summary: str
    cloud: str | None = None
    tenant: str | None = None
    stream: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, wanted: Mapping[str, str]) -> bool:
        """Every wanted field has the wanted value; ``after`` wants a greater number, ``text`` a part of the summary."""
        return all(self._has(name, value) for name, value in wanted.items())

    def _has(self, name: str, value: str) -> bool:
        if name == "after":
            return self.number > int(value)
        if name == "text":
            return value in self.summary
        return str(getattr(self, name)) == value


class Journal:
    """The latest ``capacity`` entries; older ones are dropped and counted."""

    def __init__(self, clock: Clock, capacity: int) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=capacity)
        self._number = 0
        self._written = threading.Condition()

    def write(
        self,
        kind: str,
        summary: str,
        *,
        cloud: str | None = None,
        tenant: str | None = None,
        stream: str | None = None,
        **details: Any,
    ) -> Entry:
        """Add an entry, masking every secret in it."""
        hidden = mask({"summary": summary, "details": details})
        with self._written:
            self._number += 1
            entry = Entry(
                number=self._number,
                at=self._clock.now(),
                kind=kind,
                summary=hidden["summary"],
                cloud=cloud,
                tenant=tenant,
                stream=stream,
                details=hidden["details"],
            )
            self._entries.append(entry)
            self._written.notify_all()
        return entry

    def write_about(self, noun: Stream | Recording, kind: str, summary: str, **details: Any) -> Entry:
        """Add an entry about a stream, or about the stream that was recorded."""
        stream = noun.id if isinstance(noun, Stream) else noun.stream
        return self.write(kind, summary, cloud=noun.cloud, tenant=noun.tenant, stream=stream, **details)

    def entries(self, wanted: Mapping[str, str] | None = None) -> list[Entry]:
        """List the entries that match, oldest first."""
        with self._written:
            return [entry for entry in self._entries if entry.matches(wanted or {})]

    def wait_for(self, wanted: Mapping[str, str] | Callable[[Entry], bool], deadline: Deadline) -> Entry | None:
        """Wait until an entry matches, and give the first that does; None when the deadline is over."""
        does_match = wanted if callable(wanted) else lambda entry: entry.matches(wanted)
        with self._written:
            while True:
                found = next((entry for entry in self._entries if does_match(entry)), None)
                if found is not None or deadline.is_over:
                    return found
                self._written.wait(deadline.remaining)

    def clear(self) -> None:
        """Forget every entry; numbers go on."""
        with self._written:
            self._entries.clear()


def mask(value: Any) -> Any:
    """Hide what stands under a secret's name, there and wherever else in the value the same text stands.

    A media URL (RTMP, RTSP, SRT) has its secrets inside: user and password, the key at its end, what it asks for.
    """
    secrets: set[str] = set()
    _gather(value, secrets)
    return _hide(value, sorted(secrets, key=len, reverse=True)) if secrets else value


def _gather(value: Any, secrets: set[str]) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(inner, str) and SECRET_NAME.search(name):
                secret = inner.rpartition(" ")[2]  # "Bearer xyz" hides xyz
                if len(secret) >= SHORTEST_SECRET:
                    secrets.add(secret)
            else:
                _gather(inner, secrets)
    elif isinstance(value, list | tuple):
        for inner in value:
            _gather(inner, secrets)
    elif isinstance(value, str) and "://" in value:
        for url in MEDIA_URL.findall(value):
            secrets.update(part for part in _hidden_parts(url) if len(part) >= SHORTEST_SECRET)


def _hidden_parts(url: str) -> Iterator[str]:
    address, _, query = url.rstrip(".,:;").partition("://")[2].partition("?")
    authority, _, path = address.partition("/")
    yield authority.rpartition("@")[0]
    application, _, key = path.rpartition("/")
    if application:
        yield key
    for pair in query.split("&"):
        asked = pair.partition("=")[2]
        resource = asked.partition("r=")[2].partition(",")[0] if asked.startswith("#!::") else ""
        yield resource.rpartition("/")[2] or asked  # of an SRT access control id, the key alone


def _hide(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, f"{secret[:SHOWN]}…")
        return value
    if isinstance(value, Mapping):
        return {name: _hide(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hide(inner, secrets) for inner in value]
    return value
