"""Where the pages ask: the control surface's own operations, in this process, as anybody may call them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from offair.emulator.core.problems import Missing, Problem
from offair.emulator.provider.call import Call, Rooms
from offair.emulator.provider.provider import Provider
from offair.emulator.provider.query import Query
from offair.emulator.web.mount import Mount


@dataclass(frozen=True, kw_only=True)
class Clerk:
    """The ``control`` surface, and the clouds' forms, in the order in which they are shown."""

    control: Mount
    providers: Mapping[str, Provider]

    def ask(
        self,
        key: str,
        path: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Any:
        """Give what an operation answers; a Problem where it says no, LookupError where there is none."""
        operations = self.control.surface.operations
        performer = operations.performer(key)
        if performer is None:
            raise Missing(f"the control surface does not answer {key}")
        rooms = {field.name: getattr(self.control.rooms, field.name) for field in fields(Rooms)}
        asked = Query.of(urlencode({name: value for name, value in (query or {}).items() if value}))
        operation = operations.promise.operations[key]
        return performer(Call(**rooms, operation=operation, path=path or {}, query=asked, body=body)).body

    def maybe(self, key: str, path: Mapping[str, str] | None = None) -> Any:
        """Give what an operation answers; None where it says no, or is not there."""
        try:
            return self.ask(key, path)
        except (Problem, LookupError):
            return None

    def access(self, cloud: str, tenant: str) -> tuple[Mapping[str, str], str]:
        """Give the headers that a tenant's calls of its cloud have, and the cloud's root."""
        shown = self.ask("GET /ready")["clouds"][cloud]
        tenants = self.ask("GET /tenants")["tenants"]
        found = next((one for one in tenants if one["id"] == tenant), shown)
        return found["headers"], shown["base_url"]

    def provider(self, cloud: str) -> Provider:
        """Give a cloud's form; Missing where there is none, as in a kept state."""
        if cloud not in self.providers:
            raise Missing(f"there is no cloud {cloud}; there is {', '.join(self.providers)}")
        return self.providers[cloud]
