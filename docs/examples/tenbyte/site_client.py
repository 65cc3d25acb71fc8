"""What a site needs of Tenbyte: make a show, ask how it is, list all."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

LADDER = {"audio": [{"name": "128k", "codec": "aac", "channels": 2, "sample_rate_hz": 48000, "bitrate_kbps": 128}]}
TRIES = 4


class CloudError(Exception):
    """The cloud gave nothing to go on."""


class SiteClient:
    """Talks to Tenbyte; waits as long as it is told, and gives up after some tries."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._client = httpx.Client(base_url=base_url, headers=dict(headers), trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def make_show(self, name: str, webhook_url: str) -> str:
        """Make a radio show, and give its id."""
        body = {
            "name": name, "type": "linear", "mode": "audio", "region": "sg-edge-04",
            "ingest": {"kind": "push", "protocols": ["rtmp"]}, "output_protocols": ["hls"], "ladder": LADDER,
            "packaging": {"hls": {"segment_format": "mpegts", "playlist_size": 6, "preserved_segments": 6}},
            "webhook_url": webhook_url,
        }  # fmt: skip
        return str(self._ask("POST", "/streams", json=body)["id"])

    def status(self, show: str) -> str:
        """Tell how a show is."""
        return str(self._ask("GET", f"/streams/{show}")["status"])

    def names(self) -> Iterator[str]:
        """List the names of all shows."""
        for row in self._ask("GET", "/streams"):
            yield str(row["name"])

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        for _ in range(TRIES):
            try:
                answer = self._client.request(method, path, **more)
                if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    return answer.raise_for_status().json()["data"]
            except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
                raise CloudError(f"{method} {path}: {error}") from error
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        raise CloudError(f"{method} {path}: too many calls")
