"""The renditions of a stream that exists: added, changed, removed."""

from offair.emulator.core.ids import as_written
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import rules
from offair.emulator.providers.bintu.operations.documented import changed, operation, own
from offair.emulator.providers.bintu.wire import asking


@operation("POST /stream/{id}/transcode")
def add_transcode(call: Call) -> Reply:
    """Add a rendition; a single stream becomes a group by it."""
    group, _ = own(call)
    return changed(call, rules.add_transcode(call.world, group, asking.read_transcode(call.body)))


@operation("PUT /stream/{id}/transcode/{transcode}")
def edit_transcode(call: Call) -> Reply:
    """Give a rendition another profile."""
    group, _ = own(call)
    wanted = asking.read_transcode(call.body)
    return changed(call, rules.edit_transcode(call.world, group, as_written(call.path["transcode"]), wanted))


@operation("DELETE /stream/{id}/transcode/{transcode}")
def remove_transcode(call: Call) -> Reply:
    """Remove a rendition, and renumber those after it."""
    group, _ = own(call)
    left = rules.remove_transcode(call.world, group, as_written(call.path["transcode"]))
    return changed(call, rules.send_on(call, left))
