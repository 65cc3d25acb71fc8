"""The page of what each cloud documents: served or not, how well it is known, from where, and what can be switched."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from offair.emulator.console.clerk import Clerk
from offair.emulator.provider.provider import Provider


def gather(clerk: Clerk, _parts: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    """Gather what a cloud documents, or the first where the query names none."""
    cloud = query.get("cloud") or next(iter(clerk.providers), "")
    text = query.get("text", "")
    provider = clerk.provider(cloud)
    switches = _told(clerk, cloud)["switches"]
    every = list(rows(provider, switches))
    return {
        "cloud": cloud,
        "cloud_title": provider.title,
        "clouds": [(name, one.title) for name, one in clerk.providers.items()],
        "text": text,
        "rows": [row for row in every if text.casefold() in f"{row['key']} {row['id']} {row['summary']}".casefold()],
        "count": len(every),
        "served": sum(row["served"] for row in every),
        "inferred": sum(row["grade"] == "inferred" for row in every),
        "limits": [term for surface in provider.surfaces for term in surface.operations.promise.limits],
        "switches": switches,
    }


def rows(provider: Provider, switches: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """List every operation and socket that a cloud documents, each operation with the switches that change it."""
    for surface in provider.surfaces:
        promise = surface.operations.promise
        for operation, performer in surface.operations:
            yield {
                "service": promise.service,
                "key": operation.key,
                "id": operation.operation_id,
                "summary": operation.summary or "",
                "served": performer is not None,
                "grade": operation.grade,
                "source": operation.source,
                "switches": [one["name"] for one in switches if operation.key in one["operations"]],
            }
        for socket, opener in surface.sockets or ():
            yield {
                "service": promise.service,
                "key": f"socket {socket.path}",
                "id": socket.key,
                "summary": "",
                "served": opener is not None,
                "grade": socket.grade,
                "source": socket.source,
                "switches": [],
            }


def _told(clerk: Clerk, cloud: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in clerk.ask("GET /promise")["clouds"] if one["name"] == cloud)
    return found
