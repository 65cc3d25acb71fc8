"""The page of what can be turned: the cloud's time, what goes wrong, who is there, and how much they may."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from offair.emulator.console.clerk import Clerk
from offair.emulator.core.masking import Mask

LEAPS = ((60, "a minute"), (3_600, "an hour"), (86_400, "a day"))
RATES = (1, 10, 60)
APART = frozenset({"id", "kind", "tenant", "stream"})
MEASURES = {
    "seconds": {"delay", "timeout", "stale", "freeze", "black", "silence", "keyless", "drop"},
    "status": {"status"},
    "bytes_per_second": {"throttle"},
    "codec": {"wrong_codec"},
    "announced": {"discontinuity"},
    "by": {"jump"},
}  # of which kinds of faults a measure says something
NOTHING = {"seconds": 0.0, "at": 0.0}  # what a measure is that says nothing
CALL_FAULTS = ("status", "delay", "timeout", "drop", "garbage", "truncate")


def gather(clerk: Clerk, _parts: Mapping[str, str], _query: Mapping[str, str]) -> dict[str, Any]:
    """Gather the clock, every fault, tenant and limit."""
    tenants = clerk.ask("GET /tenants")["tenants"]
    return {
        "leaps": LEAPS,
        "rates": RATES,
        "faults": list(faults(clerk, tenants)),
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


def faults(clerk: Clerk, tenants: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Find everything that goes wrong on request: what it does and to whom, and where it is taken back."""
    names = {one["id"]: one["name"] for one in tenants}
    for place, whose in (("faults", "callers"), ("playback-faults", "players"), ("encoder-faults", "encoders")):
        for fault in clerk.ask(f"GET /{place}")["faults"]:
            told = {name: value for name, value in fault.items() if name not in APART and _says(fault, name, value)}
            yield {
                "whose": whose,
                "kind": fault["kind"],
                "tenant": names.get(fault.get("tenant"), ""),
                "stream": fault["stream"] if fault.get("stream") not in {None, "*"} else "",
                "told": told,
                "path": f"_offair/{place}/{fault['id']}",
            }


def _says(fault: Mapping[str, Any], name: str, value: Any) -> bool:
    """Say whether a member tells something of this kind of fault, and not what any has."""
    is_said = value not in {None, "*"} and value != NOTHING.get(name)
    return is_said and (name not in MEASURES or fault["kind"] in MEASURES[name])
