"""The page of what can be turned: the cloud's time, what goes wrong, who is there, and how much they may."""

from collections.abc import Iterator, Mapping
from typing import Any

from offair.emulator.console.clerk import Clerk
from offair.emulator.core.masking import Mask

LEAPS = ((60, "a minute"), (3_600, "an hour"), (86_400, "a day"))
RATES = (1, 10, 60)
CALL_FAULTS = ("status", "delay", "timeout", "drop", "garbage", "truncate")


def gather(clerk: Clerk, _parts: Mapping[str, str], _query: Mapping[str, str]) -> dict[str, Any]:
    """Gather the clock, every fault, tenant and limit."""
    tenants = clerk.ask("GET /tenants")["tenants"]
    return {
        "leaps": LEAPS,
        "rates": RATES,
        "faults": list(faults(clerk)),
        "call_faults": CALL_FAULTS,
        "tenants": tenants,
        "open": {one["id"]: list(openly(clerk, one)) for one in tenants},
        "clouds": list(clerk.providers),
        "limits": clerk.ask("GET /limits")["limits"],
        "names": {one["id"]: one["name"] for one in tenants},
    }


def openly(clerk: Clerk, tenant: Mapping[str, Any]) -> Iterator[str]:
    """Name what a tenant needs to know that is no secret, as a user's id: what the journal would not mask either."""
    mask = Mask(clerk.providers[tenant["cloud"]].secrets if tenant["cloud"] in clerk.providers else ())
    for name, value in (tenant["credentials"] or {}).items():
        if mask({name: value}) == {name: value}:
            yield name


def faults(clerk: Clerk) -> Iterator[dict[str, Any]]:
    """Find everything that goes wrong on request, with where it is taken back."""
    for place, whose in (("faults", "callers"), ("playback-faults", "players"), ("encoder-faults", "encoders")):
        for fault in clerk.ask(f"GET /{place}")["faults"]:
            told = {
                name: value for name, value in fault.items() if name not in {"id", "kind"} and value not in {None, "*"}
            }
            yield {"whose": whose, "kind": fault["kind"], "told": told, "path": f"_offair/{place}/{fault['id']}"}
