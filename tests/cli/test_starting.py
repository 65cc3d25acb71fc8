"""What a command does before the stand-in starts."""

import resource

import pytest

from offair.emulator.cli.starting import FILES, allow_files

FEW = 512


@pytest.fixture(name="few_files")
def _few_files():
    """Few files may be open, as a system allows that nobody asked for more; how many there can be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, hard))
    yield hard if 0 <= hard < FILES else FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_as_many_files_may_be_open_as_all_connections_need(few_files):
    allow_files()

    assert few_files == resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_who_may_not_have_more_goes_on(few_files, monkeypatch):
    def refuse(*_):
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    allow_files()
    monkeypatch.undo()

    assert FEW == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
