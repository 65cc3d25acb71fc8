"""DNS rebinding: only names that are ours are answered to, on every surface."""

import socket

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from offair.emulator.web.app import build, called_by_name
from offair.emulator.web.control.mount import control_mount
from offair.emulator.web.hosts import Hosts

OURS = ["localhost", "localhost:8420", "LOCALHOST:1", "localhost.", "app.localhost:80", "127.0.0.1:8420", "192.168.1.7",
        "[::1]:8420", "[::1]", "[fe80::1]:1", "", "0.0.0.0:8420", "offair", "offair:8420", "My-Machine",
        "stand_in_1:80", "evillocalhost"]  # fmt: skip
THEIRS = ["evil.example", "evil.example:8420", "localhost.evil.example", "evil-localhost.example",
          "127.0.0.1.evil.example", "evil.example.", "127.0.0.1@evil.example", "::1", "[evil]", "1.2.3",
          ".localhost.evil.example:1", "[::1",
          "a b", "localhost:1:2", "evil.example:127.0.0.1"]  # fmt: skip


@pytest.mark.parametrize("field", OURS)
def test_our_own_names_are_answered_to(field):
    assert Hosts().know(field)


@pytest.mark.parametrize("field", THEIRS)
def test_a_name_that_anybody_could_point_here_is_not(field):
    assert not Hosts(("", "stand.example")).know(field)


@pytest.mark.parametrize(
    ("name", "field", "is_known"),
    [
        ("stand.example", "STAND.example:8420", True),
        ("Stand.Example", "stand.example", True),
        ("stand.example", "a.stand.example", False),
        (".stand.example", "a.b.stand.example:1", True),
        (".stand.example", "stand.example", True),
        (".stand.example", "evilstand.example", False),
        ("offair", "offair:8420", True),
    ],
)
def test_a_name_can_be_allowed(name, field, is_known):
    assert is_known is Hosts((name,)).know(field)


@given(st.text(max_size=30))
def test_any_text_is_judged(field):
    assert Hosts().know(field) in {True, False}


PATHS = ["/_offair/snapshot", "/_offair/ready", "/tenbyte/v1/livestream/health", "/tenbyte/cdn/x/master.m3u8",
         "/tenbyte/cdn/time", "/nowhere"]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", PATHS)
def test_a_name_of_somebody_else_is_told_so_on_every_surface(emulator, method, path):
    answer = httpx.request(method, emulator.http_url + path, headers={"Host": "evil.example:8420"})

    assert (421, True) == (answer.status_code, "'evil.example'" in answer.json()["error"])
    assert "allowed_hosts" in answer.json()["error"]


def test_a_web_socket_is_no_way_around(emulator):
    address = httpx.URL(emulator.http_url)
    lines = ["GET /tenbyte/socket HTTP/1.1", "Host: evil.example", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""]  # fmt: skip
    with socket.create_connection((address.host, address.port), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode())

        assert b"HTTP/1.1 421 " == connection.recv(4096)[:13]


def test_what_is_configured_is_answered_to(emulator):
    mount = control_mount(emulator.steered(), emulator.timers)
    client = Client(called_by_name(build(mount), Hosts(("stand.example",)), emulator.journal))
    answers = [client.get("/_offair/health", headers={"Host": host}) for host in ("stand.example:1", "evil.example")]

    assert [200, 421] == [answer.status_code for answer in answers]
