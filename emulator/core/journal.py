"""The journal: everything that happened, in bounded memory; secrets are masked when somebody reads it.

It is an observation, not state: a restored snapshot does not rewind it.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, takewhile
from operator import attrgetter
from typing import Any

from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.core.events import StreamMoved
from offair.emulator.core.masking import HIDDEN, Mask
from offair.emulator.core.recordings import Recording
from offair.emulator.core.shares import Shares
from offair.emulator.core.streams import State, Stream

LARGEST = 64 << 20  # bytes of details that are kept, about: 2,000 entries may hold as many large bodies
LOOK = 0.1  # real seconds after which it is seen that nothing is sent any more
OVERHEAD = 512  # bytes that an entry costs whatever it says
BRIEF = ("operation", "method", "status", "refused", "verdict", "delivery", "milliseconds")  # details that a list shows


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

    def __repr__(self) -> str:
        return f"<{self.kind} {self.number}: {self.summary}>"

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

    @property
    def is_refusal(self) -> bool:
        """Somebody was told no: a caller, or an encoder."""
        told = self._details
        return bool(told.get("refused") or ("verdict" in told and str(told["verdict"]).startswith("refused")))

    def as_row(self) -> dict[str, Any]:
        """Give what a list shows of it: of the details a few, and no body."""
        details = self._shown["details"]
        return {**self.as_json(), "details": {name: details[name] for name in BRIEF if details.get(name) is not None}}

    def detail(self, name: str) -> str:
        """Give a detail that is no secret, as text."""
        return str(self._details.get(name))

    def tells(self, text: str) -> bool:
        """Say whether a text is a part of the summary, or of why it was refused, in capitals or not."""
        folded = text.casefold()
        return self._may_tell(folded) and _is_in(folded, self.summary, self._shown["details"].get("refused"))

    def _may_tell(self, folded: str) -> bool:
        """Say whether it is worth masking all of this entry to look for a text: masks add nothing but their sign."""
        return HIDDEN in folded or _is_in(folded, self._summary, self._details.get("refused"))


def fitting(wanted: Mapping[str, str]) -> Callable[[Entry], bool]:
    """Give what says whether an entry has all that is wanted: made once, as a journal is long.

    ``after`` wants a greater number and ``before`` a smaller one, ``text`` a part of the summary or of why it was
    refused, in capitals or not; ``refused``, whatever its value, wants a refusal. ``operation`` and ``status`` are
    among the details, and a status may be a class (``4xx``). Any other name is a field, and its value the whole of it.
    """
    tests = [_test_of(name, value) for name, value in wanted.items()]
    return tests[0] if len(tests) == 1 else lambda entry: all(test(entry) for test in tests)


def _test_of(name: str, value: str) -> Callable[[Entry], bool]:
    number = int(value) if name in {"after", "before"} else 0
    match name:
        case "after":
            return lambda entry: entry.number > number
        case "before":
            return lambda entry: entry.number < number
        case "text":
            return lambda entry: entry.tells(value)
        case "refused":
            return lambda entry: entry.is_refusal
        case "status" if value[1:].lower() == "xx":
            return lambda entry: entry.detail(name)[:1] == value[:1]
        case "operation" | "status":
            return lambda entry: entry.detail(name) == value
    field = attrgetter(name)
    return lambda entry: field(entry) == value


@dataclass(frozen=True, slots=True)
class Tail:
    """What a journal has after a number: its ``entries``, and the number of the ``latest`` that was written.

    ``run`` is the journal that it was read in: another one where it was cleared, or another process writes it.
    ``missed`` is how many entries between are dropped.
    """

    run: str
    latest: int
    entries: list[Entry]

    def missed(self, after: int) -> int:
        """Count the entries after a number that are not here any more."""
        return self.latest - after - len(self.entries)


class Journal:
    """The latest ``capacity`` entries, and no more than fit; older ones are dropped, of the kind that there is most of.

    What tenants do and what is nobody's are two kinds: strangers that knock push out one another. ``secrets`` are names
    that clouds' secrets go by.
    """

    def __init__(self, clock: Clock, capacity: int, *, secrets: Iterable[str] = ()) -> None:
        self._clock = clock
        self._mask = Mask(secrets)
        self._capacity = capacity
        self._entries: dict[int, Entry] = {}  # by their numbers, which grow
        self._shares = Shares()
        self._number = 0
        self._begun = f"{int(clock.wall() * 1000):x}"
        self._clears = 0
        self._is_closed = False
        self._written = threading.Condition()

    @property
    def is_closed(self) -> bool:
        """Nobody waits for what is written any more."""
        return self._is_closed

    @property
    def run(self) -> str:
        """Names this journal since it was last empty: numbers of another run mean other entries."""
        return f"{self._begun}-{self._clears}"

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
            share, most = (kind, tenant is None), self._capacity
            for dropped in self._shares.take(share, entry.number, size, most=most, largest=LARGEST):
                del self._entries[dropped]
            self._entries[entry.number] = entry
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

    def entries(self, wanted: Mapping[str, str] | None = None, *, most: int | None = None) -> list[Entry]:
        """List the entries that match, or the latest of them, oldest first; what is not listed is not masked."""
        wanted = wanted or {}
        with self._written:
            entries = self._after(int(wanted.get("after", 0)))
        found = list(islice(filter(fitting(wanted), reversed(entries)), most))
        found.reverse()
        return found

    def find(self, number: int) -> Entry | None:
        """Find an entry by its number; None when it is dropped, or was never there."""
        with self._written:
            return self._entries.get(number)

    def wait_for(self, wanted: Mapping[str, str] | Callable[[Entry], bool], deadline: Deadline) -> Entry | None:
        """Wait until an entry matches, and give the first that does; None when the deadline is over."""
        does_match = wanted if callable(wanted) else fitting(wanted)
        looked = 0
        while True:
            tail = self.read_on(looked, deadline)
            looked = tail.latest
            found = next((entry for entry in tail.entries if does_match(entry)), None)
            if found is not None or deadline.is_over or self._is_closed:
                return found

    def await_live(self, stream: str, deadline: Deadline, *, after: int, is_sent: Callable[[], bool]) -> bool:
        """Wait until a stream went live behind an entry; not longer than something ``is_sent`` to it."""
        live = {"kind": "move", "stream": stream, "text": f"to {State.LIVE}", "after": str(after)}
        while self.wait_for(live, self._clock.deadline(LOOK)) is None:
            if deadline.is_over or not is_sent():
                return False
        return True

    def read_on(self, after: int, deadline: Deadline, *, run: str | None = None) -> Tail:
        """Give what was written after a number, and wait for it while there is nothing.

        Until the deadline, and as long as it is that ``run``, where one is named; a closed journal is not waited for.
        """
        with self._written:
            while self._number <= after and run in {None, self.run} and not (deadline.is_over or self._is_closed):
                self._written.wait(deadline.remaining)
            return Tail(self.run, self._number, self._after(after))

    def clear(self) -> None:
        """Forget every entry; numbers go on, in another run."""
        with self._written:
            self._entries.clear()
            self._shares = Shares()
            self._clears += 1
            self._written.notify_all()

    def close(self) -> None:
        """Let nobody wait any more; what is written afterwards is kept all the same."""
        with self._written:
            self._is_closed = True
            self._written.notify_all()

    def _after(self, number: int) -> list[Entry]:
        """List what has a greater number, with the lock held: the latest are few, and all are many."""
        fresh = list(takewhile(lambda entry: entry.number > number, reversed(self._entries.values())))
        fresh.reverse()
        return fresh


def _is_in(folded: str, *told: Any) -> bool:
    """Look for a text as people search: whatever is a capital, there or here."""
    return any(folded in str(one or "").casefold() for one in told)


def _size(value: Any) -> int:
    """Weigh a detail, about: texts, bytes, and what is inside it."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(len(str(name)) + _size(inner) for name, inner in value.items())
    return sum(map(_size, value)) if isinstance(value, list | tuple) else 8
