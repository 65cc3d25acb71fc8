"""What the page about Bintu shows works as printed."""

import json
import subprocess

import needing
import pytest

PAGE = "docs/providers/bintu.md"


@pytest.fixture(name="type_it")
def _type_it(emulator, environment, tmp_path):
    """Type into a shell that knows the house's credentials, and give what it prints."""
    house, addresses = emulator.tenancy.house("bintu"), emulator.addresses("bintu")
    shown = emulator.providers["bintu"].credentials(house, emulator.rooms["bintu"])
    variables = environment | {
        "OFFAIR_URL": emulator.http_url,
        "BINTU_BASE_URL": addresses.api,
        "BINTU_TOKEN_URL": addresses.services["token"],
        **{f"BINTU_{name.upper()}": value for name, value in shown.items()},
    }

    def type_it(script):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=variables, timeout=90, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert 0 == done.returncode, done.stderr
        return done.stdout

    return type_it


@pytest.mark.media
@needing.program("curl")
def test_a_group_plays_as_the_guide_of_bintu_says(blocks, type_it):
    (example,) = blocks(PAGE, "sh")

    assert "live 200 200" in type_it(example).splitlines()


@needing.program("curl")
def test_a_secure_stream_is_guarded_as_the_guide_of_bintu_says(blocks, type_it):
    (example,) = blocks(PAGE, "sh secure")

    assert ["403", "404", "403"] == type_it(example).split()


def test_everything_a_user_needs_is_printed_at_the_start(emulator):
    shown = emulator.ready()["clouds"]["bintu"]["credentials"]

    assert {"api_key", "player_key", "token", "email", "password"} <= set(shown), json.dumps(shown)
