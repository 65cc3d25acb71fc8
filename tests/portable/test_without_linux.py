"""What only Linux has is never needed: tests of whatever touches the system, where it was taken away (as on macOS)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOUCHED = (
    "tests/web/host",
    "tests/media/ingest",
    "tests/media/transcoding/test_process.py",
    "tests/webhooks/test_sender.py",
    "tests/emulator",
)
PLAYED = (
    "tests/journeys/test_going_live.py",
    "tests/journeys/test_progressive.py",
    "tests/journeys/test_pulling.py",
)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    # -P: the checkout must not be importable without its prefix
    argv = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "without_linux", "-p", "no:cacheprovider", *arguments]
    support = {**os.environ, "PYTHONPATH": str(ROOT / "tests/support")}  # a plugin is asked for before the settings are
    return subprocess.run(argv, cwd=ROOT, env=support, capture_output=True, text=True, timeout=550, check=False)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_touches_the_system_does_without_linux():
    done = _run("-m", "not media and not slow", *TOUCHED)

    assert 0 == done.returncode, done.stdout


@pytest.mark.media
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_media_do_without_linux():
    done = _run("-m", "not browser", *PLAYED)

    assert 0 == done.returncode, done.stdout
