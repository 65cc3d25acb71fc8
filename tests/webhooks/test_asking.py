"""A question ends with an answer: the receiver's, a no at the deadline, or a no because the stand-in closes."""

import queue
import threading

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Reason, Refused
from offair.emulator.provider.hooks import Delivery, Question
from offair.emulator.webhooks.asking import CLOSING, MOST, Asking

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
NO = b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
PATIENCE = 30.0


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest.fixture(name="journal")
def _journal(clock):
    return Journal(clock, 1000)


@pytest.fixture(name="asking")
def _asking(clock, journal):
    asking = Asking(clock, journal)
    yield asking
    asking.close()


@pytest.fixture(name="cloud")
def _cloud(providers):
    return providers["tenbyte"]


def _question(url, timeout=PATIENCE):
    return lambda: Question(delivery=Delivery(event="may I", url=url, body={}), timeout=timeout)


@pytest.mark.parametrize(("answer", "reason"), [(OK, None), (NO, Reason.FORBIDDEN)])
def test_the_answer_decides(asking, cloud, answering, answer, reason):
    refused = asking.settle(cloud, "t", "s", _question(answering(answer).url))

    assert reason == (refused and refused.reason)


def test_no_answer_in_time_is_a_no(asking, cloud, peer):
    refused = asking.settle(cloud, "t", "s", _question(peer(lambda visit: visit.hold()).url, timeout=0.2))

    assert (Reason.FORBIDDEN, True) == (refused.reason, "no answer within 0.2 s" in refused.text)


@pytest.mark.parametrize(("question", "kind"), [("a receiver", "hook"), ("a cloud", "trouble")])
def test_a_silence_is_written_down_as_whose_it_is(
    asking, cloud, journal, clock, black_hole, monkeypatch, question, kind
):
    """A receiver that hangs is its owner's affair, and fails nobody's test."""
    monkeypatch.setattr("offair.emulator.webhooks.asking.PATIENCE", 0.2)
    is_over = threading.Event()
    refused = asking.settle(cloud, "t", "s", _hung(question, black_hole, is_over))
    is_over.set()
    journal.wait_for({"stream": "s"}, clock.deadline(PATIENCE))

    assert (True, {kind}) == (refused is not None, {entry.kind for entry in journal.entries({"stream": "s"})})


def test_a_cloud_that_fails_is_a_no_and_told(asking, cloud, journal):
    refused = asking.settle(cloud, "t", "s", lambda: 1 // 0)

    assert (Reason.NOT_ACCEPTING, 1) == (refused.reason, len(journal.entries({"kind": "trouble"})))


def test_an_answer_that_cannot_be_acted_upon_is_told(asking, cloud, journal, clock):
    def fail(_):
        raise ZeroDivisionError

    asking.begin(cloud, "t", "s", lambda: None, fail)
    entry = journal.wait_for({"kind": "trouble", "text": "could not be acted upon"}, clock.deadline(PATIENCE))

    assert "ZeroDivisionError" in entry.details["traceback"]


def _hung(question, black_hole, is_over):
    """Ask something that has no answer: the receiver takes no connection, or the cloud itself does not come back."""
    return _question(f"http://{black_hole}/") if question == "a receiver" else lambda: is_over.wait(PATIENCE) and None


@pytest.mark.parametrize("question", ["a receiver", "a cloud"])
def test_closing_is_a_no_at_once(asking, cloud, clock, black_hole, soon, question):
    is_over, answers = threading.Event(), queue.SimpleQueue()
    say = _hung(question, black_hole, is_over)
    thread = threading.Thread(target=lambda: answers.put(asking.settle(cloud, "t", "s", say)))
    thread.start()
    soon(lambda: asking._sender._open if question == "a receiver" else asking._pending)
    start = clock.monotonic()
    asking.close()
    asking.close()
    answer, seconds = answers.get(timeout=PATIENCE), clock.monotonic() - start
    is_over.set()
    thread.join(PATIENCE)

    assert (CLOSING, True) == (answer, seconds < AT_ONCE), seconds


def test_nobody_is_asked_after_the_end(asking, cloud, answering):
    inbox = answering(OK)
    asking.close()

    assert (CLOSING, []) == (asking.settle(cloud, "t", "s", _question(inbox.url)), inbox.heard)


def test_a_tenant_with_too_many_questions_waits_for_no_more_and_others_are_asked(asking, cloud, peer, answering, soon):
    hung = peer(lambda visit: visit.hold())
    for _ in range(MOST):
        asking.begin(cloud, "hung", "s", _question(hung.url), lambda _: None)
    refused = asking.settle(cloud, "hung", "s", _question(hung.url))
    other = asking.settle(cloud, "other", "s", _question(answering(OK).url))

    assert (Refused, None) == (type(refused), other)
