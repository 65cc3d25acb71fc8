"""Tenbyte's ten operations: each reads the call, asks a rule, and shows what became of it."""

import msgspec

from offair.contracts.contract import promise
from offair.emulator.core.ids import as_written
from offair.emulator.core.problems import Missing
from offair.emulator.core.streams import STREAMS, State, Stream
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.tenbyte import rules, wire
from offair.emulator.providers.tenbyte.auth import CLOUD

operation = Operations(promise(CLOUD))

CREATED = "Created Successfully"
FETCHED = "Fetched Successfully"
UPDATED = "Updated Successfully"
STOPPED = "Stopped Successfully"
RESTARTED = "Restarted Successfully"
PONG = "pong"


@operation("GET /ping")
def ping(_call: Call) -> Reply:
    """Say that the API is there."""
    return _success(PONG, {})


@operation("GET /health")
def health(_call: Call) -> Reply:
    """Say that it is well, without the envelope."""
    return Reply(200, {"status": "healthy"})


@operation("POST /streams")
def create_stream(call: Call) -> Reply:
    """Create a stream."""
    longest = {"event": call.switches.event_seconds}.get(call.body["type"])
    stream = rules.create(call.world, call.tenant, wire.read_wanted(call.body), longest=longest)
    shown = wire.show_stream(stream, call.addresses, null_playback=call.switches.null_playback)
    return _success(CREATED, shown, status=201)


@operation("GET /streams")
def list_streams(call: Call) -> Reply:
    """List the organization's streams, newest first unless asked otherwise."""
    page = rules.page(call.world, call.tenant, **wire.read_page(call.query))
    reply = _success(FETCHED, [wire.written_row(stream) for stream in page.streams])
    return Reply(200, {**reply.body, "meta": wire.show_pagination(page)})


@operation("GET /streams/{streamId}")
def get_stream(call: Call) -> Reply:
    """Fetch a stream."""
    return _success(FETCHED, _shown(call, _stream(call)))


@operation("DELETE /streams/{streamId}")
def delete_stream(call: Call) -> Reply:
    """Delete a stream that is off air."""
    rules.delete(call.publications, _stream(call), stops_live=call.switches.delete_stops_live)
    return Reply(204)


@operation("POST /streams/{streamId}/stop")
def stop_stream(call: Call) -> Reply:
    """Send the encoder away; the stream can go live again."""
    rules.stop(call.publications, _stream(call))
    return _success(STOPPED, {})


@operation("POST /streams/{streamId}/restart")
def restart_stream(call: Call) -> Reply:
    """Start the transcoder anew."""
    rules.restart(call.publications, _stream(call))
    return _success(RESTARTED, {})


@operation("POST /streams/{streamId}/reset-key")
def reset_stream_key(call: Call) -> Reply:
    """Replace the stream key; the old one is dead at once."""
    return _success(UPDATED, _shown(call, rules.reset_key(call.world, call.publications, _stream(call))))


@operation("POST /webhooks/transcoder")
def transcoder_webhook(call: Call) -> Reply:
    """Take a transcoder's word for a stream's state."""
    stream = call.world.get(STREAMS, as_written(call.body["stream_id"]))
    if stream is None or stream.tenant != call.tenant.id:
        raise Missing(f"there is no stream {call.body['stream_id']}")
    details = call.body.get("details") or {}
    reason, words = details.get("reason") or call.body["event"], details.get("error")
    rules.report(call.world, stream, State(call.body["status"]), reason=reason, words=words)
    return Reply(200, {"received": True})


def _stream(call: Call) -> Stream:
    return rules.find(call.world, call.tenant, call.path["streamId"])


def _shown(call: Call, stream: Stream) -> msgspec.Raw:
    return wire.written_stream(stream, call.addresses, null_playback=call.switches.null_playback)


def _success(message: str, body: wire.JSON | msgspec.Raw | list[msgspec.Raw], *, status: int = 200) -> Reply:
    return Reply(status, {"success": True, "message": message, "data": body})
