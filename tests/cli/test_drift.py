"""Looking for drift from the command line, at a cloud that a stand-in plays."""

import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.target import PASSTHROUGH


def test_a_cloud_that_has_not_moved_ends_with_0(run, tmp_path):
    patch = tmp_path / "patch"
    with Emulator(PASSTHROUGH) as real:
        tenant = real.tenancy.invite("tenbyte", "a customer")
        headers = [part for name, value in tenant.headers.items() for part in ("--header", f"{name}: {value}")]
        done = run(
            "drift", "--cloud", "tenbyte", "--url", real.addresses("tenbyte").api, *headers, "--patch", str(patch)
        )

    assert (0, "") == (done.code, patch.read_text()), done.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--cloud", "nimbus", "--url", "http://127.0.0.1:1"), "there is no cloud nimbus"),
        (("--cloud", "tenbyte", "--url", "127.0.0.1"), "is no HTTP URL"),
        (("--cloud", "tenbyte", "--url", "http://127.0.0.1:1/v1"), "nothing answers"),
        (("--cloud", "tenbyte", "--url", "http://127.0.0.1:1/v1", "--header", "secret"), "is no header"),
        (
            ("--cloud", "tenbyte", "--url", "http://127.0.0.1:1/v1", "--only", "drift/statsu"),
            "did you mean drift/status?",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(run, arguments, sentence):
    done = run("drift", *arguments)

    assert (2, True) == (done.code, sentence in done.sentence), done.sentence
