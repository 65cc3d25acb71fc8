"""Streams: made, listed, read, stopped, locked, and deleted."""

from collections.abc import Sequence

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import listing, rules
from offair.emulator.providers.bintu.listing import STANDINGS, Sieve
from offair.emulator.providers.bintu.nouns import Group
from offair.emulator.providers.bintu.operations.documented import PLAYER, anybodys, changed, operation, own, said, shown
from offair.emulator.providers.bintu.wire import asking, streams

DELETED = STANDINGS[-1]


@operation("POST /stream")
def create_stream(call: Call) -> Reply:
    """Create a stream, and its whole group at once."""
    low_latency = call.switches.low_latency_hls
    wanted = asking.read_wanted(call.body)
    return said(shown(call, rules.create(call.world, call.tenant, wanted, low_latency=low_latency)))


@operation("GET /stream")
def list_streams(call: Call) -> Reply:
    """List streams, newest first; to who shows a player key as everybody sees them."""
    return _listed(call, is_public=call.caller is not None and call.caller.kind == PLAYER)


@operation("GET /stream/public")
def list_public(call: Call) -> Reply:
    """List streams as everybody sees them."""
    return _listed(call, is_public=True)


@operation("GET /stream/count")
def count_streams(call: Call) -> Reply:
    """Count what a list has."""
    return said({"count": len(_sifted(call, asking.read_sieve(call.query)))})


@operation("GET /stream/state/count")
def count_states(call: Call) -> Reply:
    """Count streams by state."""
    standings = [listing.stands(group) for group in rules.groups(call.world, call.tenant)]
    standings += [DELETED] * len(rules.graves(call.world, call.tenant))
    return said(streams.show_counts({standing: standings.count(standing) for standing in STANDINGS}))


@operation("GET /stream/group")
def list_groups(call: Call) -> Reply:
    """List the streams that have transcodes."""
    return _listed(call, is_group=True)


@operation("GET /stream/group/count")
def count_groups(call: Call) -> Reply:
    """Count the streams that have transcodes."""
    sieve = asking.read_sieve(call.query)
    return said({"count": sum(len(group.qualities) > 1 for group in _sifted(call, sieve))})


@operation("POST /stream/validate")
def validate_stream(call: Call) -> Reply:
    """Say whether a name is that of a stream of the caller's."""
    asked = call.body or {}
    name = asked.get("streamname", asked.get("name", ""))
    quality = rules.quality_named(call.world, name)
    return said(streams.show_name(name, quality if quality and quality.tenant == call.tenant.id else None))


@operation("GET /stream/{id}")
def get_stream(call: Call) -> Reply:
    """Show a stream, or one rendition of it."""
    group, quality = anybodys(call)
    found = shown(call, group, chosen=quality if quality.index else None)
    return said(streams.for_player(found) if asking.wants_little(call.query) else found)


@operation("GET /stream/{id}/group")
def get_group(call: Call) -> Reply:
    """Show the whole stream, whichever of its renditions is named."""
    group, _ = anybodys(call)
    found = shown(call, group)
    return said(streams.for_player(found) if asking.wants_little(call.query) else found)


@operation("DELETE /stream/{id}")
def delete_stream(call: Call) -> Reply:
    """Delete a stream, or one transcode of it, and say nothing."""
    group, quality = own(call)
    if quality.index:
        rules.send_on(call, rules.remove_transcode(call.world, group, quality.id))
    else:
        rules.delete(call.world, call.publications, group)
    return Reply(200)


@operation("PUT /stream/{id}/stop")
def stop_stream(call: Call) -> Reply:
    """Send the encoder away."""
    group, _ = own(call)
    if call.switches.stop_locks:
        return changed(call, rules.lock(call.world, call.publications, group.stream))
    return changed(call, rules.stop(call.world, call.publications, group.stream))


@operation("PUT /stream/{id}/lock")
def lock_stream(call: Call) -> Reply:
    """Send the encoder away and let nobody publish."""
    group, _ = own(call)
    return changed(call, rules.lock(call.world, call.publications, group.stream))


@operation("PUT /stream/{id}/unlock")
def unlock_stream(call: Call) -> Reply:
    """Let encoders publish again."""
    group, _ = own(call)
    return changed(call, rules.unlock(call.world, group.stream))


def _listed(call: Call, *, is_public: bool = False, is_group: bool | None = None) -> Reply:
    sieve = asking.read_sieve(call.query)
    found = _sifted(call, sieve)
    if is_group is not None:
        found = [group for group in found if (len(group.qualities) > 1) == is_group]
    return said([shown(call, group, is_public=is_public) for group in listing.cut(found, sieve)])


def _sifted(call: Call, sieve: Sieve) -> Sequence[Group]:
    every = rules.graves if sieve.standing == DELETED else rules.groups
    return listing.sift(every(call.world, call.tenant), sieve)
