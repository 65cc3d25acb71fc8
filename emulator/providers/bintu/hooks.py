"""What Bintu asks and tells an organisation's webhook, in forms; and what a broadcast's beginning and end change."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from offair.emulator.core.events import PublicationBegan, PublicationEnded, PublicationGoesOn, ViewerLeft
from offair.emulator.core.ports import Knock
from offair.emulator.core.recordings import RECORDINGS, Recording, RecordingState
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.viewing import Viewing
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import FORM, Delivery, Outcome, Question
from offair.emulator.provider.provider import Reaction
from offair.emulator.providers.bintu import rules
from offair.emulator.providers.bintu.people import ORGANISATIONS, organisation_of
from offair.emulator.providers.bintu.processing import capture_of, has_own_recording
from offair.emulator.providers.bintu.profiles import variant

PLAY_APP = "play"
DONE = frozenset({RecordingState.READY, RecordingState.SHIPPING, RecordingState.SHIPPED})
MILLISECONDS = 1000
DENIED = 403

Fields = list[tuple[str, str]]


def admit(knock: Knock, stream: Stream, rooms: Rooms) -> Question | None:
    """Ask the organisation whether an encoder may publish; what was said behind the name goes first, as it was said."""
    said = _about(stream, _app(knock.app), knock.peer)
    return _question("publish", stream, rooms, [*said[:2], *_old(stream, rooms), *said[2:]], before=knock.query)


def renew(event: PublicationGoesOn, rooms: Rooms) -> Question | None:
    """Ask the organisation whether a broadcast may go on; a plain 403 alone ends it."""
    stream, publication = event.stream, event.publication
    times = [("time", str(int(event.seconds))), ("timestamp", str(int(event.seconds * MILLISECONDS)))]
    said = _about(stream, _app(publication.app), publication.peer)
    asked = _question("update_publish", stream, rooms, [*times, *said], before=publication.query)
    return replace(asked, objection=_forbidden) if asked else None


def point(rooms: Rooms, stream: Stream, url: str) -> Rooms:
    """Have the hooks of a stream's organisation go to a URL."""
    rooms.world.put(ORGANISATIONS, replace(organisation_of(rooms.world, stream.tenant), webhook=url))
    return rooms


def on_began(event: PublicationBegan, rooms: Rooms) -> Iterator[Delivery]:
    """Keep of this broadcast what is asked for now, and all of it where the encoder came to be recorded."""
    query = dict(parse_qsl(event.publication.query, keep_blank_values=True))
    is_recorded = event.publication.app == rules.RECORDING_APP or "record" in query
    stream = rooms.world.get(STREAMS, event.stream.id)
    if stream is not None:
        qualities = rules.group_of(rooms.world, stream.id).qualities
        capture = capture_of((quality.steps for quality in qualities), is_recorded=is_recorded)
        apart = dict.fromkeys(variant(one, rooms.media_profile) for one in qualities if has_own_recording(one))
        rooms.world.put(STREAMS, replace(stream, capture=replace(capture, apart=tuple(apart))))
    return iter(())


def on_ended(event: PublicationEnded, rooms: Rooms) -> Iterator[Delivery]:
    """Tell the organisation what a broadcast came to."""
    totals, publication = event.totals, event.publication
    counts = [("bytes_in", str(totals.bytes_in)), ("bytes_out", str(totals.bytes_out))]
    said = [*_about(event.stream, _app(publication.app), publication.peer), *counts]
    yield from _news("publish_done", event.stream, rooms, said, before=publication.query)


def ask_to_play(viewing: Viewing, stream: Stream, rooms: Rooms) -> Question | None:
    """Ask the organisation whether somebody may watch, where that is chosen."""
    if not rooms.switches.play_hooks or viewing.is_seated:
        return None
    said = _about(stream, PLAY_APP, viewing.peer or "")
    return _question("play", stream, rooms, [said[0], ("start", "0"), ("duration", "0"), *said[1:]])


def on_left(event: ViewerLeft, rooms: Rooms) -> Iterator[Delivery]:
    """Tell the organisation that somebody watches no more, where that is chosen."""
    stream = rooms.world.get(STREAMS, event.viewing.stream)
    if rooms.switches.play_hooks and stream is not None:
        name, *others = _about(stream, PLAY_APP, event.viewing.peer or "")
        counts = [("bytes_in", "0"), ("bytes_out", str(event.size))]
        yield from _news("play_done", stream, rooms, [name, *counts, *others])


def recordings_of(world: World, stream: str) -> list[Recording]:
    """List what was kept whole of a stream's broadcasts, oldest first."""
    found = world.find(RECORDINGS, stream=stream)
    return [one for one in found if one.capture.recording and one.state in DONE]


def replays_of(world: World, stream: str) -> list[Recording]:
    """List the recordings of which a replay plays, oldest first; while they run too."""
    return [one for one in world.find(RECORDINGS, stream=stream) if one.capture.replay]


def _question(call: str, stream: Stream, rooms: Rooms, fields: Fields, *, before: str = "") -> Question | None:
    delivery = next(_news(call, stream, rooms, fields, before=before), None)
    return Question(delivery=delivery, timeout=rooms.switches.hook_seconds) if delivery else None


def _news(call: str, stream: Stream, rooms: Rooms, fields: Fields, *, before: str = "") -> Iterator[Delivery]:
    url = organisation_of(rooms.world, stream.tenant).webhook
    if url is not None:
        body = "&".join(filter(None, (before, urlencode([("call", call), *fields]))))
        yield Delivery(event=call, url=url, body=body, media_type=FORM, retries=())


def _about(stream: Stream, app: str, peer: str) -> Fields:
    """Name a stream and who is there: an address without its port, and a number that stays while they are there."""
    client = zlib.crc32(f"{stream.id} {peer}".encode())
    return [("name", stream.key), ("app", app), ("addr", _address(peer)), ("clientid", str(client))]


def _old(stream: Stream, rooms: Rooms) -> Fields:
    if not rooms.switches.old_hook_fields:
        return []
    return [("type", "live"), ("tcurl", f"{rooms.addresses.rtmp}/{stream.app}")]


def _app(said: str) -> str:
    return said or rules.APP


def _address(peer: str) -> str:
    host, colon, port = peer.rpartition(":")
    return host.strip("[]") if colon and port.isdigit() and host else peer


def _forbidden(outcome: Outcome) -> str | None:
    return f"the webhook ends it ({outcome.words})" if outcome.status == DENIED else None


REACTIONS: Mapping[type, Reaction] = {PublicationBegan: on_began, PublicationEnded: on_ended, ViewerLeft: on_left}
