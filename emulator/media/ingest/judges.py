"""The threads in which encoders are judged: as many as there are questions, since an answer may take its time."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from functools import partial

from offair.emulator.core.clock import Deadline

# Somebody elsewhere may be asked, and a thread that waits for an answer costs a few kilobytes. So many encoders do not
# knock within the half minute that an answer may take; if they do, those behind them wait their turn.
MOST = 128
MOST_ALIKE = 16  # about one key: whoever comes with it again and again keeps nobody else from being judged
LAST_MOMENT = 0.5  # seconds in which a judge who has answered may end


class Judges:
    """Answers every question in a thread that waits for no other question; at most ``MOST`` at the same time.

    A thread ends when nothing is left to be asked. They are daemons: one that hangs keeps nobody from closing, nor the
    process from ending, which ``ThreadPoolExecutor`` would.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = 0
        self._waiting: deque[Callable[[], None]] = deque()
        self._open: Counter[str] = Counter()  # questions, by what they are about
        self._threads: list[threading.Thread] = []

    def ask(self, question: Callable[[], None], *, about: str | None) -> bool:
        """Have a question answered, which must not raise; returns at once.

        False where ``MOST_ALIKE`` about the same, None being nothing in particular, are open: then it is not asked.
        """
        with self._lock:
            if about is not None:
                if self._open[about] >= MOST_ALIKE:
                    return False
                self._open[about] += 1
            asked = question if about is None else partial(self._ask, question, about)
            if self._busy >= MOST:
                self._waiting.append(asked)
                return True
            self._busy += 1
            thread = threading.Thread(target=self._answer, args=(asked,), name="offair-judge", daemon=True)
            self._threads = [judge for judge in self._threads if judge.is_alive()]
            thread.start()
            self._threads.append(thread)
        return True

    def close(self) -> None:
        """Ask nothing that waits, and let those end who have answered; who still thinks is not waited for."""
        with self._lock:
            self._waiting.clear()
            threads = tuple(self._threads)
        deadline = Deadline(LAST_MOMENT)
        for thread in threads:
            thread.join(deadline.remaining)

    def _ask(self, question: Callable[[], None], about: str) -> None:
        try:
            question()
        finally:
            with self._lock:
                self._open[about] -= 1
                if not self._open[about]:
                    del self._open[about]

    def _answer(self, question: Callable[[], None] | None) -> None:
        while question is not None:
            question()
            question = self._next()

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._busy -= 1
            return None
