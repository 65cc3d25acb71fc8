"""What the itinerary has fetched: enough for every rule, and no more than is polite."""

from collections import Counter
from itertools import pairwise

import pytest
from airing import SITE
from sabotage import ORIGINS, aired

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.itinerary import Itinerary

MPD = f"{SITE}live.mpd"


@pytest.mark.parametrize("name", ORIGINS)
def test_every_segment_that_is_new_is_fetched(name):
    _, timeline = aired(name)
    listed = list(timeline.inits)

    tracks = {url.split("/")[-2] for url in listed}

    assert 2 * len(tracks) >= sum(not timeline.of(url) for url in listed), (
        "only what was old at the beginning is left out"
    )


@pytest.mark.parametrize("name", ORIGINS)
def test_a_segment_is_fetched_again_after_it_left_and_never_a_fourth_time(name):
    _, timeline = aired(name)
    counts = Counter(fetch.url for fetch in timeline.segment_fetches)

    assert {2, 3} & set(counts.values())
    assert max(counts.values()) <= 3


@pytest.mark.parametrize("now", [-5e8, 0.0, 4e9])
def test_the_first_thing_is_fetched_at_once_whatever_the_year(now):
    assert MPD == Itinerary(MPD).take(now)


def test_a_playlist_is_fetched_twice_in_each_target_duration():
    _, timeline = aired("fragmented")
    asked = [fetch.asked for fetch in timeline.of(f"{SITE}v0/list.m3u8")]

    assert [1.0] * (len(asked) - 1) == pytest.approx([after - before for before, after in pairwise(asked)])


def test_a_low_latency_playlist_is_asked_for_in_every_way():
    _, timeline = aired("low latency")
    asked = {frozenset(fetch.directives) for fetch in timeline.of(f"{SITE}v0/list.m3u8")}

    ways = [(), ("_HLS_msn",), ("_HLS_msn", "_HLS_part"), ("_HLS_part",), ("_HLS_skip",), ("_HLS_msn", "_HLS_skip")]
    assert set(map(frozenset, ways)) == asked


def test_it_ends_when_the_broadcast_is_over():
    _, timeline = aired("dash")

    assert [False, True, True, True] == ["dynamic" not in fetch.text for fetch in timeline.of(MPD)[-4:]]


def test_an_origin_that_does_not_answer_is_asked_again_and_not_at_once():
    itinerary = Itinerary(MPD)
    assert MPD == itinerary.take(100.0)

    itinerary.note(Fetch(asked=100.0, at=100.1, url=MPD, status=503))

    assert (None, MPD) == (itinerary.take(101.0), itinerary.take(103.0))
