"""A player that hangs up while what it asked for is waited for."""

import socket
import threading
from functools import wraps

import httpx
import pytest

from offair.emulator.core.clock import Deadline

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from the twelve that a segment is waited for


@pytest.fixture(name="held")
def _held(emulator, monkeypatch):
    """Ask for the next segment of a stream that is said to be on air; gives the player, and what tells its end."""
    studio = emulator.media.studio
    folder = studio._folder / "a-stream" / "720p"
    folder.mkdir(parents=True)
    (folder / "abc-0.ts").write_bytes(b"segment")
    asked, ended = threading.Event(), threading.Event()
    find = studio.find

    @wraps(find)
    def noting(*args, **options):
        asked.set()
        found = find(*args, **options)
        ended.set()
        return found

    monkeypatch.setattr(studio, "find", noting)
    monkeypatch.setattr(studio, "_is_on_air", lambda _stream: True)
    name = next(name for name, provider in emulator.providers.items() if provider.locate is None)
    url = httpx.URL(f"{emulator.addresses(name).cdn}/a-stream/720p/abc-1.ts")
    with socket.create_connection((url.host, url.port)) as player:
        player.sendall(f"GET {url.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert asked.wait(AT_ONCE)
        yield player, ended


def _ends(emulator, ended):
    """Whether it ends soon, as segments of others come."""
    deadline = Deadline(AT_ONCE)
    while not (ended.wait(0.05) or deadline.is_over):
        emulator.media.studio._equipment.arrivals.wake()
    return ended.is_set()


def test_is_waited_for_no_longer(emulator, held):
    """Its connection is one of those that there may be, and others want it."""
    player, ended = held
    player.close()

    assert _ends(emulator, ended)
