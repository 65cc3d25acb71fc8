"""Letting things go wrong: for callers of an API, for players, and for encoders."""

from dataclasses import replace

import msgspec

from offair.emulator.core.faults.calls import ANY, FAULTS, Fault
from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.core.faults.players import (
    PLAYBACK_FAULTS,
    PlaybackFault,
    absolute,
    contradiction,
    lift,
)
from offair.emulator.core.ids import as_written
from offair.emulator.core.problems import Conflict, Missing
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.tenants import TENANTS, Tenant
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.provider import Provider
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.steered import Steered


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations that let things go wrong, and right again."""
    world = steered.world

    @operation("GET /faults")
    def faults(_call: Call) -> Reply:
        return Reply(200, {"faults": msgspec.to_builtins(world.find(FAULTS))})

    @operation("POST /faults")
    def add_fault(call: Call) -> Reply:
        tenant = find_tenant(steered, call.body["tenant"])
        _check_operation(steered.providers[tenant.cloud], call.body.get("operation", ANY))
        wanted = {**call.body, "id": world.ids.uuid(), "tenant": tenant.id}
        fault = world.put(FAULTS, msgspec.convert(wanted, Fault))
        return Reply(201, msgspec.to_builtins(fault))

    @operation("DELETE /faults/{faultId}")
    def remove_fault(call: Call) -> Reply:
        if not world.delete(FAULTS, id=call.path["faultId"]):
            raise Missing(f"there is no fault {call.path['faultId']}")
        return Reply(204)

    @operation("GET /playback-faults")
    def playback_faults(_call: Call) -> Reply:
        return Reply(200, {"faults": msgspec.to_builtins(world.find(PLAYBACK_FAULTS))})

    @operation("POST /playback-faults")
    def add_playback_fault(call: Call) -> Reply:
        tenant = find_tenant(steered, call.body["tenant"])
        about = {"stream": as_written(call.body.get("stream", ANY))}
        wanted = msgspec.convert({**call.body, **about, "id": world.ids.uuid(), "tenant": tenant.id}, PlaybackFault)
        if wanted.stream != ANY and find_stream(steered, wanted.stream).tenant != tenant.id:
            raise Missing(f"the stream {wanted.stream} is another tenant's")
        fault = _counted(steered, wanted)
        problem = contradiction(fault)
        if problem:
            raise Conflict(problem)
        return Reply(201, msgspec.to_builtins(world.put(PLAYBACK_FAULTS, fault)))

    @operation("DELETE /playback-faults/{faultId}")
    def remove_playback_fault(call: Call) -> Reply:
        if not lift(world, call.path["faultId"]):
            raise Missing(f"there is no playback fault {call.path['faultId']}")
        return Reply(204)

    @operation("GET /encoder-faults")
    def encoder_faults(_call: Call) -> Reply:
        return Reply(200, {"faults": msgspec.to_builtins(steered.desk.stage.disturbances())})

    @operation("POST /encoder-faults")
    def add_encoder_fault(call: Call) -> Reply:
        stream = find_stream(steered, call.body["stream"])
        fault = msgspec.convert({**call.body, "stream": stream.id, "id": world.ids.uuid()}, EncoderFault)
        steered.desk.stage.disturb(fault)
        return Reply(201, msgspec.to_builtins(fault))

    @operation("DELETE /encoder-faults/{faultId}")
    def remove_encoder_fault(call: Call) -> Reply:
        if not steered.desk.stage.settle(call.path["faultId"]):
            raise Missing(f"there is no encoder fault {call.path['faultId']} (any more)")
        return Reply(204)


def find_tenant(steered: Steered, tenant_id: str) -> Tenant:
    """Find a tenant; Missing says where to look."""
    found = steered.world.get(TENANTS, as_written(tenant_id))
    if found is None:
        raise Missing(f"there is no tenant {tenant_id}; GET /state lists those that are there")
    return found


def find_stream(steered: Steered, stream_id: str) -> Stream:
    """Find a stream; Missing says where to look."""
    found = steered.world.get(STREAMS, as_written(stream_id))
    if found is None:
        raise Missing(f"there is no stream {stream_id}; GET /state lists those that are there")
    return found


def _counted(steered: Steered, fault: PlaybackFault) -> PlaybackFault:
    """Make a relative sequence absolute, at the stream's live edge of this moment."""
    if not fault.sequence.startswith("+"):
        return fault
    newest = None if fault.stream == ANY else steered.desk.stage.newest_segment(fault.stream)
    if newest is None:
        raise Conflict(
            f"{fault.sequence} counts from a stream's newest segment: name a stream that is live, "
            "or give absolute numbers"
        )
    return replace(fault, sequence=absolute(fault.sequence, newest))


def _check_operation(cloud: Provider, operation: str) -> None:
    known: list[str] = []
    for promise in (surface.operations.promise for surface in cloud.surfaces):
        known += [documented.operation_id for documented in promise.operations.values()]
        for key, socket in promise.sockets.items():
            frames = (f"{key}.{name}" for name in (*socket.from_client, *socket.from_server))
            known += [key, f"{key}.{ANY}", *dict.fromkeys(frames)]
    if operation not in {ANY, *known}:
        raise Missing(f"{cloud.name} has no operation {operation}; it has {', '.join(known)}, and {ANY} is all of them")
