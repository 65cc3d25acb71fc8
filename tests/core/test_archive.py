"""Recordings in the world: their life, whose they are, and who hears of it."""

import pytest
from streams import stream

from offair.emulator.core.archive import Archive
from offair.emulator.core.events import RecordingForgotten, RecordingMoved
from offair.emulator.core.recordings import RecordingState
from offair.emulator.core.streams import Capture
from offair.emulator.core.world import World


@pytest.fixture(name="world")
def _world():
    world = World()
    yield world
    world.close()


@pytest.fixture(name="archive")
def _archive(world):
    return Archive(world)


def test_a_recording_begins_with_what_its_stream_asked_for(archive):
    capture = Capture(recording=True, prefix="news")
    recording = archive.begin(stream(capture=capture), "a-publication")

    assert (capture, "a-tenant", RecordingState.RECORDING) == (recording.capture, recording.tenant, recording.state)


def test_every_move_is_heard_of(world, archive):
    heard = []
    world.events.subscribe(RecordingMoved, lambda event: heard.append((event.origin, event.recording.state)))
    recording = archive.begin(stream(), "a-publication")
    archive.move(recording.id, RecordingState.PROCESSING)

    assert [(None, "recording"), ("recording", "processing")] == heard


def test_recordings_are_found_by_tenant_stream_and_state(archive):
    first = archive.begin(stream(id="one"), "p")
    archive.begin(stream(id="two", tenant="another"), "p")
    archive.move(first.id, RecordingState.READY)

    assert [first.id] == [found.id for found in archive.find(state=RecordingState.READY)]
    assert ["two"] == [found.stream for found in archive.find(tenant="another")]
    assert [first.id] == [found.id for found in archive.find(stream="one")]


def test_what_was_forgotten_cannot_be_moved(archive):
    recording = archive.begin(stream(), "p")
    archive.forget(id=recording.id)

    assert archive.move(recording.id, RecordingState.READY) is None


def test_whoever_keeps_the_files_hears_what_was_forgotten(world, archive):
    heard = []
    world.events.subscribe(RecordingForgotten, lambda event: heard.append(event.recording.stream))
    archive.begin(stream(id="one"), "p")
    archive.begin(stream(id="two", tenant="another"), "p")
    archive.forget(tenant="a-tenant")

    assert (["one"], ["two"]) == (heard, [left.stream for left in archive.find()])
