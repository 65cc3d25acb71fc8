"""All relays: of each broadcast those that its stream asks for, whatever becomes of them."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from offair.emulator.core.events import RelaysChanged
from offair.emulator.core.showing import Onlooker
from offair.emulator.core.streams import Endpoint, Stream
from offair.emulator.core.world import World
from offair.emulator.media.elsewhere.backlog import is_head
from offair.emulator.media.elsewhere.relay import Lead, Relay
from offair.emulator.media.elsewhere.variant import RelayedVariant
from offair.emulator.media.formats.flv import Tag, TagKind, announced
from offair.emulator.media.ingest.reception import Chunk
from offair.emulator.media.transcoding.kit import Kit

Show = Callable[[str, Onlooker], Callable[[], None] | None]


class Relays:
    """Opens the relays of every broadcast, and waits for those that still say goodbye when it is closed."""

    def __init__(self, world: World, kit: Kit) -> None:
        self._kit = kit
        self._running: set[Relay] = set()
        self._broadcasts: dict[str, RelayedBroadcast] = {}  # by stream
        self._lock = threading.Lock()
        world.events.subscribe(RelaysChanged, lambda event: world.after_commit(lambda: self._change(event.stream)))

    def open(self, stream: Stream, show: Show) -> "RelayedBroadcast":
        """Relay a stream's broadcast, which begins; ``show`` has somebody shown a variant of it."""
        broadcast = RelayedBroadcast(self, stream, show)
        with self._lock:
            self._broadcasts[stream.id] = broadcast
        broadcast.change(stream.relays)
        return broadcast

    def close(self) -> None:
        """Wait until nothing of any relay runs; their broadcasts are over by now."""
        with self._lock:
            running = list(self._running)
        for relay in running:
            relay.finish()
        for relay in running:
            relay.wait()

    def start(self, stream: Stream, target: Endpoint) -> Relay:
        """Begin to send a broadcast to a target."""
        with self._lock:
            relay = Relay(stream, target, self._kit, self._forget)
            self._running.add(relay)
        return relay

    def over(self, broadcast: "RelayedBroadcast") -> None:
        """Hear that a broadcast is over."""
        with self._lock:
            if self._broadcasts.get(broadcast.stream.id) is broadcast:
                del self._broadcasts[broadcast.stream.id]

    def _change(self, stream: Stream) -> None:
        with self._lock:
            broadcast = self._broadcasts.get(stream.id)
        if broadcast is not None:
            broadcast.change(stream.relays)

    def _forget(self, relay: Relay) -> None:
        with self._lock:
            self._running.discard(relay)


class RelayedBroadcast:
    """One broadcast as its relays get it. Nothing here waits for a target."""

    def __init__(self, relays: Relays, stream: Stream, show: Show) -> None:
        self.stream = stream
        self._show = show
        self._leaving: dict[Relay, Callable[[], None] | None] = {}  # of those who are sent a variant
        self._relays = relays
        self._running: tuple[Relay, ...] = ()
        self._lead: Lead | None = None  # none while there is no encoder
        self._is_over = False
        self._lock = threading.Lock()

    def change(self, targets: tuple[Endpoint, ...]) -> None:
        """Send to these targets from now on, and to no other."""
        with self._lock:
            if self._is_over:
                return
            kept = [relay for relay in self._running if relay.target in targets]
            for relay in set(self._running) - set(kept):
                self._end(relay)
            known = {relay.target for relay in kept}
            fresh = [
                self._relays.start(self.stream, target) for target in dict.fromkeys(targets) if target not in known
            ]
            self._running = (*kept, *fresh)
            if self._lead is not None:
                self._begin(fresh, self._lead)

    def begin(self, container: str) -> None:
        """Hear that an encoder sends, the first or another."""
        with self._lock:
            self._lead = Lead(container, {})
            self._begin(self._running, self._lead)

    @property
    def has_targets(self) -> bool:
        """It is sent to somebody."""
        return bool(self._running)

    def hear(self, item: Tag | Chunk) -> None:
        """Note what whoever joins later must hear first; it is put as well, like all that the encoder sent."""
        if self._lead is not None and isinstance(item, Tag) and is_head(item):
            heads = self._lead.heads
            if item.kind is not TagKind.SCRIPT or item.kind not in heads or announced(item):  # else it is a cue
                self._lead.heads = {**heads, item.kind: item}

    def put(self, gulp: Sequence[Tag | Chunk]) -> None:
        """Take what the encoder sent."""
        for relay in self._running:
            if relay.target.variant is None:
                for item in gulp:
                    relay.put(item)

    def pause(self) -> None:
        """Hear that the encoder is away; a variant goes on when it is back."""
        with self._lock:
            self._lead = None
            for relay in self._running:
                if relay.target.variant is None:
                    relay.pause()

    def finish(self) -> None:
        """Hear that the broadcast is over. Once is enough, twice is fine."""
        with self._lock:
            self._is_over = True
            running, self._running = self._running, ()
            for relay in running:
                self._end(relay)
        self._relays.over(self)

    def vitals(self) -> list[dict[str, Any]]:
        """What a person who looks wants to know of each relay."""
        return [relay.vitals() for relay in self._running]

    def _begin(self, relays: Sequence[Relay], lead: Lead) -> None:
        for relay in relays:
            if relay.target.variant is None:
                relay.begin(lead)
            elif relay not in self._leaving:
                self._leaving[relay] = self._show(relay.target.variant, RelayedVariant(relay))

    def _end(self, relay: Relay) -> None:
        leave = self._leaving.pop(relay, None)
        if leave is not None:
            leave()
        relay.finish()
