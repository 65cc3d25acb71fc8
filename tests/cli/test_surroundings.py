"""What surrounds a command: who asks for help, where its words go, and folders that are none."""

import subprocess
import sys
from pathlib import Path

import pytest

from offair.emulator.settings.forms import Port, Seconds
from offair.emulator.settings.kinds import SettingError, convert

LAUNCH = "import sys, offair.emulator.cli as cli; cli.main(prog_name='offair')"
LOOK = """
import os, sys
from offair.emulator.cli import main

main.callback()
sys.stderr.write(f"{os.fstat(1).st_rdev == os.stat(os.devnull).st_rdev} {sys.stdout.isatty()}")
"""
FULL = Path("/dev/full")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("help",), "Usage: offair [OPTIONS]"), (("help", "serve"), "Usage: offair serve"),
        (("help", "hooks", "resend"), "Usage: offair hooks re"),
        (("hooks", "help", "resend"), "Usage: offair hooks re"),
    ],
)  # fmt: skip
def test_who_asks_for_help_by_name_gets_it(run, asked, said):
    ended = run(*asked)

    assert (0, True) == (ended.code, ended.out.startswith(said)), ended.err


def test_help_about_what_there_is_not_is_told_the_nearest(run):
    ended = run("help", "sreve")

    assert (2, True) == (ended.code, "Did you mean 'serve'?" in ended.err)


def test_a_closed_stream_is_no_place_for_a_file_of_ours(environment):
    """Whoever writes to number 1 would write into the state."""
    argv = ["sh", "-c", 'exec "$0" -c "$1" >&-', sys.executable, LOOK]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True)

    assert "True False" == done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a file that is always full")
def test_words_that_cannot_be_written_end_in_a_sentence(environment):
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", LAUNCH, "settings"], env=environment, stdout=full, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip

    assert (1, "Error: nothing more can be written: No space left on device; free some disk\n") == (
        done.returncode,
        done.stderr,
    )


def test_doctor_says_that_a_folder_cannot_be(run, tmp_path):
    (tmp_path / "file").touch()
    ended = run("doctor", "--port", "0", "--rtmp-port", "0", "--recordings", str(tmp_path / "file" / "below"))

    assert (1, True) == (ended.code, f"nothing can be written to {tmp_path / 'file'}; choose another" in ended.out)


@pytest.mark.parametrize(("value", "kind"), [("5s", Seconds), ("1 m", Seconds), ("80tcp", Port)])
def test_a_number_with_a_unit_is_told_to_leave_it(value, kind):
    with pytest.raises(SettingError, match=r", without a unit$"):
        convert(value, kind, spelt="x")
