"""Changing the stand-in: reset, snapshot, clock, tenants and tokens."""

import base64
import binascii
from typing import Any

import msgspec

from offair.emulator.core.problems import Conflict, Malformed, Missing
from offair.emulator.provider import Call, Operations, Provider, Reply
from offair.emulator.web.control.faulting import find_tenant
from offair.emulator.web.control.steered import Steered

TOKEN_SECONDS = 15 * 60.0


def register(operation: Operations, emulator: Steered) -> None:
    """Answer the operations that change something."""

    @operation("POST /reset")
    def reset(call: Call) -> Reply:
        tenant = (call.body or {}).get("tenant")
        if tenant is not None:
            find_tenant(emulator, tenant)
        emulator.reset(tenant)
        return Reply(200, {"reset": tenant or "everything"})

    @operation("GET /snapshot")
    def snapshot(_call: Call) -> Reply:
        return Reply(200, {"snapshot": base64.b64encode(emulator.world.snapshot()).decode()})

    @operation("POST /restore")
    def restore(call: Call) -> Reply:
        try:
            emulator.restore(base64.b64decode(call.body["snapshot"], validate=True))
        except (binascii.Error, ValueError) as error:
            raise Malformed(f"this is no snapshot: {error}") from error
        return Reply(200, {"restored": True})

    @operation("GET /clock")
    def read_clock(_call: Call) -> Reply:
        return Reply(200, _clock(emulator))

    @operation("PUT /clock")
    def set_clock(call: Call) -> Reply:
        if call.body["rate"] == 0:
            emulator.clock.freeze(at=call.body.get("now"))
        else:
            emulator.clock.run(call.body["rate"], at=call.body.get("now"))
        return Reply(200, _clock(emulator))

    @operation("POST /clock/advance")
    def advance_clock(call: Call) -> Reply:
        emulator.clock.advance(call.body["seconds"])
        return Reply(200, _clock(emulator))

    @operation("POST /tenants")
    def invite(call: Call) -> Reply:
        cloud = _cloud(emulator, call.body["cloud"])
        return Reply(201, msgspec.to_builtins(emulator.invite(cloud.name, call.body.get("name") or "tenant")))

    @operation("POST /tokens")
    def mint(call: Call) -> Reply:
        cloud = _cloud(emulator, call.body["cloud"])
        if cloud.mint is None:
            raise Conflict(f"{cloud.name} knows no bearer tokens of its own; use its other credentials")
        named = call.body.get("tenant")
        tenant = find_tenant(emulator, named) if named else emulator.house_tenant(cloud.name)
        return Reply(201, {"token": emulator.mint(tenant, call.body.get("seconds") or TOKEN_SECONDS)})


def _clock(emulator: Steered) -> dict[str, Any]:
    return {"now": emulator.clock.now(), "rate": emulator.clock.rate}


def _cloud(emulator: Steered, name: str) -> Provider:
    if name not in emulator.providers:
        raise Missing(f"there is no cloud {name}; there is {', '.join(emulator.providers)}")
    return emulator.providers[name]
