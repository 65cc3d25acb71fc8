"""The cloud's time, moved by hand: what waits for it does not have to be waited for."""

import httpx
import pytest

DAY = 86_400


@pytest.fixture(autouse=True)
def _real_time_afterwards(emulator):
    yield
    emulator.clock.reset()


def _now(control) -> float:
    return control.get("/clock").json()["now"]


def test_it_is_the_real_time_at_first(emulator, control):
    clock = control.get("/clock").json()

    assert (1.0, True) == (clock["rate"], abs(clock["now"] - emulator.clock.wall()) < 5)


def test_a_frozen_clock_stands_still(control):
    frozen = control.put("/clock", json={"rate": 0}).json()

    assert (0, [frozen["now"]] * 2) == (frozen["rate"], [_now(control), _now(control)])


def test_a_clock_can_be_frozen_at_a_moment(control):
    assert {"now": 1_776_341_730, "rate": 0} == control.put("/clock", json={"rate": 0, "now": 1_776_341_730}).json()


def test_what_is_made_at_a_frozen_moment_says_so(control, create):
    control.put("/clock", json={"rate": 0, "now": 1_776_341_730})

    assert "2026-04-16T12:15:30Z" == create()["created_at"]


def test_a_frozen_clock_can_be_advanced(control):
    control.put("/clock", json={"rate": 0, "now": 1000})

    assert {"now": 1060, "rate": 0} == control.post("/clock/advance", json={"seconds": 60}).json()


def test_a_clock_runs_at_a_rate(emulator, control):
    began = emulator.clock.monotonic()
    control.put("/clock", json={"rate": 1000, "now": 1000})
    passed = _now(control) - 1000
    took = emulator.clock.monotonic() - began

    assert 0 < passed <= took * 1000


def test_a_token_expires_when_the_clock_is_advanced(emulator, control):
    token = control.post("/tokens", json={"cloud": "tenbyte", "seconds": DAY}).json()["token"]
    seen = []
    for seconds in (DAY - 60, 120):
        control.post("/clock/advance", json={"seconds": seconds})
        url = f"{emulator.addresses('tenbyte').api}/streams"
        seen.append(httpx.get(url, headers={"Authorization": f"Bearer {token}"}).status_code)

    assert [200, 401] == seen


def test_a_frozen_clock_holds_no_call_back(control, create):
    """Sockets and processes live in real time."""
    control.put("/clock", json={"rate": 0})

    assert "idle" == create()["status"]


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("/clock/advance", {"seconds": -1}),
        ("/clock/advance", {}),
        ("/clock/advance", {"seconds": "soon"}),
        ("/clock", {"rate": -1}),
        ("/clock", {}),
        ("/clock", {"rate": 1, "now": -5}),
        ("/clock", {"rate": 10_000_000}),
    ],
)
def test_what_no_clock_can_do_is_refused_and_changes_nothing(control, call, body):
    control.put("/clock", json={"rate": 0, "now": 1000})
    answer = control.request("POST" if "advance" in call else "PUT", call, json=body)

    assert (True, {"now": 1000, "rate": 0}) == (answer.status_code in {400, 422}, control.get("/clock").json())
