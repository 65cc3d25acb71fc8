"""Keeping to a cloud's rates: who calls often waits, on the cloud's clock or for real, and never longer than that."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.contract import promise
from offair.contracts.limit import LimitTerm
from offair.contracts.server.pacing import Pace
from offair.contracts.server.target import Target

CLOUD = promise("tenbyte")
GET, LIST = CLOUD.operations["GET /streams/{streamId}"], CLOUD.operations["GET /streams"]


def limited(allowed, seconds, subject=GET.operation_id):
    rate = LimitTerm(
        kind="rate", subject=subject, allowed=allowed, unit="requests", seconds=seconds, grade="documented", source="x"
    )
    return replace(CLOUD, limits=(rate,))


class Clock:
    def __init__(self):
        self.now = 0.0

    def wait(self, seconds):
        self.now += seconds


@given(st.integers(1, 5), st.floats(0.5, 100), st.lists(st.floats(0, 30), max_size=40))
def test_no_window_has_more_calls_than_its_limit_allows(allowed, seconds, pauses):
    clock, asked = Clock(), []
    pace = Pace(limited(allowed, seconds), Target(base_url="http://x", now=lambda: clock.now, advance=clock.wait))
    for pause in pauses:
        clock.wait(pause)
        pace.keep(GET)
        asked.append(clock.now)

    assert all(late - early >= seconds for early, late in zip(asked, asked[allowed:], strict=False))


def test_what_no_limit_counts_waits_for_nothing():
    clock = Clock()
    pace = Pace(limited(1, 60.0), Target(base_url="http://x", now=lambda: clock.now, wait=clock.wait))
    for _ in range(5):
        pace.keep(LIST)

    assert 0.0 == clock.now


def test_a_limit_of_everything_counts_everything():
    clock = Clock()
    pace = Pace(limited(1, 60.0, subject="*"), Target(base_url="http://x", now=lambda: clock.now, wait=clock.wait))
    pace.keep(LIST)
    pace.keep(GET)

    assert 60.0 <= clock.now < 61.0
