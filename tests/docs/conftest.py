"""Documents as data: their fenced blocks, and an environment in which a reader would try them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest
from free_ports import free_port

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


@pytest.fixture(scope="session", name="fences")
def _fences(read) -> Callable[[str], list[tuple[str, str]]]:
    """Every fenced block of a document, as its label and its code."""
    return lambda name: [(match["label"].strip(), match["code"]) for match in FENCE.finditer(read(name))]


@pytest.fixture(scope="session", name="newcomer")
def _newcomer(tmp_path_factory) -> tuple[Path, Mapping[str, str]]:
    """A checkout, and the shell of somebody who has never been here: a python3, and nothing of ours on the PATH.

    What pip would fetch from the index is found where our own environment has it; the rest is as they would have it.
    """
    folder = tmp_path_factory.mktemp("newcomer")
    checkout, programs = folder / "offair", folder / "programs"
    shutil.copytree(
        ROOT,
        checkout,
        ignore=shutil.ignore_patterns("node_modules", ".*", "build", "dist", "*.egg-info", "__pycache__"),
    )
    programs.mkdir()
    (programs / "python3").symlink_to(Path(sys._base_executable))
    known = [path for path in sys.path if path.endswith("site-packages")]
    without_index = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"} if find_spec("setuptools") else {}
    return checkout, {
        "PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(known),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "OFFAIR_PORT": str(free_port()),
        "OFFAIR_RTMP_PORT": str(free_port()),
        **without_index,
    }


@pytest.fixture(scope="session", name="installed")
def _installed(newcomer, blocks) -> tuple[Path, Mapping[str, str]]:
    """The same after the first of the README's two commands; the second is what runs this."""
    checkout, environment = newcomer
    first = blocks("README.md", "sh")[0].splitlines()[0]
    done = subprocess.run(
        ["bash", "-c", first], cwd=checkout, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert (0, True) == (done.returncode, "plays" in done.stdout), done.stdout + done.stderr
    return checkout, environment


@pytest.fixture(name="environment")
def _environment() -> dict[str, str]:
    """A reader's shell after the installation, on ports that nobody else has."""
    port = str(free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OFFAIR_", "TENBYTE_"))}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        "OFFAIR_FFMPEG": os.environ["OFFAIR_FFMPEG"],
        "OFFAIR_PORT": port,
        "OFFAIR_RTMP_PORT": str(free_port()),
        "OFFAIR_URL": f"http://127.0.0.1:{port}",
    }
