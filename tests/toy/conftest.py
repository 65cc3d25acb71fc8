"""The toy, found as a cloud of another distribution is: by an entry point that names its module."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.media.transcoding.ffmpeg import choose
from offair.emulator.provider.provider import GROUP, Provider, discover
from offair.emulator.settings import Settings


@pytest.fixture(scope="session", name="everybody")
def _everybody() -> list[Provider]:
    """Every cloud that is installed, and the toy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent)  # so that the entry point's module can be imported
        return discover(extra=[EntryPoint(name="toy", value="cloud:PROVIDER", group=GROUP)])


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
