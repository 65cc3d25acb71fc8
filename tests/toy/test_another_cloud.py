"""A cloud that is added as a folder breaks no test that is there: proved on a copy of the repository with one more."""

import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "anothercloud"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", ".*", "build", "*.egg-info")
# whatever could know the list of clouds
ASKED = (
    "tests/house",
    "tests/docs/test_completeness.py",
    "tests/toy",
    "tests/cli/test_looking.py",
    "tests/cli/test_refusals.py",
    "tests/cli/test_remote.py::test_a_token_of_an_unknown_cloud_or_tenant_is_refused_in_a_sentence",
    "tests/fixtures/test_plugin.py::test_a_cloud_is_there_by_its_name",
    "tests/web/control",
    "tests/webhooks",
)
QUIET = ("-q", "-p", "no:cacheprovider")
# what the toy says of itself, and what it says as one of ours
MOVED = {
    'Contract.load(Path(__file__).parent / "promise", cloud="toy")': f'promise("{NAME}")',
    "import Contract": "import promise",
    "from pathlib import Path\n": "",
    'CLOUD = "toy"': f'CLOUD = "{NAME}"',
    'title="Toy"': f'title="{NAME.title()}"',
    "from toycloud": f"from offair.emulator.providers.{NAME}",
}


def _moved(code: str) -> str:
    for ours, theirs in MOVED.items():
        code = code.replace(ours, theirs)
    return code


@pytest.fixture(scope="module", name="repository")
def _repository(tmp_path_factory, everybody) -> Path:
    """A copy of this repository in which the toy is a cloud of its own: its promise, its code, its page, its row."""
    copy = tmp_path_factory.mktemp("repository")
    for found in ROOT.iterdir():
        if found.is_dir() and not LEFT_OUT(str(ROOT), [found.name]):
            shutil.copytree(found, copy / found.name, ignore=LEFT_OUT)
        elif found.is_file() and not found.name.startswith("."):
            shutil.copy(found, copy)
    toy = copy / "tests/toy/toycloud"
    shutil.copytree(toy / "promise", copy / "contracts" / NAME)
    folder = copy / "emulator/providers" / NAME
    folder.mkdir()
    for module in toy.glob("*.py"):
        (folder / module.name).write_text(_moved(module.read_text()))
    switches = ", ".join(f"`{field.name}`" for field in fields(everybody[-1].switch_type))
    (copy / f"docs/providers/{NAME}.md").write_text(f"# {NAME.title()}\n\nIt has the switches {switches}.\n")
    answers = [done is not None for surface in everybody[-1].surfaces for _, done in surface.operations]
    served = f"{sum(answers)} of {len(answers)} operations"
    readme = (copy / "README.md").read_text()
    table = "|---|---|---|---|---|\n"
    assert table in readme
    (copy / "README.md").write_text(readme.replace(table, f"{table}| {NAME.title()} | {served} | | | |\n"))
    (copy / "tests/toy" / Path(__file__).name).unlink()
    return copy


@pytest.fixture(scope="module", name="environment")
def _environment(repository, tmp_path_factory) -> dict[str, str]:
    """Where the copy is what is installed: an import path is the repository path with ``offair.`` before it."""
    site = tmp_path_factory.mktemp("site")
    (site / "offair").mkdir()
    for room in ("emulator", "contracts", "fixtures"):
        (site / "offair" / room).symlink_to(repository / room)
    for module in (repository / "emulator/root").glob("*.py"):
        (site / "offair" / module.name).symlink_to(module)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OFFAIR_", "PYTEST_", "COV_"))}
    return kept | {"PYTHONPATH": str(site)}


@pytest.fixture(name="python")
def _python(environment, repository):
    """Run a module in the copy, and give how it ended."""

    def python(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            env=environment,
            cwd=repository,
            capture_output=True,
            text=True,
            check=False,
        )

    return python


def test_the_copy_serves_one_cloud_more(python):
    shown = python("offair", "providers").stdout

    assert (True, True) == (NAME in shown.lower(), "operations served" in shown), shown


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_test_is_still_collected(python):
    ended = python("pytest", *QUIET, "--collect-only", "tests")

    assert 0 == ended.returncode, ended.stdout[-5000:] + ended.stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_existing_test_breaks(python):
    ended = python("pytest", *QUIET, "-m", "not media and not browser", *ASKED)

    assert 0 == ended.returncode, ended.stdout[-20_000:] + ended.stderr
