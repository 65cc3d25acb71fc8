"""Arithmetic of an audience as laws, and exports that are safe to open."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.providers.ainative.rules import numbers, search
from offair.emulator.providers.ainative.rules.numbers import Stint
from offair.emulator.providers.ainative.wire import tables

BEGINS, ENDS = 1_000.0, 5_000.0
MOMENTS = st.integers(0, 6_000).map(float)


@st.composite
def _stints(draw):
    came = draw(MOMENTS)
    return Stint(who=draw(st.sampled_from("abcdef")), came=came, left=came + draw(st.integers(1, 3_000)))


STINTS = st.lists(_stints(), max_size=12)


@given(stints=STINTS)
def test_what_is_cut_down_lies_within_the_broadcast(stints):
    assert all(BEGINS <= one.came <= one.left <= ENDS for one in numbers.clipped(stints, BEGINS, ENDS))


@given(stints=STINTS, step=st.sampled_from([60, 300, 900]))
def test_a_timeline_peaks_where_the_broadcast_does(stints, step):
    cut = numbers.clipped(stints, BEGINS, ENDS)
    points = numbers.timeline(cut, BEGINS, ENDS, step)

    assert max(count for _, count in points) == numbers.most_at_once(cut, BEGINS, ENDS + step)


@given(stints=STINTS)
def test_nobody_counts_more_than_those_who_came(stints):
    cut = numbers.clipped(stints, BEGINS, ENDS)

    assert numbers.most_at_once(cut, BEGINS, ENDS + 1) <= len(cut)


@given(stints=STINTS)
def test_more_is_never_watched_than_everybody_from_beginning_to_end(stints):
    cut = numbers.clipped(stints, BEGINS, ENDS)

    assert numbers.seconds(cut) <= len(cut) * (ENDS - BEGINS)


@given(names=st.lists(st.sampled_from(["US", "DE", "BR"])))
def test_shares_are_a_hundred_percent(names):
    shown = numbers.shares(names)

    assert (len(names), not names or abs(sum(share for *_, share in shown) - 100) < 0.1) == (
        sum(count for _, count, _ in shown), True,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1"])
def test_nothing_in_an_export_is_a_formula(text):
    (row,) = list(csv.DictReader(io.StringIO(tables.write([{"title": text, "count": -1}]))))

    assert ("'", "-1") == (row["title"][0], row["count"])


@given(text=st.text())
def test_what_is_exported_is_what_was_there(text):
    """But for the quotation mark that keeps a formula from being one, and the ends of lines, which readers change."""
    text = text.replace("\r", "").replace("\0", "")
    (row,) = list(csv.DictReader(io.StringIO(tables.write([{"title": text, "x": 1}]), newline="")))

    assert text == row["title"].removeprefix("'") or text == row["title"]


@given(text=st.text(min_size=1), things=st.lists(st.text()))
def test_a_search_finds_what_begins_as_asked_and_nothing_else(text, things):
    found = search.ranked(text, things, lambda thing: [(1, thing)])
    wanted = search.terms(text)

    assert all(any(word.startswith(term) for word in search.terms(thing)) for thing in found for term in wanted)


def test_an_export_has_what_the_numbers_say(api, enter, live):
    enter(live["id"])
    api.put(f"/streams/id/{live['id']}", json={"title": "=HYPERLINK(1)"}).raise_for_status()
    answer = api.get(f"/streams/{live['id']}/analytics/export", params={"format": "csv"})
    (row,) = list(csv.DictReader(io.StringIO(answer.text)))
    same = api.get(f"/streams/{live['id']}/analytics/export", params={"format": "json"}).json()

    assert ("'=HYPERLINK(1)", "1", 1) == (row["title"], row["peak_concurrent_viewers"], same[0]["peak_viewers"])
    assert "attachment" in answer.headers["Content-Disposition"]


def test_numbers_are_of_what_happened(api, control, enter, live):
    """Two watch for ten minutes of twenty, and one of them talks."""
    ann, bob = enter(live["id"]), enter(live["id"], token="other_token")
    ann.say(type="message", content="hello")
    control.post("/clock/advance", json={"seconds": 600})
    bob.close()
    ann.close()
    while api.get(f"/streams/id/{live['id']}").json()["viewer_count"]:
        pass  # until both are gone
    control.post("/clock/advance", json={"seconds": 600})
    api.post(f"/streams/{live['id']}/end").raise_for_status()
    shown = api.get(f"/streams/{live['id']}/analytics").json()
    points = api.get(f"/streams/{live['id']}/analytics/viewers?interval_minutes=10").json()["timeline"]

    counts = (
        "total_views", "unique_viewers", "peak_concurrent_viewers", "chat_messages_total", "unique_chatters",
    )  # fmt: skip

    assert [2, 2, 2, 1, 1] == [shown[name] for name in counts]
    assert (1.0, 20.0) == (round(shown["average_concurrent_viewers"], 1), round(shown["total_watch_time_minutes"]))
    assert [2, 0] == [points[0]["viewer_count"], points[-1]["viewer_count"]]


def test_nothing_has_lasted_less_than_nothing(api, emulator, live):
    """Where the clock was put back behind its beginning; our own answers keep the contract all the same."""
    emulator.clock.run(at=emulator.clock.now() - 86_400)
    shown = api.get("/streams/analytics/channel/top-streams").json()

    assert (live["id"], 0) == (shown[0]["id"], shown[0]["duration_seconds"])


@pytest.mark.parametrize("minutes", [0, 61, "x"])
def test_a_step_has_one_to_sixty_minutes(api, live, minutes):
    assert 422 == api.get(f"/streams/{live['id']}/analytics/viewers?interval_minutes={minutes}").status_code


@pytest.mark.parametrize("metric", ["peak_viewers", "total_views", "duration", "chat_messages", "total_messages"])
def test_the_best_streams_are_asked_for_by_every_name(api, live, metric):
    (shown,) = api.get("/streams/analytics/channel/top-streams", params={"metric": metric}).json()

    assert live["id"] == shown["id"]


@pytest.mark.parametrize(
    "path",
    ["", "/growth", "/viewer-growth", "/best-times", "/audience", "/categories", "/revenue", "/export?format=json"],
)
def test_a_channel_has_numbers_of_every_kind(api, live, enter, path):
    enter(live["id"])

    assert 200 == api.get(f"/streams/analytics/channel{path}").status_code


def test_viewers_are_where_their_address_says(api, enter, live):
    enter(live["id"])
    (country,) = api.get(f"/streams/{live['id']}/analytics/geography").json()["geographic_breakdown"]

    assert {"country_code": "US", "viewer_count": 1, "percentage": 100.0} == country
