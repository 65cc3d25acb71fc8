"""The page of what happened, and of one entry of it: request and answer, what was wrong, and the same once more."""

import json
from collections.abc import Iterator, Mapping
from difflib import ndiff
from typing import Any
from urllib.parse import urlencode, urlsplit

from offair.contracts.digits import is_number
from offair.contracts.nearest import nearest
from offair.emulator.console import repeating
from offair.emulator.console.clerk import Clerk
from offair.emulator.core.problems import Missing

SHOWN = 100  # entries on a page without scripts; with them, so many at first
MOST = 300  # rows that a page holds, however long it is open: a frame costs as many
BESIDE = 300  # newest entries among which those beside one are looked for
FILTERS = ("kind", "cloud", "tenant", "stream", "operation", "status", "text")
KINDS = ("request", "hook", "publication", "move", "recording", "frame", "mail", "fault", "trouble")
STATUSES = ("2xx", "3xx", "4xx", "5xx")
OWN = "X-Offair-Console"  # what the console's own calls of a cloud carry
COMPARED = 400  # lines; what is longer is compared as far as that
HEADS = frozenset({"host", "content-length", "connection", "accept-encoding", OWN.lower()})


def gather(clerk: Clerk, _parts: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    """Gather the newest entries that the filters let through.

    ``after`` in the query gives those that came since an entry, ``before`` those that were before it.
    """
    wanted = filters(query)
    ends = {name: query[name] for name in ("after", "before") if is_number(query.get(name, ""))}
    most = str(MOST if "after" in ends else SHOWN)
    entries = clerk.ask("GET /journal", query={**wanted, **ends, "limit": most})["entries"]
    shown = urlencode(wanted)
    return {
        "entries": [row(entry) for entry in reversed(entries)],
        "newest": max((entry["number"] for entry in entries), default=0),
        "oldest": entries[0]["number"] if len(entries) == SHOWN else 0,
        "wanted": wanted,
        "shown": shown,
        "most": MOST,
        "kinds": KINDS,
        "statuses": STATUSES,
        "clouds": [(name, provider.title) for name, provider in clerk.providers.items()],
        "tenants": [(one["id"], f"{one['name']} ({one['cloud']})") for one in clerk.ask("GET /tenants")["tenants"]],
    }


def filters(query: Mapping[str, str]) -> dict[str, str]:
    """Read which entries are wanted; what asks for nothing is none."""
    return {name: query[name] for name in FILTERS if query.get(name)}


def row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Show an entry in a line: what it is, how it came out, and whether the console itself did it."""
    details = entry["details"]
    status = details.get("status")
    is_bad = entry["kind"] == "trouble" or (isinstance(status, int) and status >= 500)
    is_off = isinstance(status, int) and 400 <= status < 500
    headers = details.get("request_headers") or {}
    return {
        **entry,
        "status": status,
        "tone": "bad" if is_bad else "warn" if is_off or entry["kind"] == "fault" else "",
        "operation": details.get("operation"),
        "is_own": any(name.lower() == OWN.lower() for name in headers),
    }


def show(clerk: Clerk, parts: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    """Gather all that is known of one entry, and how it differs from another where the query names one."""
    entry = find(clerk, parts["number"])
    details = entry["details"]
    other = find(clerk, query["with"]) if is_number(query.get("with", "")) else None
    wanted = filters(query)
    return {
        "title": entry["summary"],
        "entry": row(entry),
        "back": urlencode(wanted),
        "wanted_pairs": list(wanted.items()),
        "request": {
            "headers": details.get("request_headers") or {},
            "body": pretty(details.get("request_body")),
            "unread": _is_unread(details),
        },
        "answer": {"headers": details.get("response_headers") or {}, "body": pretty(details.get("response_body"))},
        "violations": details.get("violations") or [],
        "meant": _meant(clerk, entry),
        "curl": curl_of(clerk, entry),
        "rest": pretty({name: told for name, told in details.items() if name not in TOLD}),
        "other": other,
        "compared": list(compare(other, entry)) if other else [],
        "neighbours": _neighbours(clerk, entry, wanted),
    }


TOLD = frozenset({
    "request_headers", "request_body", "response_headers", "response_body", "violations", "refused", "method", "url",
    "status", "operation", "milliseconds", "traceback",
})  # fmt: skip


def find(clerk: Clerk, number: str) -> dict[str, Any]:
    """Find an entry by its number; Missing says what became of it."""
    if not is_number(number):
        raise Missing(f"entries of the journal have numbers, and {number} is none")
    found: dict[str, Any] = clerk.ask("GET /journal/{number}", {"number": number})
    return found


def curl_of(clerk: Clerk, entry: Mapping[str, Any]) -> str:
    """Write a request as a curl line that does it again; empty where the entry is none."""
    details = entry["details"]
    url, method = details.get("url"), details.get("method")
    clouds = clerk.ask("GET /ready")["clouds"]
    if not isinstance(url, str) or not isinstance(method, str):
        return ""
    shown = clouds.get(entry["cloud"], {})
    named = [
        (name, value) for name, value in (details.get("request_headers") or {}).items() if name.lower() not in HEADS
    ]
    headers = repeating.with_variables(named, shown)
    asked = details.get("request_body")
    body = asked if isinstance(asked, str) else "" if asked is None else json.dumps(asked, ensure_ascii=False)
    variables = repeating.variables_of(entry["cloud"], shown) if entry["cloud"] else {}
    return repeating.curl(method, url, headers, body, variables)


def pretty(told: Any) -> str:
    """Write a body for reading: JSON with a member a line, a text as it is."""
    if told is None or told == {}:
        return ""
    return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, indent=2, default=str)


def compare(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Compare two entries line by line: each line with a sign, ``-`` for what only the first has, ``+`` the second."""
    for line in ndiff(_text(one), _text(other)):
        if not line.startswith("?"):
            yield line[0], line[2:]


def _is_unread(details: Mapping[str, Any]) -> bool:
    """Say whether a request came with a body at which nobody looked, as where no operation is."""
    lengths = [
        value for name, value in (details.get("request_headers") or {}).items() if name.lower() == "content-length"
    ]
    return details.get("request_body") is None and lengths not in ([], ["0"])


def _text(entry: Mapping[str, Any]) -> list[str]:
    details = {name: told for name, told in entry["details"].items() if name not in {"milliseconds", "traceback"}}
    return pretty({"summary": entry["summary"], **details}).splitlines()[:COMPARED]


def _meant(clerk: Clerk, entry: Mapping[str, Any]) -> Any:
    """Find which operation was meant by a request that none fitted."""
    details = entry["details"]
    if entry["kind"] != "request" or details.get("operation") or entry["cloud"] not in clerk.providers:
        return None
    method, _, path = entry["summary"].partition(" ")
    promises = [surface.operations.promise for surface in clerk.provider(entry["cloud"]).surfaces]
    place = urlsplit(path.rpartition(" ")[0]).path
    return nearest(promises, method, place, f"/{place.strip('/').partition('/')[0]}")


def _neighbours(clerk: Clerk, entry: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    """Find the entries beside one in what is filtered: to go on reading, and to compare with the like."""
    entries = clerk.ask("GET /journal", query={**wanted, "limit": str(BESIDE)})["entries"]
    numbers = [one["number"] for one in entries]
    older = [number for number in numbers if number < entry["number"]]
    newer = [number for number in numbers if number > entry["number"]]
    like = [one for one in entries if _is_like(one, entry)]
    return {"older": older[-1] if older else None, "newer": newer[0] if newer else None, "like": like[-8:][::-1]}


def _is_like(one: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Say whether another entry is of the same operation of the same cloud."""
    operation = entry["details"].get("operation")
    same = one["cloud"] == entry["cloud"] and one["details"].get("operation") == operation
    return operation is not None and same and one["number"] != entry["number"]
