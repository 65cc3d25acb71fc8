"""Bintu's tenants, streams of theirs, clients with each kind of credential, and encoders."""

import subprocess
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from inbox import Inbox

from offair.contracts.contract import promise
from offair.emulator.media.transcoding.ffmpeg import choose
from offair.emulator.providers.bintu.people import ROLES, USERS

PICTURE = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-f", "lavfi", "-i", "sine=r=48000"]
CODED = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-tune",
    "zerolatency",
    "-g",
    "25",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "aac",
]


@pytest.fixture(scope="session", name="cloud")
def _cloud() -> str:
    """Whose tenants the tests are."""
    return "bintu"


@pytest.fixture(scope="session", name="examples")
def _examples():
    """The published exchanges, by service and name."""
    bintu = promise("bintu")
    return {
        (one.service, example.name): example for one in (bintu, *bintu.services.values()) for example in one.examples
    }


@pytest.fixture(name="create")
def _create(api):
    """Make a stream of this test's own organisation."""

    def create(**wish):
        answer = api.post("/stream", json=wish)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    return create


@pytest.fixture(name="stream")
def _stream(create):
    """A stream with two transcodes, as the answer of its creation shows it."""
    profiles = ("vtrans2-852x480x800x25", "vtrans2-640x360x400x25")
    return create(tags=["first"], transcodes=[{"profile": profile, "tags": []} for profile in profiles])


@pytest.fixture(name="anybody")
def _anybody(emulator):
    """A client that says nothing about who it is."""
    with httpx.Client(base_url=emulator.addresses("bintu").api, timeout=30, verify=False) as client:
        yield client


@pytest.fixture(name="user")
def _user(emulator, tenant):
    """The organisation's administrator."""
    return emulator.world.find(USERS, tenant=tenant.id)[0]


@pytest.fixture(name="token_of")
def _token_of(api):
    """Let somebody in with a role, and log in as them."""

    def token_of(role, email=None):
        address = email or f"{role}-{id(api)}@example.org"
        made = api.post("/user", json={"email": address, "password": "secret", "permission": role})
        assert 200 == made.status_code, made.text
        return api.post("/user/validate", json={"email": address, "password": "secret"}).json()["token"]

    return token_of


@pytest.fixture(name="tokens")
def _tokens(token_of):
    """A token of each role."""
    return {role: token_of(role) for role in ROLES}


@pytest.fixture(name="service")
def _service(emulator, tenant):
    """Call a further service with the organisation's key."""
    urls = emulator.addresses("bintu").services

    def call(name, path, body, headers=None):
        return httpx.post(
            f"{urls[name]}{path}", json=body, headers=dict(tenant.headers) if headers is None else headers
        )

    return call


@pytest.fixture(name="simulate")
def _simulate(control):
    """Move a stream without media."""

    def simulate(stream, *targets):
        for target in targets:
            control.post(f"/streams/{stream['id']}/simulate", json={"to": target}).raise_for_status()

    return simulate


@pytest.fixture(name="inbox")
def _inbox(api, emulator):
    """The server of this test's own organisation, which Bintu asks."""
    inbox = Inbox()
    api.put("/organisation/webhook", json={"webhook": inbox.url}).raise_for_status()
    yield inbox
    inbox.close()


@pytest.fixture(scope="session", name="executable")
def _executable() -> Path:
    return choose(None)


@pytest.fixture(name="publish")
def _publish(executable):
    """Be an encoder for as long as the context lasts; it gives the process."""

    @contextmanager
    def publish(url, container="flv", options=()):
        argv = [executable, "-v", "error", "-nostdin", *PICTURE, *CODED, "-f", container, *options, url]
        with subprocess.Popen(argv, stderr=subprocess.PIPE) as encoder:
            try:
                yield encoder
            finally:
                encoder.terminate()
                encoder.communicate(timeout=20)

    return publish


@pytest.fixture(scope="session", name="rtmp_of")
def _rtmp_of():
    """Say where an encoder publishes to a stream."""

    def rtmp_of(stream, app=None, query=""):
        ingest = stream["ingest"]["rtmp"]
        url = ingest["url"] if app is None else f"{ingest['url'].rpartition('/')[0]}/{app}"
        return f"{url}/{ingest['streamname']}{query}"

    return rtmp_of
