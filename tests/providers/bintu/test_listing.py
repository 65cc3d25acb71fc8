"""Which streams a list has, and how renditions are numbered: laws, over records and over the API."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.streams import State
from offair.emulator.core.world import World
from offair.emulator.providers.bintu import rules
from offair.emulator.providers.bintu.auth import invite
from offair.emulator.providers.bintu.listing import MOST, Sieve, cut, sift, standing_of, stands
from offair.emulator.providers.bintu.nouns import Keeping
from offair.emulator.providers.bintu.processing import capture_of, spread
from offair.emulator.providers.bintu.profiles import ladder_of, read_profile

TAGS = st.frozensets(st.sampled_from("abc"), max_size=3)
MADE = st.tuples(TAGS, st.integers(0, 2), st.sampled_from(State), st.booleans(), st.booleans())
WORLD = World()
TENANT = invite(WORLD, "a test")
WANTED = rules.Wanted(extra={"type": "low-latency", "secure": False})


def _group(tags, transcodes, state, *, was_live, is_locked):
    wanted = replace(
        WANTED, tags=tuple(sorted(tags)), transcodes=(rules.Transcode(profile="vtrans2-400k"),) * transcodes
    )
    made = rules.create(WORLD, TENANT, wanted, low_latency=True)
    changes = {"state": state, "closed": "no" if is_locked else None, "last_live_at": 1.0 if was_live else None}
    return replace(made, stream=replace(made.stream, **changes))


@st.composite
def _lists(draw):
    made = draw(st.lists(MADE, max_size=6))
    return [_group(*one[:3], was_live=one[3], is_locked=one[4]) for one in made]


SIEVES = st.builds(
    Sieve,
    standing=st.sampled_from([None, "created", "live", "ended", "locked"]),
    tags=TAGS,
    is_group=st.sampled_from([None, True, False]),
    quantity=st.integers(-5, 2000),
    offset=st.integers(0, 8),
)


@given(_lists(), SIEVES)
def test_a_list_has_what_fits_every_filter_in_the_order_of_all(groups, sieve):
    found = sift(groups, sieve)
    fits = [
        sieve.tags <= set(one.first.tags)
        and (sieve.standing is None or stands(one) == sieve.standing)
        and (sieve.is_group is None or (len(one.qualities) > 1) == sieve.is_group)
        for one in groups
    ]

    assert [one for one, is_fit in zip(groups, fits, strict=True) if is_fit] == found


@given(_lists(), SIEVES)
def test_pages_are_cut_out_of_the_whole(groups, sieve):
    quantity = max(1, min(MOST, sieve.quantity))

    assert groups[sieve.offset :][:quantity] == list(cut(groups, sieve))


@given(_lists())
def test_a_stream_stands_in_one_place(groups):
    for group in groups:
        standing = standing_of(group.stream)

        assert (standing == "locked") == (group.stream.closed is not None)
        assert standing != "created" or group.stream.last_live_at is None


@st.composite
def _edits(draw):
    return draw(st.lists(st.one_of(st.just("add"), st.integers(1, 6)), max_size=12))


@given(_edits())
def test_renditions_are_numbered_without_a_gap_whatever_is_removed(edits):
    group = rules.create(WORLD, TENANT, WANTED, low_latency=True)
    model = []
    for edit in edits:
        if edit == "add":
            group = rules.add_transcode(WORLD, group, rules.Transcode(profile="vtrans2-640x360x400x25"))
            model.append(group.qualities[-1].id)
        elif edit <= len(model):
            group = rules.remove_transcode(WORLD, group, model.pop(edit - 1))

        assert [group.stream.id, *model] == [quality.id for quality in group.qualities]
        assert list(range(len(model) + 1)) == [quality.index for quality in group.qualities]
        assert [one.rung for one in group.qualities[1:]] == [rung.name for rung in group.stream.ladder.video]


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=3), max_size=4), st.integers(1, 4))
def test_steps_are_spread_over_renditions(wanted, count):
    given_steps = [tuple(Keeping(kind=kind) for kind in some) for some in wanted]
    spread_over = spread(given_steps, count)

    assert count == len(spread_over)
    assert len(given_steps) != 1 or {given_steps[0]} == set(spread_over)
    assert len(given_steps) <= 1 or given_steps[:count] == spread_over[: len(given_steps)]


def test_what_is_kept_is_what_any_rendition_keeps():
    steps = [(Keeping(kind="rec"),), (Keeping(kind="thumbs", interval=30), Keeping(kind="thumbs", interval=20))]
    capture = capture_of(steps)

    assert (True, False, 20.0, None) == (capture.recording, capture.replay, capture.thumbnails, capture.motion)


@pytest.mark.parametrize(
    ("profile", "read"),
    [
        ("vtrans2-1280x720x1600x30", (1280, 720, 1600, 30)),
        ("vtrans2-1280x720x1600", (1280, 720, 1600, None)),
        ("vtrans-2000x30", (None, None, 2000, 30)),
        ("vtrans-1000k", (None, None, 1000, None)),
        ("vtrans2-400k15", (None, None, 400, 15)),
    ],
)
def test_a_profile_is_read_in_every_form(profile, read):
    recipe = read_profile(profile)

    assert read == (recipe.width, recipe.height, recipe.kbps, recipe.fps)


def test_a_ladder_begins_with_the_encoders_own_pictures():
    group = rules.create(
        WORLD, TENANT, replace(WANTED, transcodes=(rules.Transcode(profile="vtrans2-853x481x800"),)), low_latency=True
    )
    ladder = ladder_of(group.qualities)

    assert (True, [(852, 480, 25)]) == (ladder.source, [(one.width, one.height, one.fps) for one in ladder.video])


def test_a_list_is_newest_first_and_fifty_long(api):
    made = [api.post("/stream").json()["id"] for _ in range(52)]
    pages = [api.get("/stream", params={"quantity": 20, "page": page}).json() for page in (1, 2, 3)]
    ids = [row["id"] for page in pages for row in page]

    assert (made[::-1], 50, made[::-1][:1]) == (
        ids,
        len(api.get("/stream").json()),
        [row["id"] for row in api.get("/stream", params={"quantity": -4}).json()],
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tags[]": ["a", "b"]}, 1),
        ({"tags[]": ["a"]}, 2),
        ({"tags[]": [""]}, 3),
        ({"state": "", "streamgroup": "true"}, 1),
        ({"streamgroup": "false"}, 2),
        ({"state": "live"}, 0),
        ({"from": "2100-01-01"}, 0),
        ({"to": "2100-01-01T00:00:00Z"}, 3),
        ({"from": "1"}, 3),
        ({"from": "2024-02-29T23:59:59+01:00"}, 3),
        ({"to": "2026-01-31"}, 0),
        ({"offset": 2}, 1),
    ],
)
def test_a_list_is_narrowed_down_and_counted_alike(api, create, query, found):
    create(tags=["a", "b"])
    create(tags=["a"])
    create(transcodes=[{"profile": "vtrans2-400k"}])
    counted = api.get("/stream/count", params={name: value for name, value in query.items() if name != "offset"})

    assert found == len(api.get("/stream", params=query).json())
    assert "offset" in query or found == counted.json()["count"]


@pytest.mark.parametrize(
    "query", [{"quantity": "many"}, {"state": "asleep"}, {"from": "yesterday"}, {"from": "2023-02-29"}, {"page": 0}]
)
def test_what_a_filter_cannot_be_is_a_wrong_type(api, query):
    answer = api.get("/stream", params=query)

    assert (400, 1004) == (answer.status_code, answer.json()["error"]["code"])
