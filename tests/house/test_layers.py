"""The layers of the house, read from pyproject.toml by import-linter: arrows point down, and never in a circle."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from laws.source import ROOMS, ROOT

LINTER = "from importlinter.cli import import_linter; import_linter()"
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


@pytest.fixture(name="laid_out")
def _laid_out(tmp_path):
    """The house as a wheel lays it out, whichever way it is installed here; something may be smuggled in."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / "offair" / room, ignore=shutil.ignore_patterns("__pycache__", "root"))
    for module in (ROOT / "emulator/root").glob("*.py"):
        shutil.copy(module, tmp_path / "offair")
    return tmp_path / "offair"


def _run(command, *arguments, house):
    """Run a command of import-linter beside a house, so that it sees that one."""
    return subprocess.run(
        [sys.executable, "-c", LINTER, command, *arguments], cwd=house.parent, env=os.environ | {"COLUMNS": "200"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _lint(house, *options):
    return _run("lint", "--no-cache", "--no-logo", *options, str(ROOT / "pyproject.toml"), house=house)


def test_every_arrow_points_down(laid_out):
    linted = _lint(laid_out)

    assert 0 == linted.returncode, linted.stdout + linted.stderr


def test_an_arrow_that_points_up_is_found_in_every_layer(laid_out):
    for name, line in SMUGGLED.items():
        (laid_out / name).parent.mkdir(exist_ok=True)
        with (laid_out / name).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    linted = _lint(laid_out)
    kept = [match["name"] for match in VERDICT.finditer(linted.stdout) if match["verdict"] == "KEPT"]

    assert (1, []) == (linted.returncode, kept), linted.stdout + linted.stderr


def test_a_room_without_a_layer_is_told_to_take_one(laid_out):
    (laid_out / "emulator/attic").mkdir()
    (laid_out / "emulator/attic/__init__.py").touch()
    linted = _lint(laid_out, "--contract", "rooms")

    assert (1, True) == (linted.returncode, "offair.emulator.attic" in linted.stdout), linted.stdout


def test_arrows_are_drawn_as_contributing_says(laid_out):
    (command,) = re.findall(r"import-linter (drawgraph \S+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    drawn = _run(*command.split(), house=laid_out)

    arrows = [tuple(re.findall(r'"(\S+)"', line)[:2]) for line in drawn.stdout.splitlines() if "->" in line]

    assert (True, False) == ((".ingest", ".formats") in arrows, ".formats" in dict(arrows)), drawn.stdout + drawn.stderr
