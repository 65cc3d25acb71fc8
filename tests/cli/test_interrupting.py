"""Ctrl-C is heard wherever it comes."""

import gc
import signal
import sys
from threading import Thread
from time import sleep

import pytest

from offair.__main__ import run
from offair.emulator.cli.interrupting import StopSign, insisting

LONG = 30.0


class Dying:
    """What is interrupted while it goes."""

    def __init__(self, error):
        self.error = error

    def __del__(self):
        raise self.error


@pytest.fixture(name="told", autouse=True)
def _told(monkeypatch):
    """Keep what nobody could catch, and the signal that is used for it."""
    told, before = [], signal.getsignal(signal.SIGALRM)
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    yield told
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143)])
def test_what_a_finalizer_swallowed_is_raised_again(error):
    with pytest.raises(type(error)) as raised, insisting():
        one = Dying(error)
        del one
        sleep(LONG)

    assert error.args == raised.value.args


def test_what_the_collector_swallowed_is_raised_again():
    """Hypothesis has such a callback."""

    def interrupt(*_):
        gc.callbacks.remove(interrupt)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), insisting():
        gc.callbacks.append(interrupt)
        gc.collect()
        sleep(LONG)


def test_other_mishaps_are_told_as_ever(told):
    with insisting():
        one = Dying(ValueError("x"))
        del one

    assert ["x"] == [str(one.exc_value) for one in told]


def test_a_sign_is_raised_for_whoever_waits_and_whoever_asks():
    sign = StopSign()
    before = sign.is_set()
    Thread(target=sign.set).start()
    sign.wait()
    sign.wait()

    assert (False, True) == (before, sign.is_set())


def test_ctrl_c_while_the_command_is_loaded_ends_it_with_a_word(monkeypatch, capsys):
    class Loading:
        def __getattr__(self, name):
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "offair.emulator.cli", Loading())
    with pytest.raises(SystemExit) as ended:
        run()

    assert (130, "\nStopped.\n") == (ended.value.code, capsys.readouterr().err)
