"""What the page about AINative tells a reader to type works as it stands there."""

import json
import shutil
import subprocess

import pytest

PAGE = "docs/providers/ainative.md"
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are written with curl")


def _type(script, environment, folder):
    """Type into a shell, and give the last line that it prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=environment, cwd=folder, timeout=90, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(name="variables")
def _variables(emulator, environment):
    house = emulator.tenancy.house("ainative").credentials
    known = {"TOKEN": house["token"], "USERNAME": house["username"], "BASE_URL": emulator.addresses("ainative").api}
    return environment | {"OFFAIR_URL": emulator.http_url} | {f"AINATIVE_{name}": text for name, text in known.items()}


@pytest.mark.media
def test_the_first_stream_of_the_guide_becomes_a_vod(blocks, variables, tmp_path):
    printed = _type(blocks(PAGE, "sh stream")[0], variables, tmp_path)
    (vod,) = json.loads(printed[-1])

    assert ("ended", "ready", True) == (printed[-2], vod["status"], vod["duration"] > 3)


def test_the_account_of_the_guide_logs_in(blocks, variables, tmp_path):
    printed = _type(blocks(PAGE, "sh accounts")[0], variables, tmp_path)

    assert "newcomer" in printed[-1]


def test_the_world_of_the_guide_is_not_empty(blocks, environment, tmp_path):
    printed = _type(blocks(PAGE, "sh world")[0], environment, tmp_path)

    assert 4 == json.loads(printed[-1])["total"]
