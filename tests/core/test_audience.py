"""Who watches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core import audience as module
from offair.emulator.core.audience import Audience
from offair.emulator.core.numbers import AudienceNumbers
from offair.emulator.core.viewing import Viewing


class _Hand:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="hand")
def _hand():
    return _Hand()


@pytest.fixture(name="audience")
def _audience(hand):
    audience = Audience(hand)
    audience.begin("a", 2.0)
    return audience


def test_a_player_that_fetches_much_is_one(audience):
    for _ in range(5):
        audience.saw("a", ("1.2.3.4", "hls.js", None))

    assert AudienceNumbers(1, 1, 1) == audience.numbers("a")


@pytest.mark.parametrize(
    "other", [("1.2.3.5", "hls.js", None), ("1.2.3.4", "dash.js", None), ("1.2.3.4", "hls.js", "b")]
)
def test_address_program_and_session_tell_players_apart(audience, other):
    audience.saw("a", ("1.2.3.4", "hls.js", None))
    audience.saw("a", other)

    assert 2 == audience.numbers("a").viewers


def test_who_is_silent_for_too_long_has_left(audience, hand):
    audience.saw("a", "early")
    hand.now = 6.0
    audience.saw("a", "late")
    hand.now = 10.5

    assert AudienceNumbers(1, 2, 2) == audience.numbers("a")


def test_who_comes_back_is_not_new(audience, hand):
    audience.saw("a", "one")
    hand.now = 60.0
    audience.saw("a", "one")

    assert AudienceNumbers(1, 1, 1) == audience.numbers("a")


def test_long_segments_are_waited_for(hand):
    audience = Audience(hand)
    audience.begin("a", 6.0)
    audience.saw("a", "one")
    hand.now = 17.0

    assert 1 == audience.numbers("a").viewers


def test_streams_have_audiences_of_their_own(audience):
    audience.begin("b", 2.0)
    audience.saw("a", "one")

    assert AudienceNumbers() == audience.numbers("b")


def test_the_next_broadcast_begins_with_an_empty_house(audience):
    audience.saw("a", "one")
    audience.begin("a", 2.0)

    assert AudienceNumbers() == audience.numbers("a")


def test_what_is_not_broadcast_has_no_audience(audience):
    audience.saw("z", "one")
    audience.forget("a")
    audience.saw("a", "one")

    assert [AudienceNumbers()] * 2 == [audience.numbers("z"), audience.numbers("a")]


def test_a_crowd_takes_bounded_memory(audience, monkeypatch):
    monkeypatch.setattr(module, "MOST", 100)
    for number in range(1000):
        audience.saw("a", number)

    assert AudienceNumbers(100, 100, 100) == audience.numbers("a")


@given(visits=st.lists(st.tuples(st.integers(0, 5), st.floats(0, 8)), max_size=40))
def test_the_count_is_what_a_simple_one_says(visits):
    hand = _Hand()
    audience = Audience(hand)
    audience.begin("a", 2.0)
    last: dict[int, float] = {}
    peak = 0
    for player, pause in visits:
        hand.now += pause
        audience.saw("a", player)
        last[player] = hand.now
        now_there = sum(hand.now - at <= 10.0 for at in last.values())
        peak = max(peak, now_there)

        assert AudienceNumbers(now_there, peak, len(last)) == audience.numbers("a")


def of(name):
    return Viewing(stream="a", name=name, protocol="http", peer="1.2.3.4")


def test_players_are_counted_by_the_rendition_that_they_fetch(audience):
    audience.saw("a", "one", viewing=of("master.m3u8"))
    audience.saw("a", "one", viewing=of("720p/x-1.m4s"))
    audience.saw("a", "two", viewing=of("480p/playlist.m3u8"))
    audience.saw_again("a", "two", 100, "audio.128k")
    audience.saw("a", "three", viewing=of("recordings/r/movie.mp4"))

    assert {"480p": 1, "720p": 1, "audio.128k": 1} == audience.numbers("a").renditions


@pytest.mark.parametrize("name", ["thumbnail.jpg", "clip.gif"])
def test_who_looks_at_one_picture_watches_nothing(audience, name):
    audience.saw("a", "one", viewing=of(name), size=100)

    assert 0 == audience.numbers("a").viewers


def test_who_changed_to_another_rendition_does_not_count_for_the_first_for_ever(audience, hand):
    audience.saw("a", "one", viewing=of("480p/x-1.m4s"))
    hand.now = 6.0
    audience.saw_again("a", "one", 100, "720p")
    both = audience.numbers("a").renditions
    hand.now = 12.0

    assert ({"480p": 1, "720p": 1}, {"720p": 1}) == (both, audience.numbers("a").renditions)
