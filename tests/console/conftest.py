"""What a test of the pages needs: a stand-in of its own with a stream at every cloud, and a browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import PLAYS_BY_ITSELF, chromium

from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.tenants import Tenant
from offair.emulator.emulator import Emulator
from offair.emulator.media.transcoding.ffmpeg import choose

PATIENCE = 30.0


@pytest.fixture(scope="session", name="cloud")
def _cloud() -> str:
    return "tenbyte"


@dataclass(frozen=True)
class Maker:
    """Makes streams as the clouds' docs do, for one tenant of each cloud."""

    emulator: Emulator

    def at(self, cloud: str, tenant: Tenant | None = None, **members: Any) -> Stream:
        provider = self.emulator.providers[cloud]
        demo = provider.demo
        example = next(one for one in provider.promise.examples_of(demo.operation) if one.name == demo.example)
        url = self.emulator.addresses(cloud).api + example.path.removeprefix(provider.promise.base_path)
        headers = dict((tenant or self.emulator.tenancy.house(cloud)).headers)
        answer = httpx.request(example.method, url, json={**example.request_body, **members}, headers=headers)
        assert answer.is_success, answer.text
        stream = self.emulator.world.get(STREAMS, demo.stream_id(answer.json()))
        assert stream is not None
        return stream


@pytest.fixture(name="make")
def _make(emulator) -> Maker:
    return Maker(emulator)


@pytest.fixture(name="root")
def _root(emulator) -> str:
    """The console's address, with a slash at its end."""
    return emulator.ready()["console_url"]


@pytest.fixture(name="get")
def _get(root):
    """Fetch a page as a browser without scripts would."""

    def get(path: str, *, status: int = 200) -> str:
        answer = httpx.get(root + path, headers={"Accept": "text/html"}, timeout=PATIENCE)
        assert status == answer.status_code, answer.text
        return answer.text

    return get


@pytest.fixture(scope="module", name="browser")
def _browser() -> Iterator[Any]:
    with chromium(PLAYS_BY_ITSELF) as browser:
        yield browser


@pytest.fixture(name="tab")
def _tab(browser) -> Iterator[Any]:
    """A tab that fails its test if a script of the page failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(PATIENCE * 1000)
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()

    assert [] == errors


@pytest.fixture(scope="session", name="ffmpeg")
def _ffmpeg() -> Path:
    """The ffmpeg that the emulator would choose too."""
    return choose(None)
