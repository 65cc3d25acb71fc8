"""A cloud of somebody's own whose documents contradict themselves is told by file and place, and no command bursts."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TOY = Path(__file__).parents[1] / "toy" / "toycloud"
SCHEMAS = "\n  schemas:\n"
DANGLING = f"{SCHEMAS}    Lid: {{$ref: '#/components/schemas/Nowhere'}}\n"


@pytest.fixture(name="installed")
def _installed(tmp_path) -> Iterator[Path]:
    """Install a copy of the toy whose document has a reference that leads nowhere, and give its folder."""
    shutil.copytree(TOY, tmp_path / "toycloud", ignore=shutil.ignore_patterns("__pycache__"))
    described = tmp_path / "toycloud-1.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: toycloud\nVersion: 1\n")
    (described / "entry_points.txt").write_text("[offair.providers]\ntoy = toycloud:PROVIDER\n")
    document = tmp_path / "toycloud" / "promise" / "openapi.yaml"
    whole = document.read_text(encoding="utf-8")
    document.write_text(whole.replace(SCHEMAS, DANGLING), encoding="utf-8")
    with _imports_from(tmp_path):
        yield tmp_path


@contextmanager
def _imports_from(folder: Path) -> Iterator[None]:
    """Import from this folder too, and a toy that was imported from elsewhere anew: as a process that just began."""
    before = dict(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        for name in [name for name in before if _is_toy(name)]:
            del sys.modules[name]
        try:
            yield
        finally:
            for name in [name for name in sys.modules if _is_toy(name)]:
                del sys.modules[name]
            sys.modules.update({name: module for name, module in before.items() if _is_toy(name)})


def _is_toy(name: str) -> bool:
    return "toycloud" == name.partition(".")[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "server", "--cloud", "toy"),
        ("check", "client", "--cloud", "toy", "--", "true"),
        ("providers",),
        ("serve", "--port", "0", "--rtmp-port", "0"),
    ],
    ids=lambda value: value[0],
)
def test_a_reference_that_leads_nowhere_is_one_sentence_with_file_and_pointer(run, installed, arguments):
    ended = run(*arguments)
    place = f"{installed / 'toycloud' / 'promise' / 'openapi.yaml'}#/components/schemas/Lid: "

    assert (2, "") == (ended.code, ended.out)
    assert f"{place}$ref '#/components/schemas/Nowhere' leads nowhere: there is no 'Nowhere'" in ended.sentence


@pytest.mark.parametrize(
    ("document", "words"),
    [("a: [", "is no YAML: "), ("- a", "must be a YAML mapping; it is list"), ("info: {}", "has no 'openapi: 3.1.0'")],
)
@pytest.mark.parametrize(
    "arguments",
    [
        ("drift", "--cloud", "toy", "--url", "http://127.0.0.1:1"),
        ("contracts", "diff", "toy", "tenbyte"),
    ],
    ids=lambda value: value[0],
)
def test_a_document_that_is_none_is_one_sentence_with_its_file(run, installed, arguments, document, words):
    file = installed / "toycloud" / "promise" / "openapi.yaml"
    file.write_text(document, encoding="utf-8")
    ended = run(*arguments)

    assert (2, "", True) == (ended.code, ended.out, str(file) in ended.sentence and words in ended.sentence)
