"""Streams: made, listed, shown, changed, started, ended."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.shows import Show
from offair.emulator.providers.ainative.operations.register import (
    me,
    operation,
    own_show,
    seen,
    show_in,
    user_of,
)
from offair.emulator.providers.ainative.rules import seeing, shelves, streams
from offair.emulator.providers.ainative.rules.seeing import Seen
from offair.emulator.providers.ainative.wire import reading
from offair.emulator.providers.ainative.wire import streams as wire


@operation("POST /streams/")
def create_stream(call: Call) -> Reply:
    """Make a stream; only this answer says where to publish."""
    show = streams.create(call.world, me(call), reading.stream_wish(call.body), call.switches)
    shown = wire.show_created(seen(call, show), call.addresses, web_client=call.switches.web_client)
    return Reply(201, shown)


@operation("GET /streams/")
def list_streams(call: Call) -> Reply:
    """List everybody's streams, and the caller's own that were never live."""
    found = seeing.public(seeing.all_seen(call.world, call.switches), user_of(call))
    wanted, category = reading.wanted_phase(call.query), reading.wanted_category(call.query)
    shelf = shelves.below(call.world, category) if category else None
    fitting = seeing.listed(
        one for one in found
        if wanted in {"all", one.phase} and (shelf is None or one.show.category in shelf)
    )  # fmt: skip
    begin = reading.number(call.query, "offset", 0)
    page = fitting[begin : begin + reading.number(call.query, "limit", reading.LIMIT)]
    return Reply(200, wire.list_streams([_show(call, one) for one in page], total=len(fitting)))


@operation("GET /streams/id/{stream_id}")
def get_stream(call: Call) -> Reply:
    """Show a stream, whoever asks, without where to publish."""
    return _shown(call, show_in(call))


@operation("PUT /streams/id/{stream_id}")
def update_stream(call: Call) -> Reply:
    """Change what is given."""
    return _shown(call, streams.update(call.world, own_show(call), reading.stream_changes(call.body)))


@operation("POST /streams/id/{stream_id}/start")
def start_stream(call: Call) -> Reply:
    """Mark a stream live, with or without an encoder."""
    return _shown(call, streams.start(call.world, own_show(call)))


@operation("POST /streams/{stream_id}/end")
def end_stream(call: Call) -> Reply:
    """End a stream for good."""
    return _shown(call, streams.end(call.world, call.publications, own_show(call), call.switches))


@operation("GET /streams/test-deployment")
def probe(_call: Call) -> Reply:
    """Say that it is deployed."""
    return Reply(200, {"status": "ok"})


def _shown(call: Call, show: Show) -> Reply:
    return Reply(200, _show(call, seen(call, show)))


def _show(call: Call, one: Seen) -> wire.JSON:
    """Show a stream; the web client's page for encoders finds the key of its own one again by this alone."""
    shown = wire.show_stream(one, call.addresses)
    is_own = call.switches.web_client and one.show.person == user_of(call)
    return {**shown, "stream_key": one.stream.key} if is_own else shown
