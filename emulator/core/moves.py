"""The one way in which streams change state."""

from dataclasses import replace
from typing import Any

from offair.emulator.core.events import StreamMoved
from offair.emulator.core.streams import STREAMS, State, Stream, check_move
from offair.emulator.core.world import World


def move(
    world: World, stream: Stream, target: State, *, reason: str, words: str | None = None, **changes: Any
) -> Stream:
    """Move a stream along the state table and tell everybody; IllegalMoveError where there is no arrow.

    ``changes`` are further fields of the stream that change with the state.
    """
    check_move(stream.state, target)
    return place(world, stream, target, reason=reason, words=words, **changes)


def place(
    world: World, stream: Stream, target: State, *, reason: str, words: str | None = None, **changes: Any
) -> Stream:
    """Put a stream into a state without asking the state table: for a caller whose word is law."""
    now = world.clock.now()
    with world.transaction():
        moved = replace(stream, state=target, updated_at=now, **changes)
        world.put(STREAMS, moved)
        world.events.publish(StreamMoved(stream=moved, origin=stream.state, reason=reason, words=words))
    return moved


def ended_now(world: World, stream: Stream) -> dict[str, Any]:
    """The fields that change when a broadcast is over; empty when there was none."""
    return {"last_ended_at": world.clock.now()} if stream.state in {State.LIVE, State.RECONNECTING} else {}
