"""What a site needs of AINative: announce a show, ask how it is, end it."""

from collections.abc import Mapping
from typing import Any

import httpx


class CloudError(Exception):
    """The cloud gave nothing to go on."""


class SiteClient:
    """Talks to AINative."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._client = httpx.Client(base_url=base_url, headers=dict(headers), trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def announce(self, title: str) -> str:
        """Make a stream, and give its id."""
        return str(self._ask("POST", "/streams/", json={"title": title})["id"])

    def is_live(self, show: str) -> bool:
        """Tell whether a show is on air."""
        return bool(self._ask("GET", f"/streams/id/{show}")["status"] == "live")

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            return self._client.request(method, path, **more).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise CloudError(f"{method} {path}: {error}") from error
