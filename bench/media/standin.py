"""The stand-in as a process of its own, so that its cost can be told from ours."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any
from urllib.parse import urljoin

import httpx
import m3u8
from processes import running

CLOUD = "tenbyte"
COMMAND = Path(sys.executable).with_name("offair")
SOUND = {"codec": "aac", "channels": 2, "sample_rate_hz": 48_000, "audio_bitrate_kbps": 64}
FPS = 30
Rung = tuple[int, int]  # height in lines, kbit/s
SMALL: Rung = (360, 800)


@dataclass(frozen=True, slots=True)
class Channel:
    """A stream: where it is published to (RTMP and SRT), and where it plays."""

    id: str
    rtmp: str
    srt: str
    hls: str
    dash: str


class StandIn:
    """A running stand-in; ``pid`` is its process."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.pid: int = ready["pid"]
        self._control: str = ready["control_url"]
        self._http = httpx.Client(timeout=40)
        self._cloud = ready["clouds"][CLOUD]

    def create(
        self,
        *rungs: Rung,
        segment: float = 2.0,
        container: str = "mpegts",
        preset: str = "ultrafast",
        low_latency: bool = False,
        size: int = 6,
    ) -> Channel:
        """Make a stream with HLS and DASH; ``segment`` in seconds, ``size`` in segments of the playlist."""
        packaging = {"segment_format": container, "playlist_size": size, "preserved_segments": 2,
                     "low_latency": low_latency}  # fmt: skip
        body = {
            "name": "bench", "type": "linear", "mode": "video", "region": "sg-edge-04",
            "ingest": {"kind": "push", "protocols": ["rtmp", "srt"]}, "output_protocols": ["hls", "dash"],
            "ladder": {"video": [_rung(rung, segment, preset) for rung in rungs or (SMALL,)]},
            "packaging": {"hls": packaging, "dash": {"segment_format": "fmp4"}},
        }  # fmt: skip
        answer = self._http.post(f"{self._cloud['base_url']}/streams", json=body, headers=self._cloud["headers"])
        answer.raise_for_status()
        made = answer.json()["data"]
        rtmp = f"{made['ingest']['rtmp']}/{made['stream_key']}"
        return Channel(made["id"], rtmp, made["ingest"]["srt"], made["playback"]["hls"], made["playback"]["dash"])

    def until(self, channel: Channel, state: str) -> None:
        """Wait until a stream went to a state."""
        wanted = {"kind": "move", "stream": channel.id, "text": f"to {state}", "timeout": "30"}
        self._http.get(f"{self._control}/journal/wait", params=wanted).raise_for_status()

    def close(self) -> None:
        """Hang up."""
        self._http.close()


@contextmanager
def serving(profile: str) -> Iterator[StandIn]:
    """Run a stand-in with a media profile."""
    ports = ["--port", "0", "--rtmp-port", "0"]
    with running(COMMAND, "serve", "--json", *ports, "--media-profile", profile, stdout=PIPE, stderr=DEVNULL) as one:
        assert one.stdout is not None
        stand_in = StandIn(json.loads(one.stdout.readline()))
        try:
            yield stand_in
        finally:
            stand_in.close()


class Viewer:
    """Fetches playlists on one connection."""

    def __init__(self) -> None:
        self._http = httpx.Client(timeout=10)

    def __enter__(self) -> "Viewer":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def text(self, url: str) -> str:
        """What is there; nothing while there is nothing."""
        answer = self._http.get(url)
        return answer.text if answer.status_code == 200 else ""

    def content(self, url: str) -> bytes:
        """The bytes that are there."""
        return self._http.get(url).raise_for_status().content

    def tracks(self, master: str) -> Sequence[str]:
        """The URLs of all media playlists of a master playlist: variants first, then sound; none before it is there."""
        playlist = m3u8.loads(self.text(master))
        media = [entry.uri for entry in playlist.media if entry.uri]
        return [urljoin(master, uri) for uri in [entry.uri for entry in playlist.playlists] + media]


def _rung(rung: Rung, segment: float, preset: str) -> dict[str, Any]:
    height, kbps = rung
    return {"name": f"{height}p", "width": round(height * 16 / 18) * 2, "height": height, "fps": FPS,
            "gop": round(segment * FPS), "bitrate_kbps": kbps, "codec": "h264", "preset": preset,
            "audio": SOUND}  # fmt: skip
