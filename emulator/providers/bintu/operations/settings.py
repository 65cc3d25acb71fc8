"""What is set on a stream: tags, where it is sent to, what is kept of it, options, timecodes."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import captions, rules
from offair.emulator.providers.bintu.nouns import OPTIONS, OptionGroup, Quality
from offair.emulator.providers.bintu.operations.documented import changed, operation, own, said
from offair.emulator.providers.bintu.wire import asking, streams


@operation("PUT /stream/{id}/tag")
def set_tags(call: Call) -> Reply:
    """Replace a rendition's tags."""
    _, quality = own(call)
    return changed(call, rules.change(call.world, quality, tags=asking.read_tags(call.body)))


@operation("PUT /stream/{id}/push_url")
def set_push_url(call: Call) -> Reply:
    """Say where a stream is sent to as well."""
    _, quality = own(call)
    url = (call.body or {}).get("url") or None
    return changed(call, rules.push(call, quality, url))


@operation("POST /stream/{id}/processing")
def set_processing(call: Call) -> Reply:
    """Say what is kept of the next broadcast."""
    group, quality = own(call)
    wanted = asking.read_steps(call.body) or ((),)
    return changed(call, rules.set_steps(call.world, group, wanted, quality))


@operation("PUT /stream/{id}/timecode")
def set_timecode(call: Call) -> Reply:
    """Say whether the next broadcast has timecodes, and how far apart."""
    group, _ = own(call)
    return changed(call, rules.set_timecodes(call.world, group.stream, asking.read_timecode(call.body)))


@operation("GET /stream/{id}/options")
def get_options(call: Call) -> Reply:
    """Read a stream's groups of options."""
    return _listed(call, own(call)[1])


@operation("POST /stream/{id}/options")
def create_options(call: Call) -> Reply:
    """Add a group of options, or put it in the place of the one that is there."""
    return _kept(call)


@operation("PUT /stream/{id}/options")
def modify_options(call: Call) -> Reply:
    """Put a group of options in the place of the one that is there."""
    return _kept(call)


@operation("DELETE /stream/{id}/options")
def delete_options(call: Call) -> Reply:
    """Remove a group of options; one that is not there is gone already."""
    _, quality = own(call)
    call.world.delete(OPTIONS, id=f"{quality.id}:{call.query['group']}")
    return _listed(call, quality)


def _kept(call: Call) -> Reply:
    _, quality = own(call)
    wanted = asking.read_captions(call.body)
    booked, own_language = call.switches.captions, call.switches.own_language_target
    captions.check(wanted, is_booked=booked, own_language=own_language, name=asking.TARGETS)
    name = call.body["name"]
    made = OptionGroup(
        id=f"{quality.id}:{name}", tenant=quality.tenant, stream=quality.id, name=name, options=call.body["options"]
    )  # fmt: skip
    return said(streams.show_options(call.world.put(OPTIONS, made)))


def _listed(call: Call, quality: Quality) -> Reply:
    return said([streams.show_options(group) for group in call.world.find(OPTIONS, stream=quality.id)])
