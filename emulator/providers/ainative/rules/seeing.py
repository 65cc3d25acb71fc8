"""A stream with all that is shown of it, gathered once; and the lists of streams that people browse."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from offair.emulator.core.publication import PUBLICATIONS
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.films import FILMS, Film
from offair.emulator.providers.ainative.nouns.people import BONDS, PEOPLE, Person
from offair.emulator.providers.ainative.nouns.shows import CATEGORIES, SHOWS, Category, Show, Word
from offair.emulator.providers.ainative.nouns.talk import WATCHES
from offair.emulator.providers.ainative.rules import shelves, watching
from offair.emulator.providers.ainative.rules.streams import Phase, phase
from offair.emulator.providers.ainative.switches import Switches

ORDER = {"live": 0, "offline": 1, "ended": 2}
WINDOW = 3_600.0  # cloud seconds over which growth is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is shown of a stream at one moment; it ``has_pictures`` while an encoder sends them."""

    show: Show
    stream: Stream
    phase: Phase
    viewers: int
    person: Person
    category: Category | None
    words: tuple[Word, ...]
    film: Film | None
    has_pictures: bool


def see(world: World, show: Show, switches: Switches) -> Seen | None:
    """Gather a stream; None where it or its streamer is gone."""
    stream, person = world.get(STREAMS, show.id), world.get(PEOPLE, show.person)
    if stream is None or person is None:
        return None
    return Seen(
        show=show,
        stream=stream,
        phase=phase(stream),
        viewers=watching.viewers(world, show, switches),
        person=person,
        category=world.get(CATEGORIES, show.category) if show.category else None,
        words=tuple(shelves.word(world, slug) for slug in show.tags),
        film=next((film for film in reversed(world.find(FILMS, stream=show.id)) if film.stage != "deleted"), None),
        has_pictures=has_pictures(world, stream),
    )


def has_pictures(world: World, stream: Stream) -> bool:
    """Say whether an encoder sends to a stream that is live, which who only calls it live does not."""
    row = world.get(PUBLICATIONS, stream.publication) if stream.publication else None
    return phase(stream) == "live" and row is not None and not (row.is_expected or row.is_simulated)


def all_seen(world: World, switches: Switches, **where: Any) -> list[Seen]:
    """Gather every stream, or those of one person or category."""
    found = (see(world, show, switches) for show in world.find(SHOWS, **where))
    return [seen for seen in found if seen is not None]


def public(streams: Iterable[Seen], user: str | None) -> list[Seen]:
    """Leave out what only its owner may see: streams that were never live."""
    return [seen for seen in streams if seen.phase != "offline" or seen.show.person == user]


def listed(streams: Iterable[Seen]) -> list[Seen]:
    """Put streams in the documented order: live by viewers, then what is not live, the latest first."""
    return sorted(streams, key=_standing)


def _standing(seen: Seen) -> tuple[int, float, float]:
    latest = seen.show.ended_at or seen.show.created_at
    return ORDER[seen.phase], -seen.viewers if seen.phase == "live" else 0, -latest


def live(world: World, switches: Switches, **where: Any) -> list[Seen]:
    """List what is live, by viewers."""
    return listed(seen for seen in all_seen(world, switches, **where) if seen.phase == "live")


def growth(world: World, seen: Seen) -> float:
    """Tell how fast a live stream grows: who came in the last hour and is there, for each that was there before."""
    since = world.clock.now() - WINDOW
    there = world.find(WATCHES, stream=seen.show.id, is_there=True)
    fresh = sum(watch.came_at >= since for watch in there) + seen.show.staged_viewers // 2
    return fresh / (1 + max(0, seen.viewers - fresh))


def trending(world: World, switches: Switches) -> list[Seen]:
    """List live streams that somebody watches, by growth and then viewers."""
    found = [seen for seen in live(world, switches) if seen.viewers > 0]
    return _by(found, lambda seen: (growth(world, seen), seen.viewers))


def rising(world: World, switches: Switches) -> list[Seen]:
    """List what is live, the viewers for each follower of its streamer first."""
    return _by(
        live(world, switches),
        lambda seen: (seen.viewers + 1) / (1 + world.count(BONDS, followed=seen.person.id)),
    )


def recommended(world: World, switches: Switches, user: str) -> list[Seen]:
    """List what is live and not one's own: whom one follows first, then categories that one watched, then the rest."""
    followed = {bond.followed for bond in world.find(BONDS, follower=user)}
    watched = {show.category for watch in world.find(WATCHES, who=user) if (show := world.get(SHOWS, watch.stream))}
    found = [seen for seen in live(world, switches) if seen.show.person != user]
    return _by(
        found,
        lambda seen: (
            seen.show.person in followed,
            seen.show.category is not None and seen.show.category in watched,
            seen.viewers,
        ),
    )


def _by(found: list[Seen], rank: Callable[[Seen], object]) -> list[Seen]:
    return sorted(found, key=rank, reverse=True)  # type: ignore[arg-type] # each rank is one kind of tuple
