"""The sample projects, run as somebody would who has nothing but an installed wheel."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import needing
import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
CLOUDS = ("tenbyte", "bintu", "ainative")
PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p offair.fixtures.plugin -p no:cacheprovider"}


@pytest.fixture(scope="module", name="theirs")
def _theirs(tmp_path_factory):
    """A virtual environment with what a wheel of ours installs; what an index would give is found in our own."""
    folder = tmp_path_factory.mktemp("theirs")
    checkout = folder / "checkout"
    skipped = shutil.ignore_patterns(
        "node_modules", ".*", "build", "dist", "*.egg-info", "__pycache__", "tests", "bench"
    )
    shutil.copytree(ROOT, checkout, ignore=skipped)
    venv.create(folder / "venv", symlinks=True)
    site = next((folder / "venv").glob("lib/*/site-packages"))
    build = [sys.executable, "setup.py", "-q", "build", "--build-lib", str(site)]
    subprocess.run(build, cwd=checkout, check=True, capture_output=True, timeout=120)
    known = {path for path in sys.path if path.endswith("site-packages")} | {sysconfig.get_paths()["purelib"]}
    (site / "known.pth").write_text("\n".join(sorted(known)))
    return folder / "venv" / "bin" / "python", site


def _run(argv, folder, *, timeout=200.0, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OFFAIR_", "PYTEST_"))}
    done = subprocess.run(
        argv, cwd=folder, env={**clean, **environment}, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_project_passes_from_an_installed_wheel(theirs, tmp_path, cloud):
    python, site = theirs
    shutil.copytree(EXAMPLES / cloud, tmp_path / cloud)
    told = _run([python, "-c", "import offair.fixtures; print(offair.fixtures.__file__)"], tmp_path)
    passed = _run([python, "-W", "error", "-m", "pytest", "-q", "-W", "error"], tmp_path / cloud, **PLUGINS)

    assert (True, True) == (told.startswith(str(site)), " passed" in passed)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_project_is_typed_as_its_users_see_types(theirs, tmp_path, cloud):
    mypy = pytest.importorskip("mypy", reason="tox types with mypy; here it is not installed").__file__
    python, _ = theirs
    shutil.copytree(EXAMPLES / cloud, tmp_path / cloud)
    path = {"PYTHONPATH": str(Path(mypy).parents[1])}
    _run([python, "-m", "mypy", "--strict", "."], tmp_path / cloud, timeout=500, **path)


@pytest.mark.slow
@needing.program("node")
def test_the_project_in_node_passes():
    argv = [sys.executable, "-m", "offair", "exec", "--media-profile", "passthrough", "--", "node", "--test"]
    _run([*argv, "site.test.mjs"], EXAMPLES / "node")


@pytest.mark.slow
@needing.program("curl")
def test_the_script_with_curl_passes():
    argv = [sys.executable, "-m", "offair", "exec", "--media-profile", "passthrough", "--", "sh", "smoke.sh"]

    assert "live: live\nended: idle\n" == _run(argv, EXAMPLES / "shell")


@pytest.mark.slow
@pytest.mark.timeout(300)
@needing.program("curl")
@needing.program("node")
@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_the_steps_of_a_job_end_well(name, tmp_path):
    job = yaml.safe_load((EXAMPLES / "ci" / name).read_text())
    steps = job["jobs"]["live"]["steps"] if name == "github.yml" else [{"run": line} for line in job["live"]["script"]]
    script = [step["run"] for step in steps if "run" in step and not step["run"].startswith("pip install")]
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)
    offair = programs / "offair"
    offair.write_text(f'#!/bin/sh\nexec {sys.executable} -m offair "$@"\n')
    offair.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"

    assert len(script) >= 2
    for line in ["\n".join(script)] if name == "gitlab.yml" else script:
        typed = line.replace("python -m", f"{sys.executable} -m")
        _run(["bash", "-eo", "pipefail", "-c", typed], tmp_path / "examples", PATH=path, **PLUGINS)
