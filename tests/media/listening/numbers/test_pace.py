"""Whether an encoder's own time goes on as the real one does."""

import pytest

from offair.emulator.media.listening.numbers.pace import Pace

SECONDS = [number / 10 for number in range(60)]


@pytest.fixture(name="heard")
def _heard(hand):
    """Let six seconds of pictures come at their pace, whatever moments they say."""

    def heard(moment_of) -> Pace:
        pace, began = Pace(hand), hand.now
        for second in SECONDS:
            hand.now = began + second
            pace.note("pictures", moment_of(second))
        return pace

    return heard


@pytest.mark.parametrize(
    "moment_of", [lambda s: s, lambda s: 9e4 + s, lambda s: 0.8 * s, lambda s: 20 * s, lambda s: s + s % 0.5]
)
def test_time_that_goes_on_has_no_flaw(heard, moment_of):
    assert heard(moment_of).flaw is None


@pytest.mark.parametrize(
    ("moment_of", "went"),
    [
        (lambda _: 0.0, "+0.0 s"),
        (lambda s: s / 1000, "+0.0 s"),
        (lambda s: -s, "-5.9 s"),
        (lambda s: s % 0.5, "+0.4 s"),
    ],
)
def test_time_that_stands_still_or_goes_back_is_told(heard, moment_of, went):
    assert f"within 6 s that of its pictures went {went}" in (heard(moment_of).flaw or "")


def test_a_moment_says_nothing(hand):
    pace = Pace(hand)
    for _ in range(2):
        pace.note("sound", 7.0)

    assert pace.flaw is None


def test_what_came_before_is_forgotten(heard):
    pace = heard(lambda _: 0.0)
    pace.begin()

    assert pace.flaw is None
