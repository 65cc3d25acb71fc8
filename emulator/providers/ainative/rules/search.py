"""Searching: words in titles, descriptions and names, the best fit first; and what people searched for."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.shows import SEARCHES, Sought

T = TypeVar("T")
MOST = 500  # texts that are remembered
LONGEST = 80


def terms(text: str) -> list[str]:
    """Cut a search into its words."""
    return re.findall(r"\w+", text.lower())


def fit(wanted: list[str], fields: Iterable[tuple[float, str | None]]) -> float:
    """Weigh how well weighted texts fit words, each of which must begin some word of theirs; 0 where one does not."""
    weighed = [(weight, terms(text or "")) for weight, text in fields]
    total = 0.0
    for term in wanted:
        hits = [
            weight * (2 if term in words else 1)
            for weight, words in weighed
            if any(word.startswith(term) for word in words)
        ]
        if not hits:
            return 0.0
        total += max(hits)
    return total


def ranked(text: str, things: Iterable[T], fields: Callable[[T], Iterable[tuple[float, str | None]]]) -> list[T]:
    """List the things that fit a text, the best first; all of them where the text has no words."""
    wanted = terms(text)
    if not wanted:
        return [] if text.strip() else list(things)
    weighed = [(fit(wanted, fields(thing)), thing) for thing in things]
    return [thing for weight, thing in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def remember(world: World, text: str) -> None:
    """Note that somebody searched for this."""
    said = " ".join(terms(text))[:LONGEST]
    known = world.get(SEARCHES, said) if said else None
    if said and (known or world.count(SEARCHES) < MOST):
        world.put(SEARCHES, Sought(id=said, count=(known.count if known else 0) + 1, last_at=world.clock.now()))


def sought(world: World, *, by: Callable[[Sought], float], beginning: str = "") -> list[str]:
    """List what was searched for, the most first."""
    found = [one for one in world.find(SEARCHES) if one.id.startswith(beginning.lower())]
    return [one.id for one in sorted(found, key=by, reverse=True)]
