"""Leader and followers: one thread leads and does its work itself, and another takes the lead when that has to wait.

A hand-over costs two switches between threads, so work that is done at once has none. Beside the leader somebody stands
by: who leads next, and relieves a leader that is stuck with one piece of work.
"""

import threading
from collections.abc import Callable
from typing import Any, Protocol

from offair.emulator.core.clock import Deadline

PATIENCE = 0.005  # seconds that the leader may work on one thing
QUIET = 20  # such stretches without work, after which whoever stands by sleeps until there is some
SPARE = 1.0  # seconds that a borrowed thread is kept for the next need


class Work(Protocol):
    """What is worked on: ``is_taken`` while its thread leads no longer, ``is_held`` when that thread waits."""

    is_taken: bool
    is_held: bool


class Hand:
    """A thread's place in the crew. The first two come back to their places; all others are borrowed."""

    def __init__(self, lock: threading.Lock, *, is_first: bool) -> None:
        self.call = threading.Condition(lock)
        self.is_first = is_first
        self.turns = self.quiet = 0


class Crew:
    """Lets one thread at a time run ``lead(hand)``, which must return soon once ``leads(hand)`` is false.

    ``leave(work)`` is called for work whose thread leads no longer, while nobody does; ``wake`` ends a leader's sleep,
    and ``on_error`` hears what leading raised, after which the same thread leads on.
    """

    def __init__(
        self,
        lead: Callable[[Hand], None],
        *,
        leave: Callable[[Any], None],
        wake: Callable[[], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._lead, self._leave, self._wake, self._on_error = lead, leave, wake, on_error
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)  # somebody is done, or gone, while the crew is closing
        self._leader: Hand | None = None
        self._standby: Hand | None = None
        self._spares: list[Hand] = []
        self._threads: set[threading.Thread] = set()
        self._work: Work | None = None
        self._turns = 0
        self._taken: set[Work] = set()
        self._is_asleep = self._must_swap = self._is_closing = False

    def start(self) -> None:
        """Let one thread lead, and another stand by."""
        with self._lock:
            self._leader, self._standby = self._borrow(is_first=True), self._borrow(is_first=True)

    def leads(self, hand: Hand) -> bool:
        """Say whether this thread is to go on leading."""
        if self._must_swap and self._leader is hand:
            self._swap(hand)
        return self._leader is hand and not self._is_closing

    def begin(self, work: Work) -> None:
        """Hear that the leader begins with something that may take its time."""
        self._work = work
        self._turns += 1
        if self._is_asleep:
            with self._lock:
                if self._standby is not None:
                    self._standby.call.notify()

    def end(self, work: Work) -> bool:
        """Hear that it is done; False when the thread that did it leads no longer."""
        with self._lock:
            if work.is_taken:
                self._taken.discard(work)
            else:
                self._work = None
            if self._is_closing:
                self._changed.notify_all()
            return not work.is_taken

    def step_aside(self, work: Work) -> None:
        """Let somebody else lead: this work is going to wait. Twice is fine."""
        with self._lock:
            if self._work is work and not work.is_held:
                work.is_held = True
                if self._is_closing:
                    self._changed.notify_all()
                else:
                    self._relieve()
            elif work in self._taken:
                work.is_held = True

    def close(self) -> None:
        """Let nobody lead any more, and whoever has nothing to do leave."""
        with self._lock:
            self._is_closing = True
            for hand in (self._leader, self._standby, *self._spares):
                if hand is not None:
                    hand.call.notify()
        self._wake()

    def await_work(self, deadline: Deadline) -> None:
        """Wait until nothing is worked on but what is held."""
        with self._lock:
            while not deadline.is_over and (self._is_polling() or any(not work.is_held for work in self._works())):
                self._changed.wait(deadline.remaining)

    def await_all(self, deadline: Deadline, grace: Deadline) -> None:
        """Wait until every thread is gone; for those that are held only as long as ``grace`` lasts."""
        with self._lock:
            while others := self._threads - {threading.current_thread()}:
                end = deadline if len(others) > sum(work.is_held for work in self._works()) else grace
                if end.is_over:
                    return
                self._changed.wait(end.remaining)

    def _is_polling(self) -> bool:
        return self._leader is not None and self._work is None

    def _works(self) -> list[Work]:
        return [*self._taken, self._work] if self._work is not None else [*self._taken]

    def _relieve(self) -> None:
        """Take the present work off the leader, and give the lead to whoever stands by."""
        work = self._work
        if work is not None:
            self._work = None
            work.is_taken = True
            self._taken.add(work)
            self._leave(work)
        self._leader = self._standby or self._borrow()
        self._leader.call.notify()
        self._standby = self._next_spare() or self._borrow()
        self._standby.call.notify()

    def _next_spare(self) -> Hand | None:
        first = next((hand for hand in self._spares if hand.is_first), None)
        hand = first or (self._spares[-1] if self._spares else None)
        if hand is not None:
            self._spares.remove(hand)
        return hand

    def _borrow(self, *, is_first: bool = False) -> Hand:
        hand = Hand(self._lock, is_first=is_first)
        thread = threading.Thread(target=self._serve, args=(hand,), name="offair-http", daemon=True)
        self._threads.add(thread)
        thread.start()
        return hand

    def _serve(self, hand: Hand) -> None:
        try:
            while self._await_lead(hand):
                try:
                    self._lead(hand)
                except Exception as error:  # noqa: BLE001 - somebody must lead, whatever happened
                    self._on_error(error)
        finally:
            with self._lock:
                if self._leader is hand:
                    self._leader = None
                self._threads.discard(threading.current_thread())
                self._changed.notify_all()

    def _await_lead(self, hand: Hand) -> bool:
        """Stand by, or be a spare, until this thread is to lead; False when it is to end."""
        with self._lock:
            if hand.is_first:
                self._come_back(hand)
            while not self._is_closing:
                if self._leader is hand:
                    return True
                if self._standby is hand:
                    self._watch(hand)
                elif not self._is_kept(hand):
                    return False
        return False

    def _come_back(self, hand: Hand) -> None:
        """Take the place of a borrowed thread."""
        if hand in {self._leader, self._standby}:
            return
        borrowed = self._standby
        if borrowed is None or not borrowed.is_first:
            self._standby = hand
            if borrowed is not None:
                borrowed.call.notify()
        if self._leader is not None and not self._leader.is_first:
            self._must_swap = True
            self._wake()

    def _swap(self, leader: Hand) -> None:
        """Let a borrowed leader change places with one of the first that stands by."""
        with self._lock:
            if self._leader is not leader:
                return
            self._must_swap = False
            standby = self._standby
            if not leader.is_first and standby is not None and standby.is_first:
                first = next((hand for hand in self._spares if hand.is_first), None)
                if first is not None:
                    self._spares.remove(first)
                self._leader, self._standby = standby, first or leader
                self._leader.call.notify()
                self._standby.call.notify()

    def _is_kept(self, hand: Hand) -> bool:
        """Wait as a spare; False when a borrowed one was not needed."""
        self._spares.append(hand)
        hand.call.wait(None if hand.is_first else SPARE)
        if hand in self._spares:
            self._spares.remove(hand)
        return hand.is_first or hand in {self._leader, self._standby}

    def _watch(self, hand: Hand) -> None:
        """Stand by for one stretch, and relieve a leader that was busy with one thing for all of it."""
        turns, is_busy = self._turns, self._work is not None
        hand.quiet = hand.quiet + 1 if turns == hand.turns and not is_busy else 0
        hand.turns = turns
        if hand.quiet > QUIET:
            hand.quiet = 0
            self._is_asleep = True  # whoever begins with something looks at this afterwards
            if self._work is None:
                hand.call.wait()
            self._is_asleep = False
            return
        hand.call.wait(PATIENCE)
        is_stuck = is_busy and self._work is not None and self._turns == turns
        if is_stuck and self._standby is hand and not self._is_closing:
            self._relieve()
