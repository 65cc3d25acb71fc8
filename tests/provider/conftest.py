"""A form to fill in wrongly: a contract in a folder, and what a cloud says of itself."""

from dataclasses import dataclass

import pytest
from small import OPENAPI

from offair.contracts.contract import Contract
from offair.emulator.core.publication import Policy
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.provider import Demo, Provider
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Surface


@dataclass(frozen=True)
class Switches:
    """Nothing to choose."""


@pytest.fixture(name="write")
def _write(tmp_path):
    """Write documents below a contract's folder, and load it."""

    def write(cloud="small", **documents):
        folder = tmp_path / cloud
        for name, text in {"openapi": OPENAPI, **documents}.items():
            path = folder / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (folder / "examples").mkdir(exist_ok=True)
        (folder / "examples/thing.json").write_text("{}")
        return Contract.load(folder)

    return write


@pytest.fixture(name="surface")
def _surface():
    """Give a service that says everything in one way."""

    def surface(promise, **given):
        return Surface(**{"operations": Operations(promise), "render": lambda _problem, _call: Reply(400), **given})

    return surface


@pytest.fixture(name="fill")
def _fill(write, surface):
    """Fill in the form, with what is given in place of what would be right."""

    def fill(**given):
        plain = {
            "title": "Small Cloud",
            "surfaces": (surface(write()),) if "surfaces" not in given else (),
            "invite": lambda _world, _name: None,
            "policy": lambda _switches: Policy(),
            "switch_type": Switches,
            "demo": Demo(operation="POST /things", example="thing", stream_id=str, playback=dict),
        }
        return Provider(**{**plain, **given})

    return fill
