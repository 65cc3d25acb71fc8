"""What the guides of judging tell a reader to type is typed."""

import gzip
import shutil
import subprocess

import pytest
from receivers import SECRET, listening, receiving, signed
from recording import as_har, day_at

from offair.contracts.contract import promise

PATIENCE = 600


def type_in(typed, folder, environment):
    """Type lines into a shell: the exit code and what was printed."""
    done = subprocess.run(
        ["bash", "-euc", typed],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_a_recording_is_judged_as_the_guide_says(blocks, emulator, environment, tmp_path):
    archive = as_har(day_at(emulator, "tenbyte"))
    (tmp_path / "session.har").write_text(archive)
    (tmp_path / "session.har.gz").write_bytes(gzip.compress(archive.encode()))
    (example,) = blocks("docs/guide/traffic.md", "sh traffic")
    code, printed = type_in(example, tmp_path, environment)

    assert (0, 3) == (code, printed.count(" 0 broken")), printed


@pytest.mark.slow
def test_a_receiver_is_judged_as_the_guide_says(blocks, environment, tmp_path):
    (example,) = blocks("docs/guide/receiver.md", "sh receiver")
    with listening(receiving(signed)) as url:
        code, printed = type_in(
            example.replace("http://127.0.0.1:5000/hooks", url).replace("whs…", SECRET), tmp_path, environment
        )

    assert (0, 2) == (code, printed.count(" 0 broken")), printed


def test_two_contracts_are_compared_as_the_guide_says(blocks, environment, tmp_path):
    (example,) = blocks("docs/guide/drift.md", "sh diff")
    shutil.copytree(str(promise("tenbyte").folder), tmp_path / "contracts-of-last-month")
    shutil.copy(str(promise("bintu").folder.joinpath("openapi.yaml")), tmp_path / "old.yaml")
    shutil.copy(tmp_path / "old.yaml", tmp_path / "new.yaml")
    code, printed = type_in(example, tmp_path, environment)

    assert (0, True, True) == (code, "0 breaking, 0 risky" in printed, '"breaking": 0' in printed), printed


def test_drift_is_looked_for_as_the_guide_says(blocks, emulator, environment, tmp_path):
    (example,) = blocks("docs/guide/drift.md", "sh drift")
    tenant = emulator.tenancy.invite("tenbyte", "a customer")
    typed = example.replace("https://api.tenbyte.io/v1/livestream", emulator.addresses("tenbyte").api)
    code, printed = type_in(typed.replace("tkb…", tenant.credentials["api_key"]), tmp_path, environment)

    assert (0, "") == (code, (tmp_path / "drift.patch").read_text()), printed
