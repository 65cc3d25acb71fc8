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


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A limit that a test set for one tenant, in place of the cloud's own: at most ``calls`` in any ``seconds``.

    ``operation`` is an operation id, or ``*`` for each that has no allowance of its own.
    """

    id: str
    tenant: str
    operation: str
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call passes, the window after it, and how many seconds until the next one would."""

    is_allowed: bool
    moments: tuple[float, ...]
    retry_after: float = 0.0


EVERY = "*"
WINDOWS = Table("windows", Window, ids=TEXT)
ALLOWANCES = Table("allowances", Allowance, ids=TEXT)


def allow(world: World, tenant: str, operation: str, *, calls: int, seconds: float) -> Allowance:
    """Set a tenant's limit on an operation, or on each (``*``); the calls so far count."""
    allowance = Allowance(id=f"{tenant}:{operation}", tenant=tenant, operation=operation, calls=calls, seconds=seconds)
    return world.put(ALLOWANCES, allowance)


def allowance_of(world: World, tenant: str, operation: str) -> Limit | None:
    """Find the limit that a test set for a tenant's calls of an operation."""
    if not world.count(ALLOWANCES, tenant=tenant):
        return None
    found = world.get(ALLOWANCES, f"{tenant}:{operation}") or world.get(ALLOWANCES, f"{tenant}:{EVERY}")
    return Limit(found.calls, found.seconds) if found else None


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
