"""Whatever the other side does, an answer has so much time: all of it."""

import socket
import threading
import urllib.request
from contextlib import contextmanager, suppress

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.fetching import opened
from offair.emulator.watching import get

ENOUGH = 0.3  # seconds that an answer has
AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what a trickle takes
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"


@contextmanager
def _answering(begun, piece):
    """Answer one caller with a beginning, and then with a little now and again; give the URL."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            caller, _ = listener.accept()
            with caller, suppress(OSError):
                caller.sendall(begun)
                while not over.wait(0.05):
                    caller.sendall(piece)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


TRICKLES = {
    "a head": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
    "a field": (b"HTTP/1.1 200 OK\r\nA: ", b"b"),
    "a body": (HEAD, b"b"),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize(("begun", "piece"), TRICKLES.values(), ids=TRICKLES)
def test_an_answer_that_trickles_gets_no_more_time(begun, piece):
    clock = Clock()
    with _answering(begun, piece) as url:
        began = clock.monotonic()
        with (
            pytest.raises(OSError, match=r"timed out|not whole in time"),
            opened(urllib.request.Request(url), ENOUGH) as answer,
        ):
            answer.read()

        assert clock.monotonic() - began < AT_ONCE


@pytest.mark.parametrize(("begun", "piece"), TRICKLES.values(), ids=TRICKLES)
def test_what_does_not_come_in_time_is_no_answer_to_the_judge(begun, piece):
    with _answering(begun, piece) as url:
        assert 0 == get(url, Clock(), timeout=ENOUGH).status


def test_an_answer_in_time_is_whole():
    with _answering(HEAD + bytes(4000), b"") as url, opened(urllib.request.Request(url), 30.0) as answer:
        assert (200, 4000) == (answer.status, len(answer.read()))
