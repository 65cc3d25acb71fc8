"""What comes of an ffmpeg that makes a picture, and of one that makes none. Pure of ffmpeg: any command will do."""

import threading

import pytest

from offair.emulator.core.clock import Deadline
from offair.emulator.media.recording import developing
from offair.emulator.media.recording.developing import UndevelopedError, develop

HANGS = ["sleep", "60"]
SOON = 5.0


def test_what_is_printed_is_the_picture():
    assert b"light" == develop(["cat"], b"light", is_enough=threading.Event())


@pytest.mark.parametrize(
    ("argv", "words"),
    [(["sh", "-c", "echo too dark >&2; exit 1"], "too dark"), (["true"], "exited with 0, and made none")],
)
def test_where_there_is_none_the_words_say_why(argv, words):
    with pytest.raises(UndevelopedError, match=words):
        develop(argv, b"", is_enough=threading.Event())


def test_one_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(developing, "PATIENCE", 0.05)

    with pytest.raises(UndevelopedError, match=r"took longer than 0\.05 s"):
        develop(HANGS, b"", is_enough=threading.Event())


def test_a_stop_does_not_wait_for_one_that_hangs():
    closed, deadline = threading.Event(), Deadline(SOON)
    timer = threading.Timer(0.05, closed.set)
    timer.start()
    with pytest.raises(UndevelopedError, match="stopping"):
        develop(HANGS, b"", is_enough=closed)
    timer.join()

    assert not deadline.is_over
