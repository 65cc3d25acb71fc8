"""A cloud as a whole: its services, and the functions that speak for it.

A cloud is a folder with a ``PROVIDER``; nothing outside that folder names it. Clouds of this repository are
found by looking, clouds from elsewhere by the entry-point group ``offair.providers``.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from offair.contracts.contract import Contract
from offair.emulator.core.events import PublicationGoesOn
from offair.emulator.core.ports import Knock, Refused
from offair.emulator.core.publication import Policy
from offair.emulator.core.streams import Stream
from offair.emulator.core.table import Table
from offair.emulator.core.tenants import Tenant
from offair.emulator.core.viewing import Viewing
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.fitting import FormError, check_form
from offair.emulator.provider.hooks import Delivery, Question
from offair.emulator.provider.parlour import Parlour
from offair.emulator.provider.surface import Find, Spot, Surface

GROUP = "offair.providers"
FOLDER = "offair.emulator.providers"

Say = Question | Refused | None  # what a cloud has to say to a wish: ask somebody, no, or nothing against it
Reaction = Callable[[Any, Rooms], Iterable[Delivery]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A documented call that makes a stream to show: which published example to send, and how to read its answer."""

    operation: str
    example: str
    stream_id: Callable[[Any], str]
    playback: Callable[[Any], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A cloud: what it documents (the first of ``surfaces`` is its main one), and what it does.

    Who is there: ``invite`` makes a tenant with fresh credentials, ``credentials`` are what a user of it needs to
    know, ``mint`` makes a bearer token that lasts so many cloud seconds, and ``furnish`` makes what the cloud has
    before anybody comes (it is called at every start, and after a reset). ``populate`` makes people and what they did,
    where a user wishes for a world that is not empty: once in a state, and after a reset.

    What happens: ``policy`` is the cloud's patience. ``reactions`` hear of events, inside the transaction of the
    change and with the world at hand, and give the hooks that follow; ``retries`` are the cloud seconds between a
    hook's attempts. Where hooks go elsewhere than to a stream's ``hook_url``, ``point`` gives rooms in which they
    go to a URL: for one that is sent out of turn, after which the world is as it was. ``admit`` is asked before an
    encoder is let in, ``renew`` every so often while it goes on (``Policy.beat``), ``usher`` before anything is
    played: each may say no, or name a question to ask first.

    What it keeps: ``tables`` of its own are forgotten by a reset, ``lasting`` ones (its users, say) with their tenant.
    ``secrets`` are names that its secrets go by. ``locate`` finds what a playback path of the cloud's own form means:
    a stream's id, and a name below the stream's playback root; with a third part, which is a query, a playlist's links
    have that query too. Or it is a page of the cloud's own, a Reply that is answered as it is. ``plays_at`` gives where
    the cloud's answers say that a stream plays, by protocol; where there is none, that is HLS in the common form.

    What a person may do to a stream beside publishing: ``orders`` are documented operations by the word on a button
    (``"stop"``), whose path takes the stream's id and nothing else.

    ``parlour`` is where its people talk, for whoever looks on from outside; None where it has no chat.

    ``switch_type`` is the record of the cloud's own choices, which every function gets with its rooms; its docstring
    has a sentence for each, as ``settings/setting.py`` reads it, which begins with its name. ``switched`` names the
    operations that a switch changes, by their keys; what is not in it changes something else. ``demo`` is the call that
    ``offair demo`` makes.
    """

    title: str
    surfaces: tuple[Surface, ...]
    invite: Callable[[World, str], Tenant]
    policy: Callable[[Any], Policy]
    switch_type: type
    demo: Demo
    credentials: Callable[[Tenant, Rooms], Mapping[str, str]] = lambda tenant, _rooms: tenant.credentials
    mint: Callable[[World, Tenant, float, Any], str] | None = None
    furnish: Callable[[World, Any], None] = lambda _world, _switches: None
    populate: Callable[[Rooms], None] | None = None
    reactions: Mapping[type, Reaction] = field(default_factory=dict)
    retries: tuple[float, ...] = ()
    point: Callable[[Rooms, Stream, str], Rooms] | None = None
    admit: Callable[[Knock, Stream, Rooms], Say] | None = None
    renew: Callable[[PublicationGoesOn, Rooms], Say] | None = None
    usher: Callable[[Viewing, Stream | None, Rooms], Say] | None = None
    locate: Find | None = None
    plays_at: Callable[[Stream, Rooms], Mapping[str, str]] = lambda stream, rooms: {
        "hls": f"{rooms.addresses.cdn}/{stream.id}/master.m3u8"
    }
    parlour: Parlour | None = None
    plays: Callable[[Knock, Rooms], Spot | None] | None = None
    tables: tuple[Table[Any], ...] = ()
    lasting: tuple[Table[Any], ...] = ()
    secrets: frozenset[str] = frozenset()
    orders: Mapping[str, str] = field(default_factory=dict)
    switched: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_form(
            self.title,
            self.surfaces,
            switch_type=self.switch_type,
            policy=self.policy,
            demonstrated=(self.demo.operation, self.demo.example),
            renews=self.renew is not None,
            reactions=self.reactions,
            tables=self.tables,
            lasting=self.lasting,
            orders=self.orders,
            switched=self.switched,
        )

    @cached_property
    def promise(self) -> Contract:
        """What the cloud documents of its main service."""
        return self.surfaces[0].operations.promise

    @property
    def name(self) -> str:
        """The cloud's name, in URLs and on the command line."""
        return self.promise.name


def discover(extra: Iterable[EntryPoint] = ()) -> list[Provider]:
    """Find every cloud: those of this repository, and those that other distributions register.

    FormError when two have the same name.
    """
    folder = importlib.import_module(FOLDER)
    ours = [f"{FOLDER}.{found.name}" for found in pkgutil.iter_modules(folder.__path__) if found.ispkg]
    providers = [importlib.import_module(name).PROVIDER for name in sorted(ours)]
    providers += [point.load() for point in (*entry_points(group=GROUP), *extra)]
    names = [provider.name for provider in providers]
    for name in sorted({name for name in names if names.count(name) > 1}):
        raise FormError(f"two clouds are called {name!r}; uninstall the distribution of one, or name its contract anew")
    return providers
