"""Questions that somebody waits for: allowed, denied, hung, failed, and none of them holds the others up."""

import threading

import pytest
from inbox import Inbox

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Reason, Refused
from offair.emulator.provider.hooks import Delivery, Question
from offair.emulator.provider.provider import discover
from offair.emulator.webhooks import asking as module
from offair.emulator.webhooks.asking import CLOSING, Asking

EVENT = "stream.started"
BODY = {"event": EVENT, "stream_id": "6b0f2e8e-0d8e-4d0c-9c39-6a3c1d9a4f11", "stream_name": "x",
        "timestamp": "2026-01-01T00:00:00Z", "call": "asks"}  # fmt: skip


@pytest.fixture(name="journal")
def _journal():
    return Journal(Clock(), 100)


@pytest.fixture(name="asking")
def _asking(journal):
    asking = Asking(Clock(), journal)
    yield asking
    asking.close()


@pytest.fixture(name="inbox")
def _inbox():
    inbox = Inbox()
    yield inbox
    inbox.close()


@pytest.fixture(name="cloud", scope="module")
def _cloud():
    return next(provider for provider in discover() if provider.name == "tenbyte")


@pytest.fixture(name="settle")
def _settle(asking, cloud):
    return lambda say: asking.settle(cloud, "a-tenant", "a-stream", say)


def _question(url, **given):
    return Question(delivery=Delivery(event=EVENT, url=url, body=BODY), **given)


def test_nobody_needs_to_be_asked(settle):
    assert None is settle(lambda: None)


def test_a_cloud_may_say_no_by_itself(settle):
    refused = Refused(Reason.FORBIDDEN, "no")

    assert refused is settle(lambda: refused)


def test_a_200_is_a_yes(settle, inbox):
    assert None is settle(lambda: _question(inbox.url))


@pytest.mark.parametrize(
    ("answer", "words"), [((403, ""), "status 403"), ((204, ""), "status 204"), ((302, ""), "status 302")]
)
def test_anything_else_is_a_no(settle, inbox, answer, words):
    inbox.answers["asks"] = answer

    assert Refused(Reason.FORBIDDEN, f"the hook says no ({words})") == settle(lambda: _question(inbox.url))


def test_no_answer_in_time_is_a_no(settle, inbox):
    inbox.answers["asks"] = None

    assert "no answer within 0.05 s" in settle(lambda: _question(inbox.url, timeout=0.05)).text


def test_a_url_that_is_none_is_a_no(settle):
    assert "cannot be called" in settle(lambda: _question("gopher://x")).text


@pytest.mark.parametrize("broken", ["say", "objection"])
def test_code_that_fails_is_a_no_and_trouble(settle, inbox, journal, broken):
    def fail(*_):
        raise ZeroDivisionError("a bug")

    refused = settle(fail if broken == "say" else lambda: _question(inbox.url, objection=fail))
    (trouble,) = [one for one in journal.entries({"kind": "trouble"}) if "could not be asked" in one.summary]

    assert (Reason.NOT_ACCEPTING, "the hook could not be asked", True) == (
        refused.reason, refused.text, "ZeroDivisionError" in trouble.details["traceback"],
    )  # fmt: skip


def test_code_that_never_says_anything_is_given_up(settle, journal, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    ends = threading.Event()

    def hang():
        ends.wait(30)

    refused = settle(hang)
    ends.set()

    assert (Reason.NOT_ACCEPTING, 1) == (refused.reason, len(journal.entries({"kind": "trouble"})))


def test_one_tenants_questions_use_up_nobody_elses_threads(asking, cloud):
    ends, said = threading.Event(), threading.Semaphore(0)
    for _ in range(2):
        asking.begin(cloud, "one", "s", lambda: ends.wait(30) and None, lambda _said: said.release())
    refused = asking.settle(cloud, "one", "s", lambda: None, most=2)
    other = asking.settle(cloud, "other", "s", lambda: None)
    ends.set()
    done = [said.acquire(timeout=30) for _ in range(2)]
    again = asking.settle(cloud, "one", "s", lambda: None)

    assert ("2 questions to this organization's hooks have no answer yet", None, [True, True], None) == (
        refused.text, other, done, again,
    )  # fmt: skip


def test_a_closed_door_refuses_at_once(asking, cloud, inbox):
    inbox.answers["asks"] = None
    answer = []
    asker = threading.Thread(target=lambda: answer.append(asking.settle(cloud, "t", "s", lambda: _question(inbox.url))))
    asker.start()
    inbox.wait("asks")
    asking.close()
    asker.join(30)

    assert [CLOSING] * 2 == [*answer, asking.settle(cloud, "t", "s", lambda: _question(inbox.url))]
