"""The journal: everything that happened, in bounded memory; secrets are masked when somebody reads it.

It is an observation, not state: a restored snapshot does not rewind it.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.core.events import StreamMoved
from offair.emulator.core.masking import Mask
from offair.emulator.core.recordings import Recording
from offair.emulator.core.streams import Stream

LARGEST = 64 << 20  # bytes of details that are kept, about: 2,000 entries may hold as many large bodies
OVERHEAD = 512  # bytes that an entry costs whatever it says


class Entry:
    """One thing that happened; ``number`` only grows, ``at`` is the cloud's time in epoch seconds.

    ``kind`` is request, hook, publication, move, recording, frame, mail, fault or trouble. ``summary`` and ``details``
    have no secrets in them: they are masked, and details that are functions are called, when they are first read.
    ``cause`` is the exception that a trouble is about, which nobody is shown who asks from outside.
    """

    def __init__(
        self, number: int, at: float, kind: str, summary: str, *, whose: tuple[str | None, str | None, str | None],
        details: Mapping[str, Any], mask: Mask, cause: BaseException | None = None,
    ) -> None:  # fmt: skip
        self.number = number
        self.at = at
        self.kind = kind
        self.cloud, self.tenant, self.stream = whose
        self._summary = summary
        self._details = details
        self._mask = mask
        self.cause = cause

    @property
    def summary(self) -> str:
        """What happened, in a line."""
        return str(self._shown["summary"])

    @property
    def details(self) -> Mapping[str, Any]:
        """What else is known of it, of JSON's kinds."""
        return dict(self._shown["details"])

    @cached_property
    def _shown(self) -> dict[str, Any]:
        told = {name: value() if callable(value) else value for name, value in self._details.items()}
        shown: dict[str, Any] = self._mask({"summary": self._summary, "details": told})
        return shown

    def as_json(self) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        names = ("number", "at", "kind", "summary", "cloud", "tenant", "stream", "details")
        return {name: getattr(self, name) for name in names}

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
    """The latest ``capacity`` entries, and no more than fit; older ones are dropped.

    ``secrets`` are names that clouds' secrets go by.
    """

    def __init__(self, clock: Clock, capacity: int, *, secrets: Iterable[str] = ()) -> None:
        self._clock = clock
        self._mask = Mask(secrets)
        self._capacity = capacity
        self._entries: deque[tuple[Entry, int]] = deque()
        self._size = 0
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
        weight: int | None = None,
        cause: BaseException | None = None,
        **details: Any,
    ) -> Entry:
        """Add an entry. What takes time to tell may be a function: it is called when somebody reads it.

        ``weight`` is how many bytes it keeps, where the writer knows.
        """
        size = OVERHEAD + len(summary) + (sum(map(_size, details.values())) if weight is None else weight)
        with self._written:
            self._number += 1
            at, whose = self._clock.now(), (cloud, tenant, stream)
            entry = Entry(self._number, at, kind, summary, whose=whose, details=details, mask=self._mask, cause=cause)
            self._entries.append((entry, size))
            self._size += size
            while len(self._entries) > self._capacity or (self._size > LARGEST and len(self._entries) > 1):
                self._size -= self._entries.popleft()[1]
            self._written.notify_all()
        return entry

    def write_about(self, noun: Stream | Recording, kind: str, summary: str, **details: Any) -> Entry:
        """Add an entry about a stream, or about the stream that was recorded."""
        stream = noun.id if isinstance(noun, Stream) else noun.stream
        return self.write(kind, summary, cloud=noun.cloud, tenant=noun.tenant, stream=stream, **details)

    def write_move(self, moved: StreamMoved) -> None:
        """Add an entry about a stream that is in another state now."""
        stream = moved.stream
        self.write_about(
            stream,
            "move",
            f"{stream.name}: {moved.origin} to {stream.state} ({moved.reason})",
            origin=moved.origin.value,
            state=stream.state.value,
            reason=moved.reason,
            words=moved.words,
            publication=stream.publication,
        )

    @property
    def latest(self) -> int:
        """The number of the latest entry; 0 when there was none."""
        return self._number

    def entries(self, wanted: Mapping[str, str] | None = None) -> list[Entry]:
        """List the entries that match, oldest first."""
        after = int((wanted or {}).get("after", 0))
        with self._written:
            known = len(self._entries)
            fresh = min(self._number - after, known)  # numbers only grow, by one
            entries = [entry for entry, _ in islice(self._entries, known - max(fresh, 0), None)]
        return [entry for entry in entries if entry.matches(wanted or {})]

    def wait_for(self, wanted: Mapping[str, str] | Callable[[Entry], bool], deadline: Deadline) -> Entry | None:
        """Wait until an entry matches, and give the first that does; None when the deadline is over."""
        does_match = wanted if callable(wanted) else lambda entry: entry.matches(wanted)
        looked = 0
        while True:
            with self._written:
                if self._number <= looked and not deadline.is_over:
                    self._written.wait(deadline.remaining)
                fresh = [entry for entry, _ in self._entries if entry.number > looked]
                looked = self._number
            found = next((entry for entry in fresh if does_match(entry)), None)
            if found is not None or deadline.is_over:
                return found

    def clear(self) -> None:
        """Forget every entry; numbers go on."""
        with self._written:
            self._entries.clear()
            self._size = 0


def _size(value: Any) -> int:
    """Weigh a detail, about: texts, bytes, and what is inside it."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(len(str(name)) + _size(inner) for name, inner in value.items())
    return sum(map(_size, value)) if isinstance(value, list | tuple) else 8
