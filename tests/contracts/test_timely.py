"""A judged server has so much time for an answer, however little of it comes at a time."""

import pytest
import requests
from trickling import trickling

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


@pytest.mark.parametrize(("begun", "piece"), TRICKLES.values(), ids=TRICKLES)
def test_an_answer_that_trickles_is_cut(begun, piece):
    with (
        trickling(begun, piece) as url,
        TimelySession(0.3) as session,
        pytest.raises(requests.ReadTimeout, match=r"no whole answer in 0.3 s"),
    ):
        session.get(url, timeout=30.0)


def test_an_answer_without_end_is_not_kept(monkeypatch):
    monkeypatch.setattr(timely, "MOST", 1 << 20)
    with (
        trickling(HEAD + b"\r\n", bytes(1 << 18), pause=0.0) as url,
        TimelySession(60.0) as session,
        pytest.raises(requests.RequestException, match=r"longer than 1 MiB"),
    ):
        session.get(url, timeout=30.0)


def test_an_answer_in_time_is_whole_and_the_next_comes_too():
    with trickling(HEAD + b"Content-Length: 4\r\n\r\nthis", b"") as url, TimelySession(30.0) as session:
        assert "this" == session.get(url, timeout=30.0).text
