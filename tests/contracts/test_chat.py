"""What rooms promise: everybody hears everything, once and in one order, and strangers are sent away as documented."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.checks.chat import (
    counted,
    entered,
    frames,
    heard,
    history,
    in_order,
    once,
    refused,
    told_apart,
    unknown,
)
from offair.contracts.checks.gathering import Attended, Gathering
from offair.contracts.contract import promise

OPEN = promise("ainative")
CLOSED = replace(OPEN, sockets={"chat": replace(OPEN.sockets["chat"], security=({"token": ()},))})
SAID = tuple((who, f"word-{place}-{who}") for place in range(3) for who in ("a", "b"))
WORDS = [word for _, word in SAID]
RULES = (entered, heard, once, in_order)


def frame(*words, name="message"):
    return json.dumps({"type": name, "data": {"content": " ".join(words)}})


def met(*orders):
    """A gathering whose members heard words in some orders."""
    members = tuple(Attended(who=who, heard=tuple(map(frame, order))) for who, order in zip("ab", orders, strict=True))
    return Gathering(socket="chat", members=members, said=SAID)


def broken(rule, gathering, contract=OPEN):
    return len(rule.judge(contract, gathering).violations)


def interleaved(draw):
    """One order in which what each has said stays in its own."""
    ours, theirs = [[word for who, word in SAID if who == one] for one in "ab"]
    order = []
    while ours and theirs:
        order.append((ours if draw(st.booleans()) else theirs).pop(0))
    return [*order, *ours, *theirs]


@given(st.data())
def test_any_order_that_all_share_and_that_keeps_each_speaker_s_own_is_good(data):
    order = interleaved(data.draw)

    assert [0, 0, 0, 0] == [broken(rule, met(order, order)) for rule in RULES]


@given(st.integers(0, 5), st.booleans())
def test_what_one_member_misses_is_found_whoever_it_is(place, is_first):
    orders = [WORDS, WORDS[:place] + WORDS[place + 1 :]]

    assert 1 == broken(heard, met(*(orders[::-1] if is_first else orders)))


@given(st.integers(0, 5))
def test_what_is_told_twice_is_found(place):
    assert 1 == broken(once, met(WORDS, [*WORDS, WORDS[place]]))


@given(st.integers(0, 4))
def test_two_who_hear_neighbours_in_different_orders_are_found(place):
    swapped = [*WORDS[:place], WORDS[place + 1], WORDS[place], *WORDS[place + 2 :]]

    assert 1 == broken(in_order, met(WORDS, swapped))


def test_an_order_that_all_share_and_that_is_not_the_speakers_is_found():
    assert 4 == broken(in_order, met(WORDS[::-1], WORDS[::-1]))


def test_what_is_missed_is_no_matter_of_order():
    assert 0 == broken(in_order, met(WORDS, WORDS[1:]))


def test_what_a_second_name_tells_again_is_not_told_twice():
    both = tuple(one for word in WORDS for one in (frame(word), frame(word, name="chat_message")))
    gathering = Gathering(socket="chat", members=(Attended(who="a", heard=both),), said=SAID)

    assert (0, 0) == (broken(once, gathering), broken(in_order, gathering))


@pytest.mark.parametrize(
    ("end", "count"), [({}, 0), ({"refused": 401}, 1), ({"closed": 1008}, 1), ({"closed": 1006}, 1)]
)
def test_a_member_is_let_in_and_stays(end, count):
    assert count == broken(entered, Gathering(socket="chat", members=(Attended(who="a", **end),)))


@pytest.mark.parametrize(
    ("end", "open_to_all", "needs_a_token"),
    [
        ({}, 0, 1),
        ({"refused": 401}, 0, 0),
        ({"refused": 404}, 0, 0),
        ({"refused": 500}, 1, 1),
        ({"refused": 200}, 1, 1),
        ({"closed": 1008}, 0, 0),
        ({"closed": 1006}, 1, 1),
        ({"closed": 4999}, 1, 1),
    ],
)
def test_a_stranger_is_let_in_where_anybody_may_and_else_sent_away_as_documented(end, open_to_all, needs_a_token):
    gathering = Gathering(socket="chat", members=(), strangers=(Attended(who="nobody", **end),))

    assert (open_to_all, needs_a_token) == (broken(refused, gathering, OPEN), broken(refused, gathering, CLOSED))


@pytest.mark.parametrize(
    ("told", "closed", "count"),
    [
        (('{"type":"pong"}',), None, 0),
        (('{"type":"gong"}',), None, 1),
        ((b"x",), None, 1),
        ((), 4001, 0),
        ((), 4999, 1),
    ],
)
def test_frames_and_close_codes_that_nobody_documents_are_found(told, closed, count):
    gathering = Gathering(socket="chat", members=(Attended(who="a", heard=told, closed=closed),))

    assert count == broken(frames, gathering)


def test_an_empty_room_is_not_judged():
    found = [rule.judge(OPEN, Gathering(socket="chat", members=())).outcome for rule in (*RULES, frames, refused)]

    assert ["not judged"] * 6 == found


def late(*frames):
    return replace(met(WORDS, WORDS), latecomers=(Attended(who="c", heard=tuple(frames)),))


@pytest.mark.parametrize(
    ("told", "count"),
    [(WORDS, 0), (WORDS[3:], 0), ((), 0), (WORDS[::-1], 1), ([*WORDS, WORDS[0]], 1), (WORDS * 2, 1)],
    ids=["all", "the last", "nothing", "backwards", "one twice", "all twice"],
)
def test_who_comes_later_is_told_what_was_said_once_and_in_its_order(told, count):
    assert count == broken(history, late(frame(*told, name="history")))


@pytest.mark.parametrize(("number", "count"), [(3, 0), (7, 0), (2, 1), (0, 1)])
def test_who_is_told_how_many_are_there_is_told_of_all_of_them(number, count):
    assert count == broken(counted, late(json.dumps({"type": "viewer_count", "data": {"count": number}})))


def remarks(**changed):
    """What both hear, with an id for each remark and a user for each speaker."""
    told = [{"id": f"id of {word}", "user": {"id": who}, "content": word} | changed for who, word in SAID]
    heard = tuple(json.dumps({"type": "message", "data": one}) for one in told)
    return Gathering(socket="chat", members=(Attended(who="a", heard=heard),), said=SAID)


@pytest.mark.parametrize(
    ("changed", "count"), [({}, 0), ({"id": "one for all"}, 5), ({"user": {"id": "a"}}, 3), ({"room": "r"}, 0)]
)
def test_remarks_have_ids_of_their_own_and_their_speakers(changed, count):
    assert count == broken(told_apart, remarks(**changed))


@pytest.mark.parametrize(
    ("came", "count"),
    [({}, 1), ({"closed": 4004}, 0), ({"refused": 404}, 0), ({"refused": 500}, 1), ({"closed": 1006}, 1)],
)
def test_nobody_enters_a_room_that_is_not_there(came, count):
    assert count == broken(unknown, Gathering(socket="chat", members=(), lost=(Attended(who="c", **came),)))
