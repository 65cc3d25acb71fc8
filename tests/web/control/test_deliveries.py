"""Deliveries: every hook with every attempt, and the clock that makes the next attempt come at once."""

import pytest

NOBODY = "http://127.0.0.1:1/hook"  # a port that nobody listens on


@pytest.fixture(name="stream")
def _stream(emulator, create, report):
    """A stream whose hook could not be delivered yet."""
    stream = create(webhook_url=NOBODY)
    report(stream["id"], "live")
    tried = {"kind": "hook", "stream": stream["id"]}
    assert emulator.journal.wait_for(tried, emulator.clock.deadline(20))
    yield stream
    emulator.clock.reset()


def _deliveries(control, **where):
    return control.get("/deliveries", params=where).json()["deliveries"]


def test_a_hook_that_failed_waits_with_its_attempt(control, tenant, stream):
    (hook,) = _deliveries(control, stream=stream["id"])

    assert ("waiting", "stream.started", NOBODY, tenant.id, "tenbyte", [(None, True)]) == (
        hook["state"],
        hook["event"],
        hook["url"],
        hook["tenant"],
        hook["cloud"],
        [(attempt["status"], bool(attempt["error"])) for attempt in hook["attempts"]],
    )


def test_the_clock_makes_the_next_attempt_come_at_once(control, stream):
    """After the last one the hook is given up."""
    hooks = {"kind": "hook", "stream": stream["id"]}
    seen = control.get("/journal/wait", params=hooks).json()["number"]  # of the first attempt
    for state in ("waiting", "given_up"):
        control.post("/clock/advance", json={"seconds": 60})
        seen = control.get("/journal/wait", params={**hooks, "after": seen, "text": state}).json()["number"]
    (hook,) = _deliveries(control, stream=stream["id"])

    assert ("given_up", 3) == (hook["state"], len(hook["attempts"]))


def test_deliveries_are_found_by_tenant_stream_and_state(control, tenant, stream):
    found = [
        len(_deliveries(control, **where))
        for where in (
            {"tenant": tenant.id},
            {"stream": stream["id"], "state": "waiting"},
            {"stream": stream["id"], "state": "delivered"},
            {"tenant": "nobody"},
        )
    ]

    assert [1, 1, 0, 0] == found


def test_the_state_counts_those_that_wait(control, stream):
    assert control.get("/state").json()["hooks_waiting"] >= 1, stream


def test_an_unknown_state_is_refused(control):
    answer = control.get("/deliveries", params={"state": "lost"})

    assert (422, True) == (answer.status_code, "state" in answer.json()["error"])


def test_a_reset_forgets_what_waits(control, tenant, stream):
    control.post("/reset", json={"tenant": tenant.id})

    assert [] == _deliveries(control, stream=stream["id"])
