"""The journal: everything that happened, with the secrets masked, in bounded memory.

It is an observation, not state: a restored snapshot does not rewind it.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.core.masking import Mask
from offair.emulator.core.recordings import Recording
from offair.emulator.core.streams import Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened; ``number`` only grows, ``at`` is the cloud's time in epoch seconds.

    ``kind`` is request, hook, publication, move, recording, frame, fault or trouble.
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
    """The latest ``capacity`` entries; older ones are dropped. ``secrets`` are names that clouds' secrets go by."""

    def __init__(self, clock: Clock, capacity: int, *, secrets: Iterable[str] = ()) -> None:
        self._clock = clock
        self._mask = Mask(secrets)
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
        hidden = self._mask({"summary": summary, "details": details})
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
