"""Public servers that do what ours does: nginx with its RTMP module, node-media-server, and ffmpeg as a server."""

import getpass
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL

from clips import ffmpeg
from processes import free_port, is_listening, running, until

RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
NODE = shutil.which("node")
NODE_PEERS = Path(__file__).parent / "peers"
NODE_MEDIA_SERVER = NODE_PEERS / "node_modules/node-media-server/bin/app.js"
CONFIGURATION = """
load_module {module};
user {user}; worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
rtmp {{
  server {{
    listen 127.0.0.1:{rtmp};
    application live {{ live on; hls on; hls_path {folder}/hls; hls_fragment {fragment}; }}
  }}
}}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  access_log off; sendfile on; tcp_nopush on;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; }}
  server {{ listen 127.0.0.1:{http}; root {folder}/hls; add_header Access-Control-Allow-Origin *; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A running peer: its process, where it is published to, and where it is fetched from (folder and URL)."""

    name: str
    pid: int
    publish_url: str
    folder: Path
    url: str = ""


def missing() -> list[str]:
    """Say which peers are not installed, and how each is."""
    words = []
    if not (NGINX and RTMP_MODULE.exists()):
        words.append("nginx-rtmp is left out: apt-get install nginx libnginx-mod-rtmp")
    if not (NODE and NODE_MEDIA_SERVER.exists()):
        words.append(f"node-media-server is left out: npm install --prefix {NODE_PEERS}")
    return words


@contextmanager
def nginx(folder: Path, *, segment: float = 2.0) -> Iterator[Peer | None]:
    """Run nginx with its RTMP module, cutting HLS, and serving it over HTTP; None where it is not installed."""
    if not (NGINX and RTMP_MODULE.exists()):
        yield None
        return
    rtmp, http = free_port(), free_port()
    home = folder / f"nginx-{rtmp}"
    (home / "hls").mkdir(parents=True)
    configuration = home / "nginx.conf"
    values = {
        "folder": home,
        "rtmp": rtmp,
        "http": http,
        "fragment": f"{round(segment * 1000)}ms",
        "user": getpass.getuser(),
    }
    configuration.write_text(CONFIGURATION.format(module=RTMP_MODULE, **values))
    with running(NGINX, "-e", home / "error.log", "-c", configuration, stderr=DEVNULL) as process:
        until(lambda: is_listening(rtmp), what="nginx")
        yield Peer("nginx-rtmp", process.pid, f"rtmp://127.0.0.1:{rtmp}/live", home / "hls", f"http://127.0.0.1:{http}")


@contextmanager
def node_media_server(folder: Path) -> Iterator[Peer | None]:
    """Run node-media-server, which relays and makes no HLS; None where it is not installed."""
    if not (NODE and NODE_MEDIA_SERVER.exists()):
        yield None
        return
    rtmp, http = free_port(), free_port()
    home = folder / f"node-{rtmp}"
    home.mkdir()
    configuration = home / "config.json"
    configuration.write_text(
        json.dumps(
            {"bind": "127.0.0.1", "notify": {"url": ""}, "store": {"path": str(home), "maxHistory": 100},
             "auth": {"play": False, "publish": False, "secret": "bench"}, "rtmp": {"port": rtmp},
             "http": {"port": http}, "webadmin": {"enable": False}, "record": {"auto": False, "path": str(home)}}
        )
    )  # fmt: skip
    with running(NODE, NODE_MEDIA_SERVER, "-c", configuration, stdout=DEVNULL, stderr=DEVNULL) as process:
        until(lambda: is_listening(rtmp), what="node-media-server")
        yield Peer("node-media-server", process.pid, f"rtmp://127.0.0.1:{rtmp}/live", home)


@contextmanager
def ffmpeg_server(folder: Path, *, segment: float = 2.0, protocol: str = "rtmp") -> Iterator[Peer]:
    """Let ffmpeg itself take one encoder and copy it to HLS, in ``index.m3u8`` of its folder."""
    port = free_port()
    home = folder / f"ffmpeg-{port}"
    home.mkdir()
    url = {"rtmp": f"rtmp://127.0.0.1:{port}/live/key", "srt": f"srt://127.0.0.1:{port}"}[protocol]
    listen = {"rtmp": ("-f", "flv", "-listen", "1", "-i", url), "srt": ("-f", "mpegts", "-i", f"{url}?mode=listener")}
    short = ("-analyzeduration", "500000", "-probesize", "1000000")
    output = ("-c", "copy", "-f", "hls", "-hls_time", f"{segment:g}", "-hls_list_size", "0", home / "index.m3u8")
    with running(ffmpeg(), "-v", "error", *short, *listen[protocol], *output, stderr=DEVNULL) as process:
        if protocol == "rtmp":
            until(lambda: _is_bound(port), what="ffmpeg's own server")
        yield Peer(f"ffmpeg -c copy -f hls ({protocol})", process.pid, url, home)


def _is_bound(port: int) -> bool:
    """Somebody listens there; without a call, as ffmpeg takes one only."""
    return any(line.split()[1].endswith(f":{port:04X}") for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
