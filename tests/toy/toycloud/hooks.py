"""What the toy calls: news in a form without a signature, news in signed JSON, and questions that it waits for."""

from collections.abc import Iterator
from typing import Any

from offair.emulator.core.events import (
    PublicationBegan,
    PublicationEnded,
    PublicationGoesOn,
    RecordingMoved,
    StreamDeleted,
    StreamMoved,
    ViewerCame,
    ViewerLeft,
)
from offair.emulator.core.ports import Knock, Reason, Refused
from offair.emulator.core.recordings import RecordingState
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import FORM, Delivery, Outcome, Question, Signature
from toycloud.rules import BELLS, SHOWS, VENUES, Bell, Show
from toycloud.wire import show_state

RETRIES = (1.0, 5.0)  # cloud seconds


def admit(knock: Knock, stream: Stream, rooms: Rooms) -> Question | Refused | None:
    """Ask the house whether an encoder may come in; who says that it is late need not be asked about."""
    bell = rooms.world.get(BELLS, stream.tenant)
    if "late" in knock.query:
        return Refused(Reason.FORBIDDEN, "nobody comes in late")
    return _question("asks", stream, bell, rooms, peer=knock.peer) if bell else None


def renew(event: PublicationGoesOn, rooms: Rooms) -> Question | None:
    """Ask the house whether a broadcast may go on."""
    bell = rooms.world.get(BELLS, event.stream.tenant)
    return _question("beats", event.stream, bell, rooms, seconds=event.seconds) if bell else None


def _question(call: str, stream: Stream, bell: Bell, rooms: Rooms, **facts: Any) -> Question:
    return Question(
        delivery=Delivery(event=call, url=bell.url, body=_form(call, stream, facts), media_type=FORM),
        timeout=rooms.switches.answer_seconds,
        objection=_objection,
    )


def _objection(outcome: Outcome) -> str | None:
    """A 200 is a yes, and a no may have words."""
    return None if outcome.status == 200 else outcome.answer or f"the house says no ({outcome.words})"


def _form(call: str, stream: Stream, facts: dict[str, Any]) -> dict[str, Any]:
    return {"call": call, "room": stream.id, **facts}


def _news(call: str, stream: Stream, rooms: Rooms, **facts: Any) -> Iterator[Delivery]:
    """Tell a house in a form, once, whatever comes of it."""
    bell = rooms.world.get(BELLS, stream.tenant)
    if bell is not None:
        yield Delivery(event=call, url=bell.url, body=_form(call, stream, facts), media_type=FORM, retries=())


def _signed(call: str, stream_id: str, tenant: str, rooms: Rooms, **facts: Any) -> Iterator[Delivery]:
    """Tell a house in JSON, signed, and again where it does not listen."""
    bell = rooms.world.get(BELLS, tenant)
    if bell is not None:
        signature = Signature(header="X-Toy-Signature", secret=bell.secret)
        body = {"call": call, "room": stream_id, **facts}
        yield Delivery(event=call, url=bell.url, body=body, signature=signature)


def on_began(event: PublicationBegan, rooms: Rooms) -> Iterator[Delivery]:
    """Tell that it is on."""
    return _news("began", event.stream, rooms)


def on_ended(event: PublicationEnded, rooms: Rooms) -> Iterator[Delivery]:
    """Keep what it came to, and tell it."""
    row, stream, size = event.publication, event.stream, event.totals.bytes_in
    rooms.world.put(
        SHOWS,
        Show(
            id=row.id, tenant=row.tenant, room=row.stream, began_at=row.began_at, seconds=event.seconds, size=size
        ),
    )  # fmt: skip
    return _news("ended", stream, rooms, seconds=event.seconds, size=size)


def on_moved(event: StreamMoved, rooms: Rooms) -> Iterator[Delivery]:
    """Tell in which state a room is now."""
    stream = event.stream
    return _signed("moved", stream.id, stream.tenant, rooms, state=show_state(stream))


def on_recording(event: RecordingMoved, rooms: Rooms) -> Iterator[Delivery]:
    """Tell that a recording can be seen."""
    recording = event.recording
    if recording.state is RecordingState.READY:
        yield from _signed("kept", recording.stream, recording.tenant, rooms, seconds=recording.seconds)


def on_viewer(event: ViewerCame | ViewerLeft, rooms: Rooms) -> Iterator[Delivery]:
    """Tell who came, and who went after how long and with how much."""
    stream = rooms.world.get(STREAMS, event.viewing.stream)
    if stream is None:
        return
    if isinstance(event, ViewerLeft):
        yield from _news("went", stream, rooms, seconds=event.seconds, size=event.size)
    else:
        yield from _news("came", stream, rooms, peer=event.viewing.peer)


def on_deleted(event: StreamDeleted, rooms: Rooms) -> Iterator[Delivery]:
    """Forget where a room was watched, and send away who talks there, once it is really gone."""
    rooms.world.delete(VENUES, room=event.stream.id)
    rooms.world.after_commit(lambda: rooms.chat.close(event.stream.id, 4404, "the room is gone"))
    return iter(())


REACTIONS = {
    PublicationBegan: on_began,
    PublicationEnded: on_ended,
    StreamMoved: on_moved,
    StreamDeleted: on_deleted,
    RecordingMoved: on_recording,
    ViewerCame: on_viewer,
    ViewerLeft: on_viewer,
}
