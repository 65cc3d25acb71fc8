"""The recipes for CI: they parse, every step is one that the service knows, and what is shell is run."""

import configparser
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import needing
import pytest
import yaml

from offair.emulator.cli.options import read_settings
from offair.emulator.cli.serve import command as serve
from offair.emulator.settings import Settings
from offair.emulator.settings.setting import described

ROOT = Path(__file__).parents[2]
GUIDE = "docs/guide/ci.md"
FAMILIAR = {"actions/checkout", "actions/setup-python"}
STEP = {"name", "uses", "with", "run", "if", "env", "id"}
DOCKER = {"FROM", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


@pytest.fixture(name="recipe")
def _recipe(blocks):
    """A recipe of the guide, read."""
    return lambda label: yaml.safe_load(blocks(GUIDE, f"yaml {label}")[0])


def _steps(recipe):
    return [*recipe("github")["jobs"]["live"]["steps"], *recipe("github steps")]


def _run(script, environment, **variables):
    """Run a step as its service does, without the installation: ours is here already."""
    lines = [line for line in script.splitlines() if not line.startswith("pip install")]
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
        env=environment | variables, timeout=60, check=False, capture_output=True, text=True,
    )  # fmt: skip


def test_a_workflow_of_github_has_steps_that_it_knows(recipe):
    workflow = recipe("github")
    uses = {step["uses"].partition("@")[0] for step in _steps(recipe) if "uses" in step}

    assert ({"name", True, "jobs"}, {"runs-on", "strategy", "steps"}, set(), set()) == (
        set(workflow),  # YAML 1.1 reads the key "on" as true
        set(workflow["jobs"]["live"]),
        {key for step in _steps(recipe) for key in step} - STEP,
        uses - FAMILIAR,
    )


def test_recipes_try_every_python_that_tox_does(recipe):
    """And each says which it takes by a name that its matrix has."""
    github, gitlab = recipe("github")["jobs"]["live"], recipe("gitlab")["live"]
    tried = [f"py{version.replace('.', '')}" for version in github["strategy"]["matrix"]["python"]]
    with_it = next(step["with"] for step in github["steps"] if "setup-python" in step.get("uses", ""))
    said = configparser.ConfigParser()
    said.read(ROOT / "tox.ini")

    assert (f"\npythons = {', '.join(tried)}", "${{ matrix.python }}", "python:$PYTHON-slim") == (
        said["tox"]["labels"], with_it["python-version"], gitlab["image"],
    )  # fmt: skip
    assert [{"PYTHON": github["strategy"]["matrix"]["python"]}] == gitlab["parallel"]["matrix"]


@needing.program("curl")
def test_the_steps_of_githubs_job_end_well(recipe, environment):
    ports = {"OFFAIR_PORT": "0", "OFFAIR_RTMP_PORT": "0"}
    ended = [
        _run(step["run"], environment, **ports) for step in recipe("github")["jobs"]["live"]["steps"] if "run" in step
    ]

    assert [0] * len(ended) == [done.returncode for done in ended], [done.stderr for done in ended]


@needing.program("curl")
def test_steps_that_share_a_stand_in_find_it(recipe, environment, tmp_path):
    """Each step is a shell of its own, with the variables that those before it wrote down."""
    noted = tmp_path / "github.env"
    start, *others = [step["run"] for step in recipe("github steps")]
    with subprocess.Popen(
        ["bash", "-eo", "pipefail", "-c", f"trap 'kill $(jobs -p); wait' EXIT\n{start}\necho noted\nread -r _"],
        env=environment | {"GITHUB_ENV": str(noted)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as shell:  # fmt: skip
        while (line := shell.stdout.readline()) and line != "noted\n":
            pass
        known = dict(line.split("=", 1) for line in noted.read_text().splitlines())
        ended = [_run(step, environment, **known) for step in others]
        shell.communicate("\n", timeout=20)

    assert ([0, 0], True) == ([done.returncode for done in ended], "/streams 200" in ended[-1].stdout), ended


def test_the_script_of_gitlabs_job_ends_well(recipe, environment):
    job = recipe("gitlab")["live"]
    done = _run("\n".join(job["script"]), environment, OFFAIR_PORT="0", OFFAIR_RTMP_PORT="0")

    assert ({"image", "parallel", "script"}, 0, True) == (set(job), done.returncode, "/tenbyte/v1" in done.stdout), (
        done.stderr
    )


def test_the_container_says_what_it_does_in_known_words(blocks):
    (recipe,) = blocks(GUIDE, "dockerfile")
    lines = recipe.splitlines()

    assert (set(), True, True) == (
        {line.split()[0] for line in lines} - DOCKER,
        lines[0].startswith("FROM python:3."),
        'ENTRYPOINT ["offair"]' in lines,
    )


def test_what_the_container_starts_is_well(blocks, environment):
    """Its command and its health check, run here: on loopback, and without Docker."""
    (recipe,) = blocks(GUIDE, "dockerfile")
    said = dict(line.split(" ", 1) for line in recipe.splitlines() if line.startswith(("CMD", "HEALTHCHECK")))
    argv = ["offair", *yaml.safe_load(said["CMD"])]
    argv[argv.index("0.0.0.0")] = "127.0.0.1"
    check = yaml.safe_load(said["HEALTHCHECK"].partition("CMD ")[2])
    check[-1] = check[-1].replace("8420", environment["OFFAIR_PORT"])
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL) as process:
        waited = _run("offair env --wait 20 > /dev/null", environment)
        done = subprocess.run(check, env=environment, check=False, timeout=20)
        process.terminate()

    assert (0, 0) == (waited.returncode, done.returncode), waited.stderr


def test_the_commands_for_a_team_start_with_the_settings_they_name(blocks):
    (example,) = blocks("docs/guide/for-a-team.md", "sh network")
    name, command, *options = shlex.split(example)
    given = serve.make_context(command, options).params
    settings = read_settings({name: value for name, value in given.items() if name in described(Settings)})

    assert ("offair", "serve", "stand.example.test") == (name, command, settings.shown_host)
    assert (Path("/srv/offair"), 8421) == (settings.state_dir, settings.https_port)


def test_the_container_of_a_team_keeps_its_state_where_the_image_has_a_folder_for_it(blocks):
    (example,), (image,) = blocks("docs/guide/for-a-team.md", "console"), blocks(GUIDE, "dockerfile")
    options = shlex.split(example.partition(" serve ")[2])
    folder = serve.make_context("serve", options).params["state_dir"]

    assert (True, True) == (f"-v offair:{folder} offair" in example, image.count(f"-m 700 {folder}\n") == 1)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_container_is_built_and_answers(blocks, newcomer, tmp_path):
    """Where there is a Docker that can be used; elsewhere it is skipped with the reason."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        pytest.skip("no Docker daemon can be used here")
    checkout, environment = newcomer
    (tmp_path / "Dockerfile").write_text(blocks(GUIDE, "dockerfile")[0])
    made = ["pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path / "dist"), str(checkout)]
    subprocess.run(["python3", "-m", *made], env=os.environ | dict(environment), check=True, timeout=300)
    subprocess.run([docker, "build", "--quiet", "--tag", "offair-recipe", str(tmp_path)], check=True, timeout=600)
    shown = subprocess.run(
        [docker, "run", "--rm", "offair-recipe", "--version"], check=True, capture_output=True, text=True, timeout=60
    )

    assert shown.stdout.startswith("offair, version")


def test_the_wheel_of_the_recipes_is_the_readmes(blocks):
    assert blocks(GUIDE, "sh wheel")[0] in blocks("README.md", "sh install")[0]
