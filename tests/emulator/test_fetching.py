"""Whatever the other side does, an answer has so much time: all of it."""

import urllib.request

import pytest
from trickling import trickling

from offair.emulator.core.clock import Clock
from offair.emulator.fetching import opened
from offair.emulator.watching import get

ENOUGH = 0.3  # seconds that an answer has
AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what a trickle takes
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"


TRICKLES = {
    "a head": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
    "a field": (b"HTTP/1.1 200 OK\r\nA: ", b"b"),
    "a body": (HEAD, b"b"),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize(("begun", "piece"), TRICKLES.values(), ids=TRICKLES)
def test_an_answer_that_trickles_gets_no_more_time(begun, piece):
    clock = Clock()
    with trickling(begun, piece) as url:
        began = clock.monotonic()
        with (
            pytest.raises(OSError, match=r"timed out|not whole in time"),
            opened(urllib.request.Request(url), ENOUGH) as answer,
        ):
            answer.read()

        assert clock.monotonic() - began < AT_ONCE


@pytest.mark.parametrize(("begun", "piece"), TRICKLES.values(), ids=TRICKLES)
def test_what_does_not_come_in_time_is_no_answer_to_the_judge(begun, piece):
    with trickling(begun, piece) as url:
        assert 0 == get(url, Clock(), timeout=ENOUGH).status


def test_an_answer_in_time_is_whole():
    with trickling(HEAD + bytes(4000), b"") as url, opened(urllib.request.Request(url), 30.0) as answer:
        assert (200, 4000) == (answer.status, len(answer.read()))
