"""What happens, told as it happens: the journal as server-sent events (WHATWG HTML, section 9.2).

An id names the journal's run and a number in it. Who comes back after a restart, a reset or a gap is told so, because
what it shows is not what there is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from offair.contracts.digits import is_number
from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Entry, Journal, fitting
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.observing import wanted_of
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.endless import Endless
from offair.emulator.web.hearer import Hearer

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
LOOK = 1.0  # real seconds after which somebody looks whether the reader is still there
HEARTBEAT = 15.0  # real seconds without a word after which there is one
PAUSE = 0.1  # real seconds in which what happens is gathered, so that a storm costs ten messages a second
AGAIN = 1000  # milliseconds after which a browser asks anew
ASKED_BEFORE = "Last-Event-ID"


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operation that tells what happens."""

    @operation("GET /events")
    def events(call: Call) -> Reply:
        filters = {name: value for name, value in wanted_of(steered, call).items() if name not in {"after", "before"}}
        telling = Telling(
            steered.journal,
            steered.clock,
            wanted=filters,
            after=call.headers.get(ASKED_BEFORE) or call.query.get("after"),
            is_whole=call.query.get("details") == "all",
        )
        return Reply(200, Endless(telling.begin), HEADERS, MEDIA_TYPE)


class Telling:
    """Tells one reader of the entries that are ``wanted``, ``after`` an id or a number, else from now on.

    Rows of them, or where it ``is_whole`` all that the journal has.
    """

    def __init__(
        self, journal: Journal, clock: Clock, *, wanted: Mapping[str, str], after: str | None, is_whole: bool
    ) -> None:
        self._journal, self._clock, self._is_wanted = journal, clock, fitting(wanted)
        self._write = Entry.as_json if is_whole else Entry.as_row
        now = journal.read_on(0, clock.deadline(0))
        run, _, number = (after or "").rpartition(".")
        self._run, self._seen = now.run, now.latest
        self._must_reset = bool(after)
        if is_number(number) and run in {"", now.run} and int(number) <= now.latest:
            self._seen = int(number)
            self._must_reset = False

    def begin(self, hearer: Hearer) -> tuple[str, Iterator[bytes]]:
        """Begin to tell."""
        return MEDIA_TYPE, self._tell(hearer)

    def _tell(self, hearer: Hearer) -> Iterator[bytes]:
        yield b"retry: %d\n\n" % AGAIN
        yield self._message("reset" if self._must_reset else "begin")
        quiet, deadline = self._clock.deadline(HEARTBEAT), self._clock.deadline
        while not (self._journal.is_closed or hearer.is_gone):
            tail = self._journal.read_on(self._seen, deadline(LOOK), run=self._run)
            is_another = tail.run != self._run or tail.missed(self._seen) > 0
            found = [entry for entry in tail.entries if self._is_wanted(entry)]
            before, self._run, self._seen = self._seen, tail.run, tail.latest
            if is_another:
                yield self._message("reset")
            elif found:
                yield b"".join(map(self._entry, found))
            elif quiet.is_over:
                yield b"id: %b\n\n" % self._id(self._seen)
            else:
                yield b""
                if self._seen > before:
                    self._clock.sleep(PAUSE)
                continue
            quiet = deadline(HEARTBEAT)
            self._clock.sleep(PAUSE)

    def _id(self, number: int) -> bytes:
        return f"{self._run}.{number}".encode()

    def _entry(self, entry: Entry) -> bytes:
        return b"event: entry\nid: %b\ndata: %b\n\n" % (self._id(entry.number), msgspec.json.encode(self._write(entry)))

    def _message(self, event: str) -> bytes:
        told: dict[str, Any] = {"run": self._run, "number": self._seen}
        return b"event: %b\nid: %b\ndata: %b\n\n" % (event.encode(), self._id(self._seen), msgspec.json.encode(told))
