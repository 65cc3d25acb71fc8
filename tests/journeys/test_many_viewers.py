"""The recipe for many viewers, with a real nginx in front: it answers segments, and asks for playlists."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

import httpx
import pytest
from free_ports import free_port

from offair.emulator.core.clock import Clock

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
RECIPE = Path(__file__).parents[2] / "docs/guide/many-viewers.md"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = [pytest.mark.media, pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine")]


def _recipe(folder: Path, port: int, upstream: str) -> str:
    server = re.search(r"```nginx\n(.*?)```", RECIPE.read_text(), re.DOTALL)[1]
    server = server.replace("/var/cache/offair", str(folder / "cache")).replace(
        "listen 8080", f"listen 127.0.0.1:{port}"
    )
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = f"access_log off; {places} {server.replace('http://127.0.0.1:8420', upstream)}"
    return f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log; events {{}} http {{ {http} }}"


def _is_open(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(name="front")
def _front(emulator, tmp_path):
    """Nginx as the guide has it, before the emulator: its URL."""
    port = free_port()
    config = tmp_path / "nginx.conf"
    config.write_text(_recipe(tmp_path, port, emulator.http_url))
    with subprocess.Popen([NGINX, "-c", config], stderr=subprocess.PIPE) as nginx:
        deadline = Clock().deadline(30)
        while not _is_open(port):
            assert nginx.poll() is None, nginx.stderr.read()
            assert not deadline.is_over, (tmp_path / "log").read_text()
        yield f"http://127.0.0.1:{port}"
        nginx.terminate()


@pytest.fixture(name="live")
def _live(customer, body, encode):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    return stream


def test_a_segment_is_answered_by_nginx_and_a_playlist_by_us(front, emulator, live, player):
    behind = lambda url: url.replace(emulator.http_url, front)  # noqa: E731 - a word for what is said three times
    master = live["playback"]["hls"]
    (variant,) = player.variants(master)
    segment = player.playlist(variant).segments[0].absolute_uri
    segments = [httpx.get(behind(segment)) for _ in range(2)]
    playlists = [httpx.get(behind(variant)).headers["X-Cache"] for _ in range(2)]

    assert (["MISS", "HIT"], ["MISS", "MISS"]) == ([answer.headers["X-Cache"] for answer in segments], playlists)
    assert httpx.get(segment).content == segments[1].content


def test_the_endless_mp4_comes_as_it_is_made(front, emulator, live):
    url = live["playback"]["hls"].replace(emulator.http_url, front).replace("master.m3u8", "stream.mp4")
    with httpx.stream("GET", url, timeout=30) as answer:
        first = next(answer.iter_bytes())

    assert (200, b"ftyp") == (answer.status_code, first[4:8])


def test_the_api_is_there_too(front, emulator, customer):
    path = emulator.addresses("tenbyte").api.removeprefix(emulator.http_url)

    assert 200 == httpx.get(f"{front}{path}/streams", headers=dict(customer.tenant.headers)).status_code
