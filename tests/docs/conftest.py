"""Documents as data: their fenced blocks, and an environment in which a reader would try them."""

import os
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<label>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session", name="read")
def _read() -> Callable[[str], str]:
    return lambda name: (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session", name="blocks")
def _blocks(read) -> Callable[[str, str], list[str]]:
    """The code of a document's fenced blocks with this label, in order."""

    def blocks(name: str, label: str) -> list[str]:
        found = [match["code"] for match in FENCE.finditer(read(name)) if match["label"].strip() == label]
        assert found, f"{name} has no block labelled {label!r}"
        return found

    return blocks


def _free_port() -> str:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return str(asking.getsockname()[1])


@pytest.fixture(name="environment")
def _environment() -> dict[str, str]:
    """A reader's shell after the installation, on ports that nobody else has."""
    port = _free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OFFAIR_", "TENBYTE_"))}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        "OFFAIR_PORT": port,
        "OFFAIR_RTMP_PORT": _free_port(),
        "OFFAIR_URL": f"http://127.0.0.1:{port}",
    }
