"""Who is measured: the stand-in, its host with next to nothing behind it, and public peers with the same contract."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from processes import free_port, is_listening, running, until

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONTRACT = ROOT / "contracts" / "tenbyte" / "openapi.yaml"
PEERS = HERE / "peers"
BODY = {
    "name": "bench", "type": "linear", "mode": "video", "region": "sg-edge-04",
    "ingest": {"kind": "push", "protocols": ["rtmp"]}, "output_protocols": ["hls"],
    "ladder": {"video": [{"name": "360p", "width": 640, "height": 360, "fps": 30, "gop": 60, "bitrate_kbps": 800,
                          "codec": "h264", "preset": "ultrafast",
                          "audio": {"codec": "aac", "channels": 2, "sample_rate_hz": 48_000,
                                    "audio_bitrate_kbps": 64}}]},
    "packaging": {"hls": {"segment_format": "mpegts", "playlist_size": 6, "preserved_segments": 2,
                          "low_latency": False}},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A request that somebody answers; ``pid`` is their process."""

    who: str
    what: str
    url: str
    pid: int
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def missing() -> Iterator[str]:
    """Say what is not measured, and how to have it."""
    if not (PEERS / "node_modules").is_dir():
        yield "Prism and json-server are left out: npm install --prefix bench/http/peers"
    if shutil.which("nginx") is None:
        yield "nginx is left out: apt-get install nginx"


@contextmanager
def host(name: str, app: str) -> Iterator[list[Target]]:
    """Serve a small application by one of the hosts."""
    with running(sys.executable, HERE / "hosts.py", name, app, stdout=subprocess.PIPE) as process:
        url = f"http://127.0.0.1:{int(process.stdout.readline())}/"
        yield [Target(who=name, what=app, url=url, pid=process.pid)]


@contextmanager
def stand_in() -> Iterator[list[Target]]:
    """Serve the stand-in with a page of streams."""
    argv = [Path(sys.executable).with_name("offair"), "serve", "--json", "--port", "0", "--rtmp-port", "0"]
    with running(*argv, stdout=subprocess.PIPE) as process:
        cloud = json.loads(process.stdout.readline())["clouds"]["tenbyte"]
        yield list(_calls("stand-in", cloud["base_url"], process.pid, cloud["headers"], None))


@contextmanager
def prism() -> Iterator[list[Target]]:
    """Serve the contract's examples by Prism."""
    with _node("prism", "mock", "-h", "127.0.0.1", "-v", "silent", CONTRACT, port="-p") as (port, pid):
        one = "8b7a6c5d-4e3f-4a1b-9c8d-7e6f5a4b3c2d"
        yield list(_calls("prism", f"http://127.0.0.1:{port}", pid, {"X-API-Key": "abcdefgh"}, one))


@contextmanager
def json_server(folder: Path) -> Iterator[list[Target]]:
    """Serve streams by json-server."""
    file = folder / "db.json"
    file.write_text(json.dumps({"streams": [{"id": number, **BODY} for number in range(1, 21)]}))
    with _node("json-server", "--host", "127.0.0.1", "-q", file, port="-p") as (port, pid):
        yield list(_calls("json-server", f"http://127.0.0.1:{port}", pid, {}, "1"))[:2]


@contextmanager
def nginx(folder: Path) -> Iterator[list[Target]]:
    """Serve one small file by nginx."""
    port = free_port()
    (folder / "index.html").write_bytes(b"hello")
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors; worker_processes 1;\n"
        f"events {{}} http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}/body;\n"
        f"proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path "
        f"{folder}/s;\nserver {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
    )
    with running("nginx", "-c", config) as process:
        until(lambda: is_listening(port), what="nginx")
        yield [Target(who="nginx", what="bare", url=f"http://127.0.0.1:{port}/", pid=process.pid)]


@contextmanager
def _node(name: str, *words: object, port: str) -> Iterator[tuple[int, int]]:
    number = free_port()
    command = PEERS / "node_modules" / ".bin" / name
    with running(command, *words, port, number, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until(lambda: is_listening(number), what=name, within=60)
        yield number, process.pid


def _calls(who: str, base: str, pid: int, headers: Mapping[str, str], one: str | None) -> Iterator[Target]:
    import httpx

    sent = {**headers, "Content-Type": "application/json"}
    body = json.dumps(BODY)
    if one is None:
        for _ in range(20):
            made = httpx.post(f"{base}/streams", content=body, headers=sent).raise_for_status()
        one = made.json()["data"]["id"]
    yield Target(who=who, what="get", url=f"{base}/streams/{one}", pid=pid, headers=headers)
    yield Target(who=who, what="list", url=f"{base}/streams", pid=pid, headers=headers)
    yield Target(who=who, what="create", url=f"{base}/streams", pid=pid, method="POST", headers=sent, body=body)
