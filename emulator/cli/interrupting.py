"""How a command is stopped: Ctrl-C is heard wherever it comes, and what nobody could catch is raised again."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType

LOOK = 0.5  # real seconds: a signal that came just before the wait begins is heard when that ends
KILLED = 128  # what a shell adds to the number of the signal that ended a command
AGAIN = 0.01  # real seconds after which what was lost is raised once more


class StopSign:
    """Says that it is time to stop. A signal may raise it at any moment, even while somebody begins to wait for it.

    An Event cannot: its lock may be held by the very thread that the signal interrupts.
    """

    def __init__(self) -> None:
        self._raised: SimpleQueue[None] = SimpleQueue()  # the one whose put may interrupt itself

    def set(self) -> None:
        """Raise it; twice is fine."""
        self._raised.put(None)

    def is_set(self) -> bool:
        """Say whether it was raised."""
        return not self._raised.empty()

    def wait(self) -> None:
        """Wait until it is raised."""
        while not self.is_set():
            with suppress(Empty):
                self._raised.get(timeout=LOOK)
                self.set()  # for whoever asks afterwards


def stop_signal() -> StopSign:
    """From now on, Ctrl-C, SIGTERM and a terminal that closes raise this sign instead of ending the process."""
    stopped = StopSign()
    for sign in (signal.SIGINT, signal.SIGTERM, *_hang_up()):
        signal.signal(sign, lambda *_: stopped.set())
    return stopped


def leave_in_order() -> None:
    """Let SIGTERM and a closed terminal end this command as Ctrl-C does: what is open is closed on the way out."""
    for sign in (signal.SIGTERM, *_hang_up()):
        signal.signal(sign, lambda number, _frame: sys.exit(KILLED + number))


def _hang_up() -> tuple[signal.Signals, ...]:
    """SIGHUP, unless whoever started us wants it ignored (nohup)."""
    return () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)


@contextmanager
def insisting() -> Iterator[None]:
    """Raise a signal's exception anew where it was lost: in a finalizer or a callback of the collector, as it happened.

    The interpreter can only tell of such an exception there, and goes on.
    """
    tell = sys.unraisablehook

    def hear(lost: "sys.UnraisableHookArgs") -> None:
        ending = lost.exc_value
        if not isinstance(ending, KeyboardInterrupt | SystemExit) or not _is_main():
            tell(lost)
            return

        def raise_again(_number: int, _frame: FrameType | None) -> None:
            raise type(ending)(*ending.args)

        signal.signal(signal.SIGALRM, raise_again)
        signal.setitimer(signal.ITIMER_REAL, AGAIN)

    sys.unraisablehook = hear
    try:
        yield
    finally:
        sys.unraisablehook = tell


def _is_main() -> bool:
    """Say whether this thread is the one that signals interrupt."""
    return threading.current_thread() is threading.main_thread()
