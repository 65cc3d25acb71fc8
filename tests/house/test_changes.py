"""What is not released yet lies in changes/, a file for each change, and towncrier makes the next entry of it."""

import re
import subprocess
import sys
import tomllib

import pytest
from laws.source import ROOT

KINDS = [
    kind["directory"] for kind in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]["type"]
]
NAME = re.compile(rf"[a-z0-9]+(-[a-z0-9]+)*\.({'|'.join(KINDS)})\.md")
BESIDE = {"README.md", "template.jinja"}
FRAGMENTS = sorted(path for path in (ROOT / "changes").iterdir() if path.name not in BESIDE)


def _faults(text: str) -> list[str]:
    """Say what keeps a text from standing in the list as it is."""
    rules = {
        "it is empty": not text.strip(),
        "it has a bullet or a heading of its own": text.lstrip().startswith(("-", "*", "#")),
        "it has more than one paragraph": "\n\n" in text.strip(),
        "a line is longer than 120 characters": any(len(line) > 120 for line in text.splitlines()),
        "it ends without a full stop": text.strip()[-1:] not in {".", ""},
    }
    return [words for words, is_so in rules.items() if is_so]


def test_every_change_is_called_after_what_it_is_about_and_its_kind():
    wrong = [path.name for path in FRAGMENTS if not NAME.fullmatch(path.name)]

    assert [] == wrong, f"call a change <what-it-is-about>.<{'|'.join(KINDS)}>.md; changes/README.md says more"


@pytest.mark.parametrize(
    ("name", "is_well_named"),
    [
        ("relaying.fixed.md", True),
        ("low-latency.added.md", True),
        ("relaying.md", False),
        ("Relaying.fixed.md", False),
        ("relaying.broken.md", False),
        ("relaying.fixed.rst", False),
    ],
)
def test_a_name_is_judged(name, is_well_named):
    assert is_well_named == bool(NAME.fullmatch(name))


def test_every_change_can_stand_in_the_list():
    wrong = {path.name: found for path in FRAGMENTS if (found := _faults(path.read_text(encoding="utf-8")))}

    assert {} == wrong


@pytest.mark.parametrize("text", ["", "- It works.", "# It works.", "It works.\n\nIt does.", "It works" + "!" * 120])
def test_a_text_is_judged(text):
    assert _faults(text)


def test_towncrier_lists_every_change():
    argv = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "next", "--dir", str(ROOT)]
    drafted = subprocess.run(argv, capture_output=True, text=True, check=False)
    listed = [line for line in drafted.stdout.splitlines() if line.startswith("- ")]

    assert (0, len(FRAGMENTS)) == (drafted.returncode, len(listed)), drafted.stdout + drafted.stderr
