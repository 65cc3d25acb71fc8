"""Looking at the stand-in: is it well, what is there, what happened."""

from typing import Any

import msgspec

from offair.emulator.core.ids import as_written
from offair.emulator.core.journal import Entry
from offair.emulator.core.numbers import Numbers
from offair.emulator.core.problems import Malformed, Missing
from offair.emulator.core.publication import PUBLICATIONS
from offair.emulator.core.recordings import Recording
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.tenants import TENANTS
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.faulting import find_stream
from offair.emulator.web.control.steered import Steered

FILTERS = ("kind", "cloud", "tenant", "stream", "operation", "status", "text", "after", "before")
WHOSE = ("tenant", "stream", "state")
LONGEST_WAIT = 60.0
DEFAULT_WAIT = 10.0
DEFAULT_LIMIT = 200


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations that only look."""

    @operation("GET /health")
    def health(_call: Call) -> Reply:
        return Reply(200, {"status": "up"})

    @operation("GET /ready")
    def ready(_call: Call) -> Reply:
        return Reply(200, steered.ready())

    @operation("GET /openapi.json")
    def document(_call: Call) -> Reply:
        return Reply(200, operation.promise.document)

    @operation("GET /state")
    def state(_call: Call) -> Reply:
        world = steered.world
        return Reply(
            200,
            {
                "clock": {"now": steered.clock.now(), "rate": steered.clock.rate},
                "media_profile": steered.settings.media_profile,
                "tenants": [{"id": t.id, "cloud": t.cloud, "name": t.name} for t in world.find(TENANTS)],
                "streams": [
                    {**show(stream), "numbers": _short(steered.monitor.numbers(stream.id))}
                    for stream in world.find(STREAMS)
                ],
                "publications": msgspec.to_builtins(world.find(PUBLICATIONS)),
                "transcoders": steered.vitals(),
                "hooks_waiting": len(steered.deliveries(state="waiting")),
            },
        )

    @operation("GET /streams/{streamId}")
    def stream(call: Call) -> Reply:
        found = find_stream(steered, call.path["streamId"])
        cdn_url = _root(steered, found.cloud, found.id)
        return Reply(
            200,
            {
                **show(found),
                "stream_key": found.key,
                "publish_url": f"{steered.own_rooms.addresses.rtmp}/{found.app}/{found.key}",
                "hook_url": found.hook_url,
                "hook_secret": found.hook_secret,
                "numbers": msgspec.to_builtins(steered.monitor.numbers(found.id)),
                "audience": msgspec.to_builtins(steered.monitor.audience(found.id)),
                "cdn_url": cdn_url,
                "thumbnail_url": f"{cdn_url}/thumbnail.jpg",
                "clip_url": f"{cdn_url}/clip.gif" if found.capture.motion else None,
                "replay_url": f"{cdn_url}/replay.m3u8" if found.capture.replay else None,
                "recordings": [_show_recording(steered, one) for one in steered.archive.find(stream=found.id)],
            },
        )

    @operation("GET /recordings")
    def recordings(call: Call) -> Reply:
        where = {name: as_written(call.query[name]) for name in WHOSE if name in call.query}
        return Reply(200, {"recordings": [_show_recording(steered, one) for one in steered.archive.find(**where)]})

    @operation("GET /deliveries")
    def deliveries(call: Call) -> Reply:
        where = {name: as_written(call.query[name]) for name in WHOSE if name in call.query}
        return Reply(200, {"deliveries": msgspec.to_builtins(steered.deliveries(**where))})

    @operation("GET /journal")
    def journal(call: Call) -> Reply:
        limit = int(_number(call, "limit", DEFAULT_LIMIT))
        entries = steered.journal.entries(wanted_of(call))
        return Reply(200, {"entries": [_entry(entry) for entry in entries[max(0, len(entries) - limit) :]]})

    @operation("GET /journal/{number}")
    def entry(call: Call) -> Reply:
        found = steered.journal.find(int(call.path["number"]))
        if found is None:
            raise Missing(f"the journal has no entry {call.path['number']} (any more); GET /journal lists those it has")
        return Reply(200, _entry(found))

    @operation("DELETE /journal")
    def clear(_call: Call) -> Reply:
        steered.journal.clear()
        return Reply(204)

    @operation("GET /journal/wait")
    def wait(call: Call) -> Reply:
        patience = min(_number(call, "timeout", DEFAULT_WAIT), LONGEST_WAIT)
        entry = steered.journal.wait_for(wanted_of(call), steered.clock.deadline(patience))
        if entry is None:
            latest = [seen.summary for seen in steered.journal.entries()[-5:]]
            raise Missing(f"nothing matched within {patience:g} s; the journal's latest: {latest}")
        return Reply(200, _entry(entry))


def show(stream: Stream) -> dict[str, Any]:
    """Write what is told of a stream in a list."""
    return {
        "id": stream.id,
        "cloud": stream.cloud,
        "tenant": stream.tenant,
        "name": stream.name,
        "state": stream.state.value,
        "publication": stream.publication,
    }


def _short(numbers: Numbers | None) -> dict[str, Any] | None:
    if numbers is None:
        return None
    source, audience = numbers.source, numbers.audience
    return {"bitrate": source.bitrate, "fps": source.fps, "viewers": audience.viewers, "uptime": numbers.uptime}


def _show_recording(steered: Steered, recording: Recording) -> dict[str, Any]:
    root = _root(steered, recording.cloud, recording.stream)
    bucket = recording.capture.bucket
    return {
        "id": recording.id,
        "cloud": recording.cloud,
        "tenant": recording.tenant,
        "stream": recording.stream,
        "state": recording.state.value,
        "words": recording.words,
        "began_at": recording.began_at,
        "ended_at": recording.ended_at,
        "seconds": recording.seconds,
        "size": recording.size,
        "files": {name: f"{root}/recordings/{recording.id}/{name}" for name in recording.files},
        "replay_url": f"{root}/replay-{recording.session}.m3u8" if recording.capture.replay else None,
        "bucket": f"{bucket.endpoint}/{bucket.name}" if bucket else None,
    }


def _root(steered: Steered, cloud: str, stream: str) -> str:
    """Where a stream plays; nowhere that answers, when a kept state is of a cloud that is not installed."""
    rooms = steered.rooms.get(cloud, steered.own_rooms)
    return f"{rooms.addresses.cdn}/{stream}"


def _entry(entry: Entry) -> Any:
    return entry.as_json()


def wanted_of(call: Call) -> dict[str, str]:
    """Read which entries of the journal a call wants."""
    return {name: as_written(call.query[name]) for name in FILTERS if name in call.query}


def _number(call: Call, name: str, default: float) -> float:
    try:
        return float(call.query.get(name, default))
    except ValueError as error:
        raise Malformed(f"{name} is a number, not {call.query[name]!r}") from error
