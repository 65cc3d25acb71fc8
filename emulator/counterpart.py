"""The stand-in as the cloud that a client talks to, in the hands of the client's judge."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.wsgi import call_wsgi
from offair.emulator.core.problems import Problem
from offair.emulator.core.simulation import TARGETS, Target
from offair.emulator.core.tenants import Tenant
from offair.emulator.emulator import Emulator

if TYPE_CHECKING:
    from offair.contracts.client.counterpart import Tap


@dataclass(frozen=True)
class StandInCounterpart:
    """One cloud of a running stand-in, for one of its tenants."""

    emulator: Emulator
    name: str
    headers: Mapping[str, str]

    @property
    def base_url(self) -> str:
        """Where its main API is."""
        return self.emulator.addresses(self.name).api

    @property
    def promise(self) -> Contract:
        """What the cloud documents."""
        return self.emulator.providers[self.name].promise

    def now(self) -> float:
        """Tell the cloud's time in epoch seconds."""
        return self.emulator.clock.now()

    def advance(self, seconds: float) -> None:
        """Move the cloud's clock forward."""
        self.emulator.clock.advance(seconds)

    def simulate(self, stream: str, to: str) -> None:
        """Let a stream go somewhere, if its state allows that; ValueError for where none can go."""
        if to not in TARGETS:
            raise ValueError(f"no stream goes to {to!r}; it goes to {', '.join(TARGETS)}")
        with suppress(Problem):
            self.emulator.simulation.go(stream, cast("Target", to))

    def ask(self, asked: Exchange) -> Exchange:
        """Ask the main API in this process."""
        root = self.base_url.removesuffix(self.promise.base_path)
        headers = {**self.headers, **asked.request_headers}
        application = self.emulator.tapping.untapped
        said = call_wsgi(application, asked.method, root + asked.path, headers, asked.request_body)
        return replace(asked, status=said[0], response_headers=said[1], response_body=said[2])

    @contextmanager
    def once(self) -> Iterator[None]:
        """Put state and clock back at the end; the sources of what a judge makes meanwhile are called by nobody."""
        state, put_back = self.emulator.world.snapshot(), self.emulator.clock.bookmark()
        try:
            with self.emulator.media.pulling_nothing():
                yield
        finally:
            self.emulator.restore(state)
            put_back()

    def tapped(self, tap: "Tap", *, is_private: bool = False) -> AbstractContextManager[None]:
        """Let every HTTP request to the cloud's APIs pass ``tap``."""
        return self.emulator.tapping.tapped(self.name, tap, is_private=is_private)


def counterpart_of(cloud: str, emulator: Emulator, tenant: Tenant | None = None) -> StandInCounterpart:
    """Describe a cloud of a stand-in to the judge of a client, with a tenant of its own where none is given."""
    whose = emulator.tenancy.invite(cloud, "a client") if tenant is None else tenant
    return StandInCounterpart(emulator, cloud, headers_of(emulator.providers[cloud].promise, whose))


def headers_of(promise: Contract, tenant: Tenant) -> dict[str, str]:
    """A tenant's headers for every scheme: its own, and a secret where a scheme's header is called as the secret is."""
    schemes: Mapping[str, Mapping[str, str]] = promise.document.get("components", {}).get("securitySchemes", {})
    named = (scheme["name"] for scheme in schemes.values() if scheme.get("in") == "header")
    secrets = {name: tenant.credentials.get(name.lower().removeprefix("x-").replace("-", "_")) for name in named}
    return {**{name: value for name, value in secrets.items() if value}, **tenant.headers}
