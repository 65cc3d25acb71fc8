"""What is installed is what is in the repository, under one name."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import needing

ROOT = Path(__file__).parents[2]
ROOMS = ("emulator", "contracts", "fixtures")


@needing.program("git")
def test_every_file_of_the_rooms_is_installed():
    """Runs against the wheel under tox, and against the checkout otherwise: the same files either way."""
    listed = subprocess.run(
        ["git", "ls-files", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    import offair.emulator

    installed = Path(offair.emulator.__file__).parents[1]
    places = {name: (installed / name, installed / name.removeprefix("emulator/root/")) for name in listed}
    missing = [name for name, either in places.items() if not any(place.exists() for place in either)]

    assert [] == missing


def test_what_an_earlier_build_left_is_not_installed(tmp_path):
    """Who installs anew after an update would have modules, and whole clouds, that are gone."""
    left = tmp_path / "offair/emulator/left.py"
    left.parent.mkdir(parents=True)
    left.touch()
    build = [sys.executable, "setup.py", "-q", "build", "--build-lib", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)

    assert (False, True) == (left.exists(), (tmp_path / "offair/emulator/emulator.py").exists())


def test_the_top_folder_is_a_package():
    """Pytest takes the parts of a plugin's namespace for its modules: it would warn of ``__main__`` in every suite."""
    assert (ROOT / "emulator/root/__init__.py").is_file()


def test_no_room_is_importable_without_its_prefix():
    """A second copy of every class would make isinstance lie."""
    assert set() == set(ROOMS) & set(sys.modules)


def test_the_plugin_is_registered_and_light():
    """A guest in other people's suites must not import the world before a fixture is used."""
    code = (
        "import sys, pytest; before = set(sys.modules); import offair.fixtures.plugin;"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('offair')))"
    )
    added = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()

    assert ("[]", ["offair.fixtures.plugin"]) == (
        added,
        [point.value for point in entry_points(group="pytest11") if point.name == "offair"],
    )


@needing.program("git")
def test_the_repository_speaks_of_itself_alone():
    wanted = subprocess.run(
        ["git", "grep", "-lniE", r"\.\./shared|/work/|issue [0-9]", "--", ":!tests/house/test_packaging.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.splitlines()  # fmt: skip

    assert [] == wanted
