"""The hooks that Tenbyte sends to a stream's ``webhook_url``: pure, from a moved stream to what is posted.

Events and body are documented (guide: webhooks); which move sends which, and the signature, are inferred.
"""

from collections.abc import Iterator

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.events import StreamMoved
from offair.emulator.core.streams import State
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import Delivery, Signature

RETRIES = (5.0, 25.0)  # three attempts in all


def deliveries(moved: StreamMoved, rooms: Rooms) -> Iterator[Delivery]:
    """Render the hook of a move, if the stream has a URL for it and the move has one."""
    stream = moved.stream
    event = _event(moved)
    if event is None or stream.hook_url is None or stream.hook_secret is None:
        return
    yield Delivery(
        event=event,
        url=stream.hook_url,
        body={
            "event": event,
            "stream_id": stream.id,
            "stream_name": stream.name,
            "timestamp": rfc3339(stream.updated_at),
        },
        signature=Signature(header=rooms.switches.signature_header, secret=stream.hook_secret),
    )


def _event(moved: StreamMoved) -> str | None:
    match moved.origin, moved.stream.state:
        case (State.RECONNECTING | State.LIVE, State.LIVE):
            return None
        case (_, State.LIVE):
            return "stream.started"
        case (_, State.STOPPING):
            return "stream.stopped"
        case (_, State.ERRORED):
            return "stream.error"
        case (State.STOPPING, State.IDLE):
            return "stream.idle"
    return None
