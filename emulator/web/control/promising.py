"""What each cloud documents, how much of it is served, and how its limits and switches stand now."""

from collections.abc import Iterator
from typing import Any

import msgspec

from offair.contracts.limit import LimitTerm
from offair.emulator.core.limits import WINDOWS, Limit, Window
from offair.emulator.core.tenants import TENANTS
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.provider import Provider
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Surface
from offair.emulator.settings.kinds import shown
from offair.emulator.settings.setting import described
from offair.emulator.web.control.steered import Steered


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations that tell what is promised."""

    @operation("GET /promise")
    def promise(_call: Call) -> Reply:
        return Reply(200, {"clouds": [_cloud(steered, provider) for provider in steered.providers.values()]})

    @operation("GET /limits")
    def limits(_call: Call) -> Reply:
        return Reply(200, {"limits": list(_limits(steered))})


def _cloud(steered: Steered, provider: Provider) -> dict[str, Any]:
    return {
        "name": provider.name,
        "title": provider.title,
        "services": [_service(surface) for surface in provider.surfaces],
        "limits": [
            _term(term, surface.service) for surface in provider.surfaces for term in surface.operations.promise.limits
        ],
        "hooks": list(provider.promise.webhooks),
        "switches": list(_switches(provider, steered.rooms[provider.name].switches)),
    }


def _service(surface: Surface) -> dict[str, Any]:
    promise = surface.operations.promise
    return {
        "name": surface.service,
        "title": promise.title,
        "operations": [
            {
                "key": one.key,
                "operation_id": one.operation_id,
                "summary": one.summary,
                "grade": one.grade,
                "source": one.source,
                "served": performer is not None,
            }
            for one, performer in surface.operations
        ],
        "sockets": [
            {
                "key": term.key,
                "path": term.path,
                "grade": term.grade,
                "source": term.source,
                "served": opener is not None,
            }
            for term, opener in surface.sockets or ()
        ],
    }


def _term(term: LimitTerm, service: str) -> dict[str, Any]:
    return {"service": service, **msgspec.to_builtins(term)}


def _switches(provider: Provider, chosen: Any) -> Iterator[dict[str, Any]]:
    for name, setting in described(provider.switch_type).items():
        yield {
            "name": name,
            "value": shown(getattr(chosen, name)),
            "default": setting.otherwise,
            "values": setting.values,
            "words": setting.words,
            "operations": list(provider.switched.get(name, ())),
        }


def _limits(steered: Steered) -> Iterator[dict[str, Any]]:
    """Give every rate limit that is enforced, with the windows of those who have called."""
    now = steered.clock.now()
    clouds = {tenant.id: tenant.cloud for tenant in steered.world.find(TENANTS)}
    windows = steered.world.find(WINDOWS)
    for provider in steered.providers.values():
        switches = steered.rooms[provider.name].switches
        for surface in provider.surfaces:
            for what, limit in surface.limits(switches).items():
                about = [one for one in windows if clouds.get(one.tenant) == provider.name and _what(one) == what]
                yield {
                    "cloud": provider.name,
                    "service": surface.service,
                    "operation": what,
                    "calls": limit.calls,
                    "seconds": limit.seconds,
                    "by": limit.by,
                    "windows": [_window(one, limit, now) for one in about],
                }


def _what(window: Window) -> str:
    return window.id.rpartition(":")[2]


def _window(window: Window, limit: Limit, now: float) -> dict[str, Any]:
    """Say how much of a limit is used up now, and in how many cloud seconds the oldest call counts no more."""
    fresh = [moment for moment in window.moments if moment > now - limit.seconds]
    user = window.id.rpartition(":")[0].partition("/")[2]
    return {
        "tenant": window.tenant,
        "user": user or None,
        "used": len(fresh),
        "left": max(0, limit.calls - len(fresh)),
        "resets_in": round(fresh[0] + limit.seconds - now, 3) if fresh else 0.0,
    }
