"""Which address of a cloud is answered where: its production hosts, and the roots of the stand-in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from offair.contracts.contract import Contract
from offair.contracts.wsgi import Application


class Doubled(Protocol):
    """A cloud that a double answers for.

    ``base_url`` is where the ``application`` that plays it has the first base path of the ``promise``; ``services``
    are those URLs of its further services, by name.
    """

    @property
    def promise(self) -> Contract:
        """What the cloud documents."""

    @property
    def application(self) -> Application:
        """The WSGI application that plays it."""

    @property
    def base_url(self) -> str:
        """Where that has the cloud's API."""

    @property
    def services(self) -> Mapping[str, str]:
        """Where that has the cloud's other APIs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """A cloud that is played in this process: the plainest of what a double answers for."""

    promise: Contract
    application: Application
    base_url: str
    services: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A production address, and the ``root`` that stands before its paths at the stand-in."""

    host: str
    base_path: str
    root: str
    application: Application


class Directory:
    """Finds where a URL is answered."""

    def __init__(self, clouds: Iterable[Doubled]) -> None:
        given = tuple(clouds)
        self._places: dict[str, list[Place]] = {}
        self._roots: dict[str, Application] = {}
        for cloud in given:
            for place in _places(cloud):
                self._places.setdefault(place.host, []).append(place)
                self._roots[urlsplit(place.root).netloc] = place.application
        for places in self._places.values():
            places.sort(key=lambda place: len(place.base_path), reverse=True)
        if not self._places:
            raise ValueError("a double needs a cloud that documents an address: give one, as in double(cloud)")

    @property
    def hosts(self) -> list[str]:
        """The hosts that are answered for."""
        return sorted(self._places)

    def find(self, host: str, path: str) -> Place | None:
        """Find the place that a path belongs to: below the longest base path, else anywhere at its host."""
        places = self._places.get(host, ())
        below = (place for place in places if path == place.base_path or path.startswith(f"{place.base_path}/"))
        return next(below, next(iter(places), None))

    def is_stand_in(self, host: str, port: int | None) -> bool:
        """Say whether it is the stand-in itself, whose media come over its own sockets."""
        return f"{host}:{port}" in self._roots


def _places(cloud: Doubled) -> Iterator[Place]:
    yield from _servers(cloud.promise, cloud.base_url, cloud.application)
    for name, contract in cloud.promise.services.items():
        if name in cloud.services:
            yield from _servers(contract, cloud.services[name], cloud.application)


def _servers(contract: Contract, base_url: str, application: Application) -> Iterator[Place]:
    root = base_url.rstrip("/").removesuffix(contract.base_path)
    for url in contract.servers:
        parts = urlsplit(url)
        if parts.hostname:
            yield Place(parts.hostname, parts.path.rstrip("/"), root, application)
