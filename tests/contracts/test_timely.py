"""A judged server has so much time for an answer, however little of it comes at a time."""

import socket
import threading
from contextlib import contextmanager, suppress

import pytest
import requests

from offair.contracts import timely
from offair.contracts.timely import TimelySession

HEAD = b"HTTP/1.1 200 OK\r\n"
TRICKLES = {
    "a head": (HEAD, b"A: b\r\n"),
    "a body": (HEAD + b"Content-Length: 4000\r\n\r\n", b"b"),
    "a body without end": (HEAD + b"\r\n", b"b"),
    "a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n", b"b"),
    "nothing": (b"", b""),
}


@contextmanager
def _answering(begun, piece, pause=0.05):
    """Answer one caller with a beginning, and then with a little now and again; give the URL."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            caller, _ = listener.accept()
            with caller, suppress(OSError):
                caller.recv(65_536)
                caller.sendall(begun)
                while not over.wait(pause):
                    caller.sendall(piece)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(("begun", "piece"), TRICKLES.values(), ids=TRICKLES)
def test_an_answer_that_trickles_is_cut(begun, piece):
    with (
        _answering(begun, piece) as url,
        TimelySession(0.3) as session,
        pytest.raises(requests.ReadTimeout, match=r"no whole answer in 0.3 s"),
    ):
        session.get(url, timeout=30.0)


def test_an_answer_without_end_is_not_kept(monkeypatch):
    monkeypatch.setattr(timely, "MOST", 1 << 20)
    with (
        _answering(HEAD + b"\r\n", bytes(1 << 18), pause=0.0) as url,
        TimelySession(60.0) as session,
        pytest.raises(requests.RequestException, match=r"longer than 1 MiB"),
    ):
        session.get(url, timeout=30.0)


def test_an_answer_in_time_is_whole_and_the_next_comes_too():
    with _answering(HEAD + b"Content-Length: 4\r\n\r\nthis", b"") as url, TimelySession(30.0) as session:
        assert "this" == session.get(url, timeout=30.0).text
