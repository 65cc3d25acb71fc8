"""The layers of the house, read from pyproject.toml by import-linter: arrows point down, and never in a circle."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from laws.source import ROOMS, ROOT

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
VERDICT = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)\b", re.MULTILINE)
SMUGGLED = {
    "contracts/violation.py": "from offair.emulator.core import clock",
    "emulator/core/clock.py": "from offair.emulator.provider import Provider",
    "emulator/core/ids.py": "from werkzeug.exceptions import NotFound",
    "emulator/core/limits.py": "from offair.emulator.core import journal",
    "emulator/core/journal.py": "from offair.emulator.core import limits",
    "emulator/media/formats/flv.py": "from offair.emulator.media.packager import hls",
    "emulator/providers/elsewhere/__init__.py": "from offair.emulator.providers.somewhere import PROVIDER",
    "emulator/providers/somewhere/__init__.py": "PROVIDER = None",
}


def _lint(*options, cwd, **variables):
    """Run import-linter on what is installed, somewhere where it can see no second copy."""
    argv = [sys.executable, "-c", LINT, "--no-cache", "--no-logo", *options, str(ROOT / "pyproject.toml")]
    return subprocess.run(
        argv, cwd=cwd, env=os.environ | {"COLUMNS": "200", **variables}, capture_output=True, text=True, check=False
    )


def test_every_arrow_points_down(tmp_path):
    linted = _lint(cwd=tmp_path)

    assert 0 == linted.returncode, linted.stdout + linted.stderr


@pytest.fixture(name="copy")
def _copy(tmp_path):
    """Another house, into which something may be smuggled."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / "offair" / room, ignore=shutil.ignore_patterns("__pycache__", "root"))
    return tmp_path / "offair"


def test_an_arrow_that_points_up_is_found_in_every_layer(copy):
    for name, line in SMUGGLED.items():
        (copy / name).parent.mkdir(exist_ok=True)
        with (copy / name).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    linted = _lint(cwd=copy, PYTHONPATH=str(copy.parent))
    kept = [match["name"] for match in VERDICT.finditer(linted.stdout) if match["verdict"] == "KEPT"]

    assert (1, []) == (linted.returncode, kept), linted.stdout + linted.stderr


def test_a_room_without_a_layer_is_told_to_take_one(copy):
    (copy / "emulator/attic").mkdir()
    (copy / "emulator/attic/__init__.py").touch()
    linted = _lint("--contract", "rooms", cwd=copy, PYTHONPATH=str(copy.parent))

    assert (1, True) == (linted.returncode, "offair.emulator.attic" in linted.stdout), linted.stdout
