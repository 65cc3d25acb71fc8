"""The threads in which encoders are judged: as many as there are questions, since an answer may take its time."""

import threading
from collections import Counter, deque
from collections.abc import Callable

from offair.emulator.core.clock import Deadline

# Somebody elsewhere may be asked, and a thread that waits for an answer costs a few kilobytes. So many encoders do not
# knock within the half minute that an answer may take; if they do, those behind them wait their turn.
MOST = 128
MOST_ALIKE = 16  # about one key or name: whoever comes with it again and again keeps nobody else from being judged
LAST_MOMENT = 0.5  # seconds in which a judge who has answered may end


class Judges:
    """Answers every question in a thread that waits for no other question; at most ``MOST`` at the same time.

    A thread ends when nothing is left to be asked. They are daemons: one that hangs keeps nobody from closing, nor the
    process from ending, which ``ThreadPoolExecutor`` would.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = 0
        self._waiting: deque[tuple[str, Callable[[], None]]] = deque()  # each with what it is about
        self._running: Counter[str] = Counter()  # questions, by what they are about
        self._threads: list[threading.Thread] = []

    def ask(self, question: Callable[[], None], *, about: str, is_patient: bool) -> bool:
        """Have a question answered, which must not raise; returns at once.

        Of those about the same ``MOST_ALIKE`` are answered at a time. Where so many are open a patient one waits until
        one of them has its answer, and any other is not asked, which is False.
        """
        with self._lock:
            if not is_patient and self._open(about) >= MOST_ALIKE:
                return False
            if self._busy >= MOST or self._running[about] >= MOST_ALIKE:
                self._waiting.append((about, question))
                return True
            self._busy += 1
            self._running[about] += 1
            thread = threading.Thread(target=self._answer, args=(about, question), name="offair-judge", daemon=True)
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

    def _open(self, about: str) -> int:
        return self._running[about] + sum(about == waiting for waiting, _ in self._waiting)

    def _answer(self, about: str, question: Callable[[], None]) -> None:
        following: tuple[str, Callable[[], None]] | None = (about, question)
        while following is not None:
            about, question = following
            try:
                question()
            finally:
                with self._lock:
                    self._running -= Counter((about,))  # and what is nothing then is not kept
            following = self._next()

    def _next(self) -> tuple[str, Callable[[], None]] | None:
        """Give who has waited longest, of those about whose matter not too much is asked already."""
        with self._lock:
            for place, (about, question) in enumerate(self._waiting):
                if self._running[about] < MOST_ALIKE:
                    del self._waiting[place]
                    self._running[about] += 1
                    return about, question
            self._busy -= 1
            return None
