"""Rate limits as arithmetic: the calls so far, a moment, and a verdict. Nothing here reads a clock."""

from dataclasses import dataclass
from typing import Literal

from offair.emulator.core.table import TEXT, Table
from offair.emulator.core.tenants import Caller
from offair.emulator.core.world import World


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``calls`` in any ``seconds`` (a sliding window), of a tenant, or of each of its users."""

    calls: int
    seconds: float
    by: Literal["tenant", "user"] = "tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The moments of the calls that a limit still counts; ``id`` says whose and of what."""

    id: str
    tenant: str
    moments: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call passes, the window after it, and how many seconds until the next one would."""

    is_allowed: bool
    moments: tuple[float, ...]
    retry_after: float = 0.0


WINDOWS = Table("windows", Window, ids=TEXT)


def judge(limit: Limit, moments: tuple[float, ...], now: float) -> Verdict:
    """Judge one more call at ``now``; a refused call does not count against the caller."""
    fresh = tuple(moment for moment in moments if moment > now - limit.seconds)
    if len(fresh) < limit.calls:
        return Verdict(is_allowed=True, moments=(*fresh, now))
    if limit.calls == 0:
        return Verdict(is_allowed=False, moments=fresh, retry_after=limit.seconds)
    return Verdict(is_allowed=False, moments=fresh, retry_after=fresh[-limit.calls] + limit.seconds - now)


def spend(world: World, limit: Limit, *, caller: Caller, what: str) -> Verdict:
    """Count a call of ``what`` on the cloud's clock and give the verdict."""
    tenant = caller.tenant.id
    whose = f"{tenant}/{caller.user}" if limit.by == "user" and caller.user else tenant
    with world.transaction():
        window = world.get(WINDOWS, f"{whose}:{what}") or Window(id=f"{whose}:{what}", tenant=tenant)
        verdict = judge(limit, window.moments, world.clock.now())
        world.put(WINDOWS, Window(id=window.id, tenant=tenant, moments=verdict.moments))
        return verdict
