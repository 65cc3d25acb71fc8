"""How a command that runs until it is stopped hears that it is to stop."""

import os
import signal
import sys
import threading
from contextlib import contextmanager

import pytest

from offair.emulator.cli.interrupting import stop_signal

SIGN = signal.SIGTERM
LINES = 8  # more than there are between the call and the wait itself


@pytest.fixture(name="stopped")
def _stopped():
    """What a command waits on; afterwards signals do what they did."""
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield stop_signal()
    for sign, heard in before.items():
        signal.signal(sign, heard)


@contextmanager
def _signalled_in(line):
    """Send the signal in this line of what is run within, or half a second later where it has fewer."""
    seen = iter(range(1, line + 1))

    def trace(_frame, event, _):
        if event == "line" and next(seen, 0) == line:
            signal.raise_signal(SIGN)
        return trace

    late = threading.Timer(0.5, os.kill, (os.getpid(), SIGN))
    late.start()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
        late.cancel()
        late.join()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("line", range(1, LINES))
def test_a_signal_is_heard_in_whichever_line_of_the_waiting_it_comes(stopped, line):
    """A lock that the waiting holds for a moment is not taken by who is told."""
    with _signalled_in(line):
        stopped.wait()

    assert stopped.is_set()


def test_a_signal_that_came_before_is_heard(stopped):
    signal.raise_signal(SIGN)
    stopped.wait()

    assert stopped.is_set()


def test_nothing_is_heard_before_it_is_said(stopped):
    assert not stopped.is_set()
