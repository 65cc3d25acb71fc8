"""Looking at streams: what there is of each cloud's, how each is doing, and who was told no."""

from typing import Any

import msgspec

from offair.emulator.core.ids import as_written
from offair.emulator.core.journal import Entry, Journal
from offair.emulator.core.numbers import Numbers
from offair.emulator.core.publication import PUBLICATIONS
from offair.emulator.core.recordings import Recording
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.tenants import TENANTS
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.faulting import find_stream
from offair.emulator.web.control.ingest import ingest_of
from offair.emulator.web.control.ordered import asked_of
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.playback import common_root

WHOSE = ("tenant", "stream", "state")
REFUSALS = 20  # that the state lists
REMEMBERED = 200  # refusals that are looked through for the latest of each stream
LINE = 60  # moments of a broadcast that the state shows: two minutes


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations that look at streams."""

    @operation("GET /state")
    def state(_call: Call) -> Reply:
        world = steered.world
        refused = refusals(steered.journal)
        latest = {one["stream"]: one["words"] for one in refused}
        return Reply(
            200,
            {
                "clock": {"now": steered.clock.now(), "rate": steered.clock.rate},
                "media_profile": steered.settings.media_profile,
                "tenants": [{"id": t.id, "cloud": t.cloud, "name": t.name} for t in world.find(TENANTS)],
                "streams": [
                    {
                        **show(stream),
                        "numbers": _short(steered.desk.monitor.numbers(stream.id)),
                        "bitrates": [moment.bitrate_in for moment in steered.desk.chronicle.of(stream.id)[-LINE:]],
                        "last_refusal": latest.get(stream.id),
                    }
                    for stream in world.find(STREAMS)
                ],
                "refusals": refused[-REFUSALS:],
                "publications": msgspec.to_builtins(world.find(PUBLICATIONS)),
                "transcoders": steered.desk.vitals(),
                "hooks_waiting": len(steered.deliveries(state="waiting")),
            },
        )

    @operation("GET /streams/{streamId}")
    def stream(call: Call) -> Reply:
        return Reply(200, _show_all(steered, find_stream(steered, call.path["streamId"])))

    @operation("PUT /streams/{streamId}/clip")
    def clip(call: Call) -> Reply:
        found = find_stream(steered, call.path["streamId"])
        if call.body["on"]:
            steered.desk.clips.begin(found.id, found.app, found.key)
        else:
            steered.desk.clips.end(found.id)
        return Reply(200, _clip(steered, found))

    @operation("GET /recordings")
    def recordings(call: Call) -> Reply:
        where = {name: as_written(call.query[name]) for name in WHOSE if name in call.query}
        return Reply(200, {"recordings": [_show_recording(steered, one) for one in steered.archive.find(**where)]})


def show(stream: Stream) -> dict[str, Any]:
    """Write what is told of a stream in a list."""
    return {
        "id": stream.id,
        "cloud": stream.cloud,
        "tenant": stream.tenant,
        "name": stream.name,
        "state": stream.state.value,
        "publication": stream.publication,
        "created_at": stream.created_at,
        "last_live_at": stream.last_live_at,
        "last_ended_at": stream.last_ended_at,
    }


def refusals(journal: Journal) -> list[dict[str, Any]]:
    """List who was told no last, callers and encoders, oldest first; of a wrong key nobody knows whose it is."""
    return [_refusal(entry) for entry in journal.entries({"refused": "yes"})[-REMEMBERED:]]


def root_of(steered: Steered, cloud: str, stream: str) -> str:
    """Where a stream plays; nowhere that answers, when a kept state is of a cloud that is not installed."""
    rooms = steered.rooms.get(cloud, steered.own_rooms)
    return common_root(steered.providers.get(cloud), rooms.addresses.cdn, stream)


def _refusal(entry: Entry) -> dict[str, Any]:
    details = entry.details
    return {
        "number": entry.number,
        "at": entry.at,
        "kind": entry.kind,
        "cloud": entry.cloud,
        "tenant": entry.tenant,
        "stream": entry.stream,
        "words": details.get("refused") or str(details["verdict"]).partition(": ")[2],
        "summary": entry.summary,
    }


def _show_all(steered: Steered, stream: Stream) -> dict[str, Any]:
    cdn_url, desk = root_of(steered, stream.cloud, stream.id), steered.desk
    numbers = desk.monitor.numbers(stream.id)
    addresses, provider = steered.own_rooms.addresses, steered.providers.get(stream.cloud)
    return {
        **show(stream),
        "app": stream.app,
        "stream_key": stream.key,
        "publish_url": f"{addresses.rtmp}/{stream.app}/{stream.key}",
        "ingest": ingest_of(stream, addresses),
        "asked": asked_of(stream, numbers, steered.settings.media_profile),
        "clip": _clip(steered, stream),
        "hook_url": stream.hook_url,
        "hook_secret": stream.hook_secret,
        "hooks": list(provider.promise.webhooks) if provider else [],
        "numbers": msgspec.to_builtins(numbers),
        "history": msgspec.to_builtins(desk.chronicle.of(stream.id)),
        "audience": msgspec.to_builtins(desk.monitor.audience(stream.id)),
        "playback": dict(provider.plays_at(stream, steered.rooms[stream.cloud])) if provider else {},
        "cdn_url": cdn_url,
        "thumbnail_url": f"{cdn_url}/thumbnail.jpg",
        "clip_url": f"{cdn_url}/clip.gif" if stream.capture.motion else None,
        "replay_url": f"{cdn_url}/replay.m3u8" if stream.capture.replay else None,
        "recordings": [_show_recording(steered, one) for one in steered.archive.find(stream=stream.id)],
    }


def _clip(steered: Steered, stream: Stream) -> dict[str, Any]:
    clips = steered.desk.clips
    return {"on": clips.is_on(stream.id), "words": clips.words(stream.id)}


def _short(numbers: Numbers | None) -> dict[str, Any] | None:
    if numbers is None:
        return None
    source, audience = numbers.source, numbers.audience
    return {"bitrate": source.bitrate, "fps": source.fps, "viewers": audience.viewers, "uptime": numbers.uptime}


def _show_recording(steered: Steered, recording: Recording) -> dict[str, Any]:
    root = root_of(steered, recording.cloud, recording.stream)
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
