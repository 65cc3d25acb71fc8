"""Who watches a stream: entered when they come and when they leave, counted when somebody asks."""

import hashlib
import ipaddress
from dataclasses import replace

from offair.emulator.core.streams import STREAMS, State, Stream
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.shows import SHOWS, Show
from offair.emulator.providers.ainative.nouns.talk import WATCHES, Watch
from offair.emulator.providers.ainative.switches import Switches

NOWHERE = "ZZ"  # ISO 3166-1 leaves it to its users


def country_of(peer: str | None, countries: tuple[str, ...]) -> str:
    """Tell in which country an address is, by a list of ``address=country`` and ``network=country``."""
    for pair in countries:
        network, _, country = pair.partition("=")
        try:
            if peer and ipaddress.ip_address(peer) in ipaddress.ip_network(network.strip(), strict=False):
                return country.strip().upper()
        except ValueError:  # a peer that is no address, or a network that is none, says nothing
            continue
    return NOWHERE


def mark_of(player: object) -> str:
    """Write what tells a player from others as one word."""
    return f"player-{hashlib.sha256(repr(player).encode()).hexdigest()[:24]}"


def means_of(switches: Switches) -> tuple[str, ...]:
    """Say whose watching counts."""
    return {"both": ("socket", "player"), "sockets": ("socket",), "players": ("player",)}[switches.viewers]


def is_live(stream: Stream | None) -> bool:
    """A stream that is live, or whose encoder may come back."""
    return stream is not None and stream.state in {State.LIVE, State.RECONNECTING}


def viewers(world: World, show: Show, switches: Switches) -> int:
    """Count who watches a stream now; nobody watches one that is not live."""
    if not is_live(world.get(STREAMS, show.id)):
        return 0
    return present(world, show, switches)


def present(world: World, show: Show, switches: Switches) -> int:
    """Count who is there, whether or not the stream is live, with whom a made-up world has there."""
    there = (world.count(WATCHES, stream=show.id, means=means, is_there=True) for means in means_of(switches))
    return sum(there) + show.staged_viewers


def enter(world: World, watch: Watch, switches: Switches) -> None:
    """Note that somebody watches from now on."""
    world.put(WATCHES, watch)
    note_peak(world, watch.stream, switches)


def leave(world: World, watch: str) -> None:
    """Note that somebody watches no more; twice is fine."""
    found = world.get(WATCHES, watch)
    if found is not None and found.is_there:
        world.put(WATCHES, replace(found, left_at=world.clock.now(), is_there=False))


def leave_player(world: World, stream: str, who: str) -> None:
    """Note that a player is gone, whichever time it came."""
    for watch in world.find(WATCHES, stream=stream, who=who, is_there=True):
        leave(world, watch.id)


def note_peak(world: World, stream: str, switches: Switches) -> None:
    """Keep the most that watched a stream at once."""
    show = world.get(SHOWS, stream)
    count = viewers(world, show, switches) if show else 0
    if show is not None and count > show.peak:
        world.put(SHOWS, replace(show, peak=count))


def close_all(world: World) -> None:
    """End what was still watched when the process before ended."""
    for watch in world.find(WATCHES, is_there=True):
        leave(world, watch.id)
