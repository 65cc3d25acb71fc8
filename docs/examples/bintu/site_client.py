"""What a site needs of Bintu: open a channel, find it again, say who is asked about encoders."""

from collections.abc import Mapping
from typing import Any

import httpx


class CloudError(Exception):
    """The cloud gave nothing to go on."""


class SiteClient:
    """Talks to Bintu."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._client = httpx.Client(base_url=base_url, headers=dict(headers), trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def open_channel(self, *tags: str) -> str:
        """Make a stream with tags, and give its id."""
        return str(self._ask("POST", "/stream", json={"tags": list(tags)})["id"])

    def state(self, channel: str) -> str:
        """Tell how a channel is."""
        return str(self._ask("GET", f"/stream/{channel}")["state"])

    def ask_me(self, url: str) -> None:
        """Be asked at this URL whether an encoder may publish."""
        self._send("PUT", "/organisation/webhook", json={"webhook": url})

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            return self._send(method, path, **more).json()
        except ValueError as error:
            raise CloudError(f"{method} {path}: {error}") from error

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **more).raise_for_status()
        except httpx.HTTPError as error:
            raise CloudError(f"{method} {path}: {error}") from error
