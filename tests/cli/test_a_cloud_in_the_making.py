"""A cloud of somebody's own whose documents contradict themselves is told by file and place, and no command bursts."""

import shutil
from pathlib import Path

import pytest

TOY = Path(__file__).parents[1] / "toy" / "toycloud"
SCHEMAS = "\n  schemas:\n"
DANGLING = f"{SCHEMAS}    Lid: {{$ref: '#/components/schemas/Nowhere'}}\n"


@pytest.fixture(name="installed")
def _installed(tmp_path) -> Path:
    """Install a copy of the toy whose document has a reference that leads nowhere, and give its folder."""
    shutil.copytree(TOY, tmp_path / "toycloud", ignore=shutil.ignore_patterns("__pycache__"))
    described = tmp_path / "toycloud-1.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: toycloud\nVersion: 1\n")
    (described / "entry_points.txt").write_text("[offair.providers]\ntoy = toycloud:PROVIDER\n")
    document = tmp_path / "toycloud" / "promise" / "openapi.yaml"
    whole = document.read_text(encoding="utf-8")
    document.write_text(whole.replace(SCHEMAS, DANGLING), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "server", "--cloud", "toy"), 2),
        (("check", "client", "--cloud", "toy", "--", "true"), 2),
        (("providers",), 1),
        (("serve", "--port", "0", "--rtmp-port", "0"), 1),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_reference_that_leads_nowhere_is_one_sentence_with_file_and_pointer(run_apart, installed, arguments, code):
    ended = run_apart(*arguments, PYTHONPATH=str(installed))
    place = f"{installed / 'toycloud' / 'promise' / 'openapi.yaml'}#/components/schemas/Lid: "

    assert (code, "") == (ended.code, ended.out)
    assert f"{place}$ref '#/components/schemas/Nowhere' leads nowhere: there is no 'Nowhere'" in ended.sentence
