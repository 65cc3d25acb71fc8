"""How a command starts the stand-in, and how it is stopped."""

import gc
import queue
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import click

from offair.emulator.settings import Settings

if TYPE_CHECKING:
    from offair.emulator.emulator import Emulator

KILLED = 128  # what a shell adds to the number of the signal that ended a command
UNHEARD = 1.0  # seconds for which a signal may go unheard that comes just before the main thread begins to wait


@contextmanager
def running(settings: Settings) -> Iterator["Emulator"]:
    """Run the stand-in; what keeps it from starting ends the command with a sentence."""
    with _uncollected():
        emulator = _start(settings)
    with closing(emulator):
        yield emulator


def _start(settings: Settings) -> "Emulator":
    from offair.emulator.emulator import Emulator

    if settings.ffmpeg is not None and not settings.ffmpeg.is_file():
        raise click.ClickException(
            f"there is no ffmpeg at {settings.ffmpeg}; name another with --ffmpeg, or none and the best is taken"
        )
    try:
        return Emulator(settings).start()
    except (OSError, ValueError, sqlite3.Error) as error:
        raise click.ClickException(_sentence(error, settings)) from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let what a start makes be: its 120,000 objects stay, and to look through them meanwhile is a seventh of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Stopped:
    """Whether somebody wants a command to stop; the main thread hears of it at any moment, even of its waiting.

    An Event is no such thing: what a signal calls runs between two lines of the main thread, and would wait for ever
    for the lock that the waiting holds there.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()  # of the queues, it may be put into by a signal

    def set(self) -> None:
        """Say so; twice is fine, and once within the other."""
        self._is_set = True
        self._bell.put(None)

    def is_set(self) -> bool:
        """Tell whether somebody said so."""
        return self._is_set

    def wait(self) -> None:
        """Wait until somebody says so."""
        while not self._is_set:
            with suppress(queue.Empty):
                self._bell.get(timeout=UNHEARD)


def stop_signal() -> Stopped:
    """From now on, Ctrl-C, SIGTERM and a terminal that closes are told by this instead of ending the process."""
    stopped = Stopped()
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


def _sentence(error: Exception, settings: Settings) -> str:
    from offair.emulator.cli.ports import explain_taken

    if isinstance(error, sqlite3.Error):
        step = "stop the program that has it open" if "locked" in str(error) else "free some disk"
        return f"the state cannot be used ({error}); {step}, or choose another folder with --state"
    if isinstance(error, OSError) and error.filename is not None:
        kept = settings.recordings_dir
        option = "--recordings" if kept is not None and str(error.filename).startswith(str(kept)) else "--state"
        return f"{error.filename}: {error.strerror}; choose another folder with {option}"
    return explain_taken(error, settings) or (isinstance(error, OSError) and error.strerror) or str(error)
