"""Changing the stand-in: reset, snapshot, clock, tenants, worlds and tokens."""

import base64
from typing import Any

from offair.emulator.core.problems import Conflict, Malformed
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.faulting import find_tenant
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.control.streams import show

TOKEN_SECONDS = 15 * 60.0


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations that change something."""

    @operation("POST /reset")
    def reset(call: Call) -> Reply:
        named = (call.body or {}).get("tenant")
        tenant = None if named is None else find_tenant(steered, named).id
        steered.tenancy.reset(tenant)
        if tenant is None:
            steered.inbox.clear()
        return Reply(200, {"reset": tenant or "everything"})

    @operation("GET /snapshot")
    def snapshot(_call: Call) -> Reply:
        return Reply(200, {"snapshot": base64.b64encode(steered.world.snapshot()).decode()})

    @operation("POST /restore")
    def restore(call: Call) -> Reply:
        try:
            content = base64.b64decode(call.body["snapshot"], validate=True)
        except ValueError as error:
            raise Malformed("this is no snapshot: it is not in base64, in which GET /snapshot gives one") from error
        try:
            steered.restore(content)
        except ValueError as error:
            raise Malformed(f"this is no snapshot: {error}; GET /snapshot gives one, and all is as it was") from error
        return Reply(200, {"restored": True})

    @operation("GET /clock")
    def read_clock(_call: Call) -> Reply:
        return Reply(200, _clock(steered))

    @operation("PUT /clock")
    def set_clock(call: Call) -> Reply:
        if call.body["rate"] == 0:
            steered.clock.freeze(at=call.body.get("now"))
        else:
            steered.clock.run(call.body["rate"], at=call.body.get("now"))
        return Reply(200, _clock(steered))

    @operation("POST /clock/advance")
    def advance_clock(call: Call) -> Reply:
        steered.clock.advance(call.body["seconds"])
        return Reply(200, _clock(steered))

    @operation("POST /streams/{streamId}/simulate")
    def simulate(call: Call) -> Reply:
        moved = steered.simulation.go(call.path["streamId"], call.body["to"])
        return Reply(200, show(moved))

    @operation("POST /tenants")
    def invite(call: Call) -> Reply:
        cloud = steered.cloud(call.body["cloud"])
        tenant = steered.tenancy.invite(cloud.name, call.body.get("name") or "tenant")
        return Reply(201, steered.show_tenant(tenant))

    @operation("POST /seed-world")
    def seed_world(call: Call) -> Reply:
        cloud = steered.cloud(call.body["cloud"])
        if cloud.populate is None:
            able = [name for name, one in steered.providers.items() if one.populate is not None]
            raise Conflict(f"{cloud.name} has no people to begin with; those that have: {', '.join(able) or 'none'}")
        with steered.world.transaction():
            cloud.populate(steered.rooms[cloud.name])
        return Reply(200, {"seeded": cloud.name})

    @operation("POST /tokens")
    def mint(call: Call) -> Reply:
        cloud = steered.cloud(call.body["cloud"])
        if cloud.mint is None:
            raise Conflict(f"{cloud.name} knows no bearer tokens of its own; use its other credentials")
        named = call.body.get("tenant")
        tenant = find_tenant(steered, named) if named else steered.tenancy.house(cloud.name)
        seconds = call.body.get("seconds") or TOKEN_SECONDS
        switches = steered.rooms[cloud.name].switches
        return Reply(201, {"token": cloud.mint(steered.world, tenant, seconds, switches)})


def _clock(steered: Steered) -> dict[str, Any]:
    return {"now": steered.clock.now(), "rate": steered.clock.rate}
