"""Comparing two contracts: their operations, what they call, their sockets and their limits."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from offair.contracts.difference.difference import Difference, Level, Side, sort_differences
from offair.contracts.difference.operations import EVERY_METHOD, compare_bodies, compare_operations, compare_servers
from offair.contracts.difference.papers import Papers
from offair.contracts.difference.schemas import Comparison
from offair.contracts.pointer import Node, deref

SIDES: Mapping[str, Side] = {"from_client": "request", "from_server": "answer"}


def compare(old: Papers, new: Papers) -> list[Difference]:
    """Find what is another way in the newer contract, the worst first; words, sources and examples do not count."""
    return sort_differences(_all(old, new))


def _all(old: Papers, new: Papers) -> Iterator[Difference]:
    yield from compare_servers(old.openapi, new.openapi)
    yield from compare_operations(old.openapi, new.openapi)
    yield from _webhooks(old.webhooks, new.webhooks)
    yield from _sockets(old.sockets, new.sockets)
    yield from _limits(old.limits, new.limits)
    for name in sorted({*old.services, *new.services}):
        if name not in new.services:
            yield Difference(level="breaking", place=f"service {name}", message="is not there any more")
        elif name not in old.services:
            yield Difference(level="harmless", place=f"service {name}", message="is new")
        else:
            within = _all(old.services[name], new.services[name])
            yield from (replace(one, place=f"{name}: {one.place}") for one in within)


def _webhooks(old: Node, new: Node) -> Iterator[Difference]:
    was, now = old.get("webhooks", {}), new.get("webhooks", {})
    comparison = Comparison(old, new)
    yield from _come_and_gone(was, now, "webhook")
    if was and now:
        for word in ("x-event-member", "x-event-header"):
            yield from _changed("webhooks", word, old.get(word), new.get(word))
    for event in sorted(was.keys() & now.keys()):
        place, before, after = f"webhook {event}", _called(old, was[event]), _called(new, now[event])
        signed = [_signature(node, document) for node, document in ((before, old), (after, new))]
        yield from _changed(place, "signature", *signed)
        bodies = deref(old, before.get("requestBody", {})), deref(new, after.get("requestBody", {}))
        yield from compare_bodies(
            comparison, bodies[0].get("content", {}), bodies[1].get("content", {}), place, "answer"
        )
        meant = [
            {str(status): node.get("x-allows") for status, node in one.get("responses", {}).items()}
            for one in (before, after)
        ]
        yield from _changed(place, "meaning of answers", *meant)


def _called(document: Node, item: Node) -> Node:
    """What is called: by POST, as clouds do, or by the one method that there is."""
    methods = {name: node for name, node in deref(document, item).items() if name in EVERY_METHOD}
    return methods.get("post") or next(iter(methods.values()), {})


def _signature(node: Node, document: Node) -> Any:
    said = node.get("x-signature", document.get("x-signature"))
    return {word: said.get(word) for word in ("header", "form")} if said else None


def _sockets(old: Node, new: Node) -> Iterator[Difference]:
    was, now = old.get("sockets", {}), new.get("sockets", {})
    comparison = Comparison(old, new)
    yield from _come_and_gone(was, now, "socket")
    for name in sorted(was.keys() & now.keys()):
        before, after, place = was[name], now[name], f"socket {name}"
        for word in ("path", "member", "security"):
            yield from _changed(place, word, before.get(word), after.get(word))
        for word, side in SIDES.items():
            frames: tuple[Node, Node] = before.get(word, {}), after.get(word, {})
            told = f"{place}, {'frame of a client' if side == 'request' else 'frame'}"
            yield from _come_and_gone(*frames, told)
            for frame in sorted(frames[0].keys() & frames[1].keys()):
                schemas = frames[0][frame].get("schema", {}), frames[1][frame].get("schema", {})
                yield from comparison.compare(*schemas, f"{told} {frame}:", side)
        codes = [dict.fromkeys(map(str, one.get("closes", {}))) for one in (before, after)]
        yield from _come_and_gone(codes[0], codes[1], f"{place}, close", gone="harmless")


def _limits(old: Node, new: Node) -> Iterator[Difference]:
    was, now = (
        {(term["kind"], term["subject"], term["unit"]): term for term in document.get("limits", ())}
        for document in (old, new)
    )
    for key in sorted({*was, *now}):
        before, after = (_allowance(terms.get(key)) for terms in (was, now))
        place = f"{key[0]} of {key[1]} ({key[2]})"
        if before != after:
            level: Level = "harmless" if after is None else "risky" if before is None else "breaking"
            if before is not None and after is not None and _rate(after) >= _rate(before) and after[0] >= before[0]:
                level = "harmless"
            yield Difference(level=level, place=place, message="allows another number", was=before, now=after)


def _allowance(term: Node | None) -> tuple[float, float] | None:
    """How many, and within how many seconds; None where nobody says."""
    if term is None or term.get("allowed") is None:
        return None
    return term["allowed"], term.get("seconds") or 0.0


def _rate(allowance: tuple[float, float]) -> float:
    return allowance[0] / allowance[1] if allowance[1] else allowance[0]


def _come_and_gone(was: Node, now: Node, what: str, *, gone: Level = "breaking") -> Iterator[Difference]:
    for name in sorted(was.keys() - now.keys()):
        yield Difference(level=gone, place=f"{what} {name}", message="is not there any more")
    for name in sorted(now.keys() - was.keys()):
        yield Difference(level="harmless", place=f"{what} {name}", message="is new")


def _changed(place: str, what: str, was: Any, now: Any) -> Iterator[Difference]:
    if was != now:
        yield Difference(level="breaking", place=place, message=f"has another {what}", was=was, now=now)
