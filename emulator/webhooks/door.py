"""The door: who may publish, who may go on, who may watch. The state is looked at first, then the cloud is asked."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from offair.emulator.core.events import PublicationGoesOn, PublicationRevoked, ViewingsDoubted
from offair.emulator.core.ports import Admitted, Knock, Reason, Refused
from offair.emulator.core.publication import PUBLICATIONS
from offair.emulator.core.publications import Publications
from offair.emulator.core.showing import Course, Onlooker, Parting
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.timers import Timers
from offair.emulator.core.viewing import Viewing
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import Question
from offair.emulator.provider.provider import Provider, Say
from offair.emulator.provider.query import Query
from offair.emulator.provider.surface import Spot
from offair.emulator.webhooks.asking import MOST_OF_PLAYERS, Asking

LOOK = 2.0  # real seconds between looks at those who watch without end: a pass may run out
START = 10.0  # real seconds within which a start is over
PLAYLISTS = "_HLS_"  # what a low-latency playlist is asked for says nothing of who asks
REMEMBERED = 4096  # players whose question was answered with yes; the oldest are asked about again


def _shown(viewing: Viewing) -> frozenset[tuple[str, ...]]:
    return frozenset((name, *values) for name, values in viewing.query.items() if not name.startswith(PLAYLISTS))


@dataclass(frozen=True, slots=True)
class _Watcher:
    cloud: str
    viewing: Viewing
    sever: Callable[[], None]


class Door:
    """Fills ``Gatekeeper``, ``Usher`` and ``Screen``.

    Who knocks before :meth:`open` waits until the state has come to rest.
    """

    def __init__(
        self,
        *,
        world: World,
        timers: Timers,
        publications: Publications,
        providers: Mapping[str, Provider],
        rooms: Callable[[str], Rooms],
        asking: Asking,
    ) -> None:
        self._world = world
        self._timers = timers
        self._publications = publications
        self._providers = providers
        self._rooms = rooms
        self._asking = asking
        self._opened = threading.Event()
        self._lock = threading.Lock()
        self._watchers: dict[int, _Watcher] = {}
        self._welcome: OrderedDict[tuple[str, Hashable, frozenset[tuple[str, ...]]], None] = OrderedDict()
        world.events.subscribe(PublicationGoesOn, self._on_goes_on)
        world.events.subscribe(ViewingsDoubted, lambda doubted: world.after_commit(partial(self._doubt, doubted.cloud)))

    def open(self) -> None:
        """Let people in from now on."""
        self._opened.set()

    def consult(self, knock: Knock) -> Refused | None:
        """Ask the stream's cloud whether an encoder may come in; None when nobody is against it."""
        if not self._opened.wait(START):
            return Refused(Reason.NOT_ACCEPTING, "the emulator did not get ready")
        stream = self._publications.find(knock)
        if isinstance(stream, Refused):
            return stream
        provider = self._providers.get(stream.cloud)
        if provider is None:
            return Refused(Reason.NOT_ACCEPTING, f"the stream is of the cloud {stream.cloud}, which is not installed")
        admit = provider.admit
        if admit is None:
            return None
        say = partial(admit, knock, stream, self._rooms(provider.name))
        return self._asking.settle(provider, stream.tenant, stream.id, say)

    def admit(self, knock: Knock) -> Admitted | Refused:
        """Let an encoder in whom nobody was against."""
        return self._publications.admit(knock)

    def admit_source(self, stream: str, *, protocol: str, peer: str) -> Admitted | Refused:
        """Let in what was pulled, if that is still wanted."""
        return self._publications.admit_source(stream, protocol=protocol, peer=peer)

    def may_watch(self, cloud: str, viewing: Viewing) -> Refused | None:
        """Ask a cloud whether a player may watch. A player that a question let in is not asked about at every file."""
        provider = self._providers[cloud]
        say = self._hear(cloud, provider, viewing)
        if not isinstance(say, Question) or self._is_welcome(viewing):
            return None if isinstance(say, Question) else say
        tenant = self._tenant(viewing)
        refused = self._asking.settle(provider, tenant, viewing.stream, lambda: say, most=MOST_OF_PLAYERS)
        if refused is None:
            self._remember(viewing)
        return refused

    def lets(self, cloud: str, viewing: Viewing) -> bool:
        """Say whether a player may watch without anybody being asked."""
        say = self._hear(cloud, self._providers[cloud], viewing)
        return say is None or (isinstance(say, Question) and self._is_welcome(viewing))

    def ask(self, cloud: str, viewing: Viewing, then: Callable[[Refused | None], None]) -> None:
        """Ask a cloud about a player who comes to stay, without waiting; a question is asked each time one comes."""
        provider = self._providers[cloud]
        say = self._hear(cloud, provider, viewing)
        if isinstance(say, Question):
            tenant = self._tenant(viewing)
            self._asking.begin(provider, tenant, viewing.stream, lambda: say, then, most=MOST_OF_PLAYERS)
        else:
            then(say)

    def show(self, knock: Knock, onlooker: Onlooker) -> Callable[[], None]:
        """Let a player of RTMP see what it asks for, if one of the clouds knows what that is."""
        found = self._sought(knock) if self._opened.wait(START) else None
        if found is None:
            onlooker.over(Parting.ABSENT, f"there is no stream {knock.name[:80]!r} at {knock.app[:80]!r}")
            return lambda: None
        cloud, spot = found
        gallery = self._rooms(cloud).gallery
        if gallery is None:
            raise LookupError(f"the rooms of {cloud} have no gallery; emulator.py gives one to every cloud")
        viewing = Viewing(
            stream=spot.stream,
            name=spot.name,
            protocol=knock.protocol,
            peer=knock.peer.rpartition(":")[0].strip("[]"),
            query={**Query.of(knock.query).lists, **Query.of(spot.carried).lists},
            headers={"Referer": knock.page} if knock.page else {},
        )
        return gallery.attend(viewing, spot.name or None, onlooker, Course())

    def _sought(self, knock: Knock) -> tuple[str, Spot] | None:
        for cloud, provider in self._providers.items():
            spot = None if provider.plays is None else provider.plays(knock, self._rooms(cloud))
            if spot is not None:
                return cloud, spot
        return None

    def _hear(self, cloud: str, provider: Provider, viewing: Viewing) -> Say:
        if provider.usher is None:
            return None
        stream = self._world.get(STREAMS, viewing.stream)
        return self._asking.hear(provider, partial(provider.usher, viewing, stream, self._rooms(cloud)))

    def _tenant(self, viewing: Viewing) -> str:
        stream = self._world.get(STREAMS, viewing.stream)
        return stream.tenant if stream else ""

    def _is_welcome(self, viewing: Viewing) -> bool:
        with self._lock:
            return (viewing.stream, viewing.player, _shown(viewing)) in self._welcome

    def _remember(self, viewing: Viewing) -> None:
        """A playlist's own links show nothing; who shows something else has another wish."""
        with self._lock:
            for shown in (_shown(viewing), frozenset[tuple[str, ...]]()):
                self._welcome[viewing.stream, viewing.player, shown] = None
            while len(self._welcome) > REMEMBERED:
                self._welcome.popitem(last=False)

    def seat(self, cloud: str, viewing: Viewing, sever: Callable[[], None]) -> Callable[[], None]:
        """Note who watches without end, so that it can be ended."""
        if self._providers[cloud].usher is None:
            return lambda: None
        watcher = _Watcher(cloud, replace(viewing, is_seated=True), sever)
        with self._lock:
            self._watchers[id(watcher)] = watcher
            is_first = len(self._watchers) == 1
        if is_first:
            self._timers.after(LOOK, self._look)
        return lambda: self._leave(watcher)

    def _leave(self, watcher: _Watcher) -> None:
        with self._lock:
            self._watchers.pop(id(watcher), None)

    def _look(self) -> None:
        self._judge_again(None)
        with self._lock:
            goes_on = bool(self._watchers)
        if goes_on:
            self._timers.after(LOOK, self._look)

    def _doubt(self, cloud: str) -> None:
        with self._lock:
            self._welcome.clear()
        self._judge_again(cloud)

    def _judge_again(self, cloud: str | None) -> None:
        with self._lock:
            watchers = [watcher for watcher in self._watchers.values() if cloud in {None, watcher.cloud}]
        for watcher in watchers:
            provider = self._providers[watcher.cloud]
            stream = self._world.get(STREAMS, watcher.viewing.stream)
            if provider.usher is None:
                continue
            say = partial(provider.usher, watcher.viewing, stream, self._rooms(watcher.cloud))
            if isinstance(self._asking.hear(provider, say), Refused):
                self._leave(watcher)
                watcher.sever()

    def _on_goes_on(self, event: PublicationGoesOn) -> None:
        provider = self._providers.get(event.stream.cloud)
        if provider is None or provider.renew is None:
            return
        say: Callable[[], Say] = partial(provider.renew, event, self._rooms(provider.name))
        self._world.after_commit(lambda: self._renew(provider, event, say))

    def _renew(self, provider: Provider, event: PublicationGoesOn, say: Callable[[], Say]) -> None:
        """Ask without waiting: the timer that tells of this broadcast tells of others too."""

        def end_if_refused(refused: Refused | None) -> None:
            if refused is None:
                return
            with self._world.transaction():
                if self._world.get(PUBLICATIONS, event.publication.id) is not None:
                    self._world.events.publish(PublicationRevoked(event.publication.id, refused.text))

        self._asking.begin(provider, event.stream.tenant, event.stream.id, say, end_if_refused)
