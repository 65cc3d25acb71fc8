"""What a document says is read as YAML once, and then as it was kept; which is never anything else."""

import sys
from datetime import date
from pathlib import Path

import pytest

import offair.contracts
from offair.contracts import yamltext
from offair.contracts.compiled import keep, recall
from offair.contracts.document import read_document
from offair.contracts.yamltext import read_yaml

HOME = Path(next(iter(offair.contracts.__path__)))
SOURCE = b"closings: {1008: {meaning: gone}}\nratio: 1.0\nis_open: true\n"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "kept"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sockets.yaml"


def test_the_same_bytes_say_the_same_with_every_type_as_it_was(file):
    said = read_yaml(SOURCE)
    keep(file, SOURCE, said)

    assert repr(said) == repr(recall(file, SOURCE))


def test_other_bytes_are_not_what_was_kept(file):
    keep(file, SOURCE, read_yaml(SOURCE))

    assert recall(file, SOURCE + b"# and more\n") is None


def test_half_of_what_was_kept_is_nothing(file, place):
    keep(file, SOURCE, read_yaml(SOURCE))
    (kept,) = place.rglob("*.msgpack")
    kept.write_bytes(kept.read_bytes()[:-4])

    assert recall(file, SOURCE) is None


def test_a_value_that_would_come_back_as_another_is_not_kept(file, place):
    keep(file, b"on: 2026-01-01", {"on": date(2026, 1, 1)})

    assert [] == [*place.rglob("*")]


def test_nothing_is_kept_where_python_keeps_nothing(file, place, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep(file, SOURCE, read_yaml(SOURCE))

    assert not place.exists()


def test_where_nothing_can_be_written_all_is_read_as_yaml(file, place):
    place.write_text("a file where the folder would be")
    keep(file, SOURCE, read_yaml(SOURCE))

    assert recall(file, SOURCE) is None


@pytest.mark.parametrize("name", sorted(str(path.relative_to(HOME)) for path in HOME.rglob("*.yaml")))
def test_a_clouds_document_is_read_as_yaml_once(name, monkeypatch):
    path = HOME / name
    first = read_document(path.parent, path.name)
    monkeypatch.setattr(yamltext, "read_yaml", lambda _: pytest.fail(f"{name} is read again"))

    assert first == read_document(path.parent, path.name)


def test_nothing_is_kept_beside_a_document_of_somebody_elses(tmp_path, place):
    (tmp_path / "openapi.yaml").write_bytes(SOURCE)
    read_document(tmp_path, "openapi.yaml")

    assert not place.exists()
