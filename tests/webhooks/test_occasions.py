"""Occasions: whatever a cloud may react to is among them, and no move that a stream could not make."""

from dataclasses import fields
from typing import get_args

import pytest
from streams import stream

from offair.emulator.core.events import Event, StreamMoved
from offair.emulator.core.publication import PUBLICATIONS, Publication
from offair.emulator.core.streams import MOVES, State
from offair.emulator.core.world import World
from offair.emulator.provider.fitting import SUBJECTS
from offair.emulator.webhooks.occasions import goes_on, occasions


@pytest.fixture(name="world")
def _world():
    world = World()
    yield world
    world.close()


def test_whatever_a_cloud_may_react_to_is_shown_to_it(world):
    known = {event for event in get_args(Event) if SUBJECTS & {field.name for field in fields(event)}}
    shown = {type(event) for event in occasions(world, stream())}

    assert known == shown


@pytest.mark.parametrize("state", State)
def test_every_move_is_legal_and_all_of_them_are_shown(world, state):
    moves = [event for event in occasions(world, stream(state=state)) if isinstance(event, StreamMoved)]
    seen = {(event.origin, event.stream.state) for event in moves}

    assert {(origin, target) for origin, targets in MOVES.items() for target in targets if target != origin} == seen


def test_what_can_follow_from_where_the_stream_is_comes_first(world):
    first = next(iter(occasions(world, stream(state=State.RECONNECTING))))

    assert State.RECONNECTING == first.origin


def test_a_broadcast_that_runs_is_the_one_that_is_told_of(world):
    running = Publication(id="b", tenant="t", stream="a-stream", protocol="srt", peer="there", began_at=0.0)
    world.put(PUBLICATIONS, running)
    told = goes_on(world, stream(publication="b"))

    assert running == told.publication
