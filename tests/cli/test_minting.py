"""The certificate of ``offair serve`` is made in a process that is gone afterwards, or here where there can be none."""

import sys
from contextlib import closing

import pytest

from offair.emulator.cli import starting
from offair.emulator.cli.starting import mint_apart
from offair.emulator.media.ingest.certificate import Certificate


def test_it_is_made_by_another_process(tmp_path, monkeypatch):
    monkeypatch.setattr(starting, "mint", None)  # it is not made here
    with closing(Certificate(tmp_path / "é f", (), mint=mint_apart)) as certificate:
        context = certificate.begin().result()

    assert ([], True) == (context.get_ca_certs(), certificate.ca_file.is_file())
    assert ["ca.key", "ca.pem"] == sorted(path.name for path in (tmp_path / "é f").iterdir())


def test_what_became_of_a_damaged_ca_is_told_across(tmp_path):
    for name in ("ca.pem", "ca.key"):
        (tmp_path / name).write_text("garbage")

    assert f"the CA in {tmp_path} is damaged" in mint_apart(tmp_path, ("localhost",))


@pytest.mark.parametrize("python", ["", None, "/no/python", "/bin/false"])
def test_where_python_cannot_be_started_it_is_made_here(tmp_path, monkeypatch, python):
    monkeypatch.setattr(sys, "executable", python)

    assert None is mint_apart(tmp_path, ("localhost",))
    assert (tmp_path / "server.pem").is_file()
