"""What the fuzzers of ``bench/fuzz`` have reached stays within the laws: every kept input is replayed."""

import importlib.util
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[3] / "bench" / "fuzz"
TARGETS = sorted(path.stem for path in (FUZZ / "targets").glob("[a-z]*.py"))


@pytest.fixture(name="target")
def _target(request, monkeypatch):
    monkeypatch.syspath_prepend(FUZZ)
    spec = importlib.util.spec_from_file_location(f"fuzz_{request.param}", FUZZ / "targets" / f"{request.param}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield request.param, module
    sys.modules.pop("cuts", None)


@pytest.mark.parametrize("target", TARGETS, indirect=True, ids=str)
def test_kept_inputs_break_no_law(target):
    name, module = target
    kept = [path.read_bytes() for path in sorted((FUZZ / "corpus" / name).iterdir())]
    for data in (*module.SEEDS, *kept):
        module.consume(data)

    assert kept


@pytest.mark.parametrize("folder", sorted((FUZZ / "corpus").iterdir()), ids=lambda path: path.name)
def test_a_corpus_stays_small(folder):
    sizes = [path.stat().st_size for path in folder.iterdir()]

    assert (True, True) == (len(sizes) <= 40, max(sizes) <= 4000)
