"""One feed shown to many: made once, handed on by one thread of its own, which lasts as long as somebody looks on."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from offair.emulator.core.clock import Deadline
from offair.emulator.core.showing import Cue, Parting, Sight
from offair.emulator.media.listening.progressive.recent import Recent
from offair.emulator.media.listening.progressive.showing import Showing

AGAIN = 0.02  # real seconds until those for whom something waits are looked at again
ENDED = "the broadcast is over"

Step = Callable[[], None]


class Fanout:
    """Shows what it is given to everybody who was admitted before, in order.

    ``on_slow`` hears that one was dropped, ``on_error`` what one raised, which ends it and nobody else. Whoever gives
    something never waits for an onlooker: it is noted, and the thread does it. When that is behind, it shows several
    fragments at once.
    """

    def __init__(self, on_slow: Callable[[], None], on_error: Callable[[Exception], None]) -> None:
        self._on_slow = on_slow
        self._on_error = on_error
        self._changed = threading.Condition()
        self._steps: deque[Step] = deque()
        self._fresh: list[Recent] = []
        self._present: set[Showing] = set()  # those whom somebody counts; the thread has a list of its own
        self._members: list[Showing] = []
        self._is_running = False

    def __len__(self) -> int:
        return len(self._present)

    def admit(self, showing: Showing, sight: Sight, broadcast: str, first: Sequence[Recent]) -> None:
        """Show somebody what there is, and all that follows."""

        def step() -> None:
            self._members.append(showing)
            self._tell(showing, lambda: showing.begin(sight, broadcast))
            showing.add(first)

        with self._changed:
            self._present.add(showing)
            self._note(step)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="offair-fanout", daemon=True).start()

    def push(self, recent: Recent) -> None:
        """Show everybody a fragment."""
        with self._changed:
            if self._present:
                self._fresh.append(recent)
                self._changed.notify_all()

    def change(self, sight: Sight, broadcast: str) -> None:
        """Let everybody know that what follows is of another make."""
        with self._changed:
            if self._present:
                self._note(lambda: self._tell_all(lambda member: member.begin(sight, broadcast)))

    def tell(self, cue: Cue) -> None:
        """Let everybody hear what is said; its time is the feed's."""
        with self._changed:
            if self._present:
                self._note(lambda: self._tell_all(lambda member: member.tell(cue)))

    def end(self) -> None:
        """Let nothing follow, for anybody."""
        with self._changed:
            if self._present:
                self._note(lambda: self._tell_all(lambda member: member.end(Parting.OVER, ENDED)))

    def dismiss(self, showing: Showing) -> None:
        """Forget somebody who has left; twice is fine."""
        with self._changed:
            self._present.discard(showing)
            self._changed.notify_all()

    def wait(self, deadline: Deadline) -> None:
        """Wait until nobody looks on any more, at most until the deadline."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_running, deadline.remaining)

    def _note(self, step: Step) -> None:
        """Do something after all that was given before it."""
        fresh, self._fresh = self._fresh, []
        self._steps.append(lambda: self._hand_on(fresh))
        self._steps.append(step)
        self._changed.notify_all()

    def _run(self) -> None:
        try:
            self._go_on()
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            self._on_error(error)

    def _go_on(self) -> None:
        while self._wait():
            with self._changed:
                steps, self._steps = self._steps, deque()
                fresh, self._fresh = self._fresh, []
            for step in steps:
                step()
            self._hand_on(fresh)
            self._forget_the_gone()

    def _wait(self) -> bool:
        """Wait until something is to be done; False when nobody looks on any more."""
        seconds = AGAIN if any(member.lags for member in self._members) else None
        with self._changed:
            self._changed.wait_for(lambda: self._steps or self._fresh or not self._present, seconds)
            self._is_running = bool(self._steps or self._present)
            if not self._is_running:
                self._members, self._fresh = [], []
                self._changed.notify_all()
            return self._is_running

    def _hand_on(self, fresh: Sequence[Recent]) -> None:
        for member in self._members:
            member.add(fresh)
            self._tell(member, lambda each=member: self._pump(each))  # type: ignore[misc] # bound here

    def _pump(self, member: Showing) -> None:
        if not member.pump():
            self._on_slow()

    def _tell_all(self, tell: Callable[[Showing], None]) -> None:
        for member in self._members:
            self._tell(member, lambda each=member: tell(each))  # type: ignore[misc] # bound here

    def _tell(self, member: Showing, step: Step) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one onlooker, the others see the stream
            member.leave()
            self._on_error(error)

    def _forget_the_gone(self) -> None:
        gone = [member for member in self._members if member.is_over]
        if gone:
            self._members = [member for member in self._members if not member.is_over]
            with self._changed:
                self._present.difference_update(gone)
