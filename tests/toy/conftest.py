"""The toy, found as a cloud of another distribution is: by an entry point that names its module."""

import subprocess
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path

import httpx
import pytest
from inbox import Inbox

from offair.emulator.emulator import Emulator
from offair.emulator.media.transcoding.ffmpeg import choose
from offair.emulator.provider.provider import GROUP, Provider, discover
from offair.emulator.settings import Settings


@pytest.fixture(scope="session", name="everybody")
def _everybody() -> list[Provider]:
    """Every cloud that is installed, and the toy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent)  # so that the entry point's module can be imported
        return discover(extra=[EntryPoint(name="toy", value="toycloud:PROVIDER", group=GROUP)])


@pytest.fixture(scope="module", name="emulator")
def _emulator(everybody):
    """An emulator that serves them all."""
    with Emulator(Settings(port=0, rtmp_port=0), everybody) as emulator:
        yield emulator


@pytest.fixture(scope="session", name="cloud")
def _cloud() -> str:
    """Whose tenants the tests are."""
    return "toy"


@pytest.fixture(scope="session", name="executable")
def _executable() -> Path:
    return choose(None)


@pytest.fixture(name="anybody")
def _anybody(emulator):
    """A client that says nothing about who it is."""
    with httpx.Client(base_url=emulator.addresses("toy").api, timeout=30, verify=False) as client:
        yield client


@pytest.fixture(name="make_room")
def _make_room(api):
    """Make a room of this test's own house."""

    def make_room(title="a room", **wish):
        return api.post("/rooms/", json={"title": title, **wish}).raise_for_status().json()

    return make_room


@pytest.fixture(name="make_user")
def _make_user(api, emulator):
    """Let somebody into this test's own house, and give what its client sends."""

    def make_user(role, name="Ann"):
        made = api.post("/users", json={"name": name, "role": role}).raise_for_status().json()
        return made["user"], {"Authorization": f"Bearer {made['bearer']}"}

    return make_user


@pytest.fixture(name="simulate")
def _simulate(control):
    """Move a room without media."""

    def simulate(room, *targets):
        for target in targets:
            control.post(f"/streams/{room['room']}/simulate", json={"to": target}).raise_for_status()

    return simulate


@pytest.fixture(name="publish")
def _publish(executable):
    """Be an encoder for as long as the context lasts."""

    @contextmanager
    def publish(room):
        clip = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=15", "-f", "lavfi", "-i", "sine", "-c:v", "libx264"]
        fast = ["-preset", "ultrafast", "-tune", "zerolatency", "-g", "15", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        argv = [executable, "-v", "error", "-nostdin", *clip, *fast, "-f", "flv", room["push"]]
        with subprocess.Popen(argv, stderr=subprocess.PIPE) as encoder:
            try:
                yield
            finally:
                encoder.kill()
                encoder.communicate(timeout=30)

    return publish


@pytest.fixture(name="inbox")
def _inbox(api, emulator):
    """The server of this test's own house, which the toy calls."""
    inbox = Inbox()
    api.put("/hook", json={"url": inbox.url}).raise_for_status()
    yield inbox
    inbox.close()
