"""What there is, is written down; what is written down, is there."""

import json
import os
import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import imageio_ffmpeg
import pytest

from offair.contracts.contract import Contract
from offair.contracts.rulebook import every_rule
from offair.emulator.cli import COMMANDS, main
from offair.emulator.cli.check import JUDGED
from offair.emulator.cli.settings import settings_table, switch_table
from offair.emulator.settings import Settings
from offair.emulator.settings.setting import described
from offair.emulator.web import control

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
IGNORED = re.compile(r"ignore=(\[[^\]]*\])")
CONTROL = Contract.load(Path(control.__file__).parent)


def _documents() -> list[Path]:
    skipped = {"node_modules", "build", "dist", "__pycache__"}
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped and not name.startswith(".")]
        found += [Path(folder, name) for name in names if name.endswith(".md")]
    return sorted(found)


@pytest.mark.parametrize("document", _documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(document):
    links = LINK.findall(document.read_text(encoding="utf-8"))

    assert [] == [link for link in links if not (document.parent / link).exists()]


@pytest.mark.parametrize("command", [*(f"check {name}" for name in JUDGED), "drift"])
def test_whoever_asks_how_to_check_something_finds_every_judge_on_one_page(command, read):
    """In a row of the table at the top, with a link to where it is explained."""
    top, _, _ = read("docs/guide/check.md").partition("\n## ")
    rows = [line for line in top.splitlines() if f"`offair {command}`" in line]

    assert [True] == [re.search(r"\]\([^)]+\)", row) is not None for row in rows]


def test_a_rule_that_a_recipe_leaves_out_is_one_that_there_is(read):
    named = {rule for left in IGNORED.findall(read("docs/fixtures/recipes.md")) for rule in json.loads(left)}

    assert named
    assert set() == named - {rule.name for rule in every_rule()}


# what a reader is told to type, and the test that types it
TYPED = {
    ("README.md", "sh"): "test_from_the_top_of_the_page_to_a_stream_that_plays",
    ("README.md", "sh quickstart"): "test_from_the_top_of_the_page_to_a_stream_that_plays",
    ("README.md", "sh install"): "test_it_is_installed_into_a_project_of_ones_own",
    ("docs/guide/check-clients.md", "sh"): "test_a_program_is_judged_as_the_guide_says",
    ("docs/guide/check.md", "sh"): "test_a_stream_is_judged_as_the_guide_says",
    ("docs/guide/check.md", "sh server"): "test_a_server_is_judged_as_the_guide_says",
    ("docs/guide/ci.md", "sh wheel"): "test_the_wheel_of_the_recipes_is_the_readmes",
    ("docs/guide/ci.md", "sh container"): "test_the_container_is_built_and_answers",
    ("docs/guide/control.md", "sh"): "test_the_fault_example_fails_two_calls",
    ("docs/guide/control.md", "sh reset"): "test_the_reset_example_resets",
    ("docs/guide/faults.md", "sh playback"): "test_the_examples_of_faults_meet_a_player_and_an_encoder",
    ("docs/guide/faults.md", "sh encoder"): "test_the_examples_of_faults_meet_a_player_and_an_encoder",
    ("docs/guide/faults.md", "sh"): "test_the_examples_of_faults_meet_a_player_and_an_encoder",
    ("docs/guide/for-a-team.md", "sh network"): "test_the_commands_for_a_team_start_with_the_settings_they_name",
    ("docs/guide/media.md", "sh rtmps"): "test_the_commands_of_media_send_and_read",
    ("docs/guide/media.md", "sh progressive"): "test_the_commands_of_media_send_and_read",
    ("docs/guide/media.md", "sh"): "test_the_source_of_the_guide_is_one_that_can_be_pulled",
    ("docs/guide/settings.md", "sh switches"): "test_settings_are_given_as_the_guide_says",
    ("docs/guide/receiver.md", "sh receiver"): "test_a_receiver_is_judged_as_the_guide_says",
    ("docs/guide/drift.md", "sh drift"): "test_drift_is_looked_for_as_the_guide_says",
    ("docs/guide/drift.md", "sh diff"): "test_two_contracts_are_compared_as_the_guide_says",
    ("docs/guide/traffic.md", "sh traffic"): "test_a_recording_is_judged_as_the_guide_says",
    ("docs/providers/bintu.md", "sh"): "test_a_group_plays_as_the_guide_of_bintu_says",
    ("docs/providers/bintu.md", "sh secure"): "test_a_secure_stream_is_guarded_as_the_guide_of_bintu_says",
    ("docs/providers/ainative.md", "sh stream"): "test_the_first_stream_of_the_guide_becomes_a_vod",
    ("docs/providers/ainative.md", "sh accounts"): "test_the_account_of_the_guide_logs_in",
    ("docs/providers/ainative.md", "sh world"): "test_the_world_of_the_guide_is_not_empty",
    ("docs/providers/tenbyte.md", "sh"): "test_the_callback_example_moves_a_stream",
    ("docs/providers/tenbyte.md", "sh recording"): "test_the_recording_example_ends_with_a_recording",
}


def test_every_command_that_a_page_shows_is_typed_by_a_test(fences):
    """Pages of a cloud that is just being made have none."""
    pages = [path.relative_to(ROOT).as_posix() for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))]
    shown = {(page, label) for page in pages for label, _ in fences(page) if label.split()[:1] == ["sh"]}
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert (shown, []) == (set(TYPED), [name for name in TYPED.values() if f"def {name}(" not in tests])


def test_what_a_reader_is_said_to_see_is_said(read):
    """A symptom that nobody words so any more is not found by who searches the page for it."""
    rows = re.findall(r"^\| (.*?) \|", read("docs/guide/when-it-does-not-work.md"), re.MULTILINE)
    sources = "".join(path.read_text() for room in ("emulator", "fixtures") for path in (ROOT / room).rglob("*.py"))
    seen = [words for row in rows for words in re.findall(r"`([^`]+)`", row)]

    assert seen
    assert [] == [words for words in seen if words not in sources]


def test_no_page_installs_from_an_index_what_is_on_none(fences):
    """Extras are found in what the wheel has installed."""
    bare = re.compile(r"pip install (?:-\S+ )*'?offair(?![\w\[-])")
    pages = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]

    assert [] == [(page, said) for page in pages for _, text in fences(page) for said in bare.findall(text)]


def test_no_page_shows_a_command_that_is_not_fenced(read):
    """What is only indented is typed by nobody."""
    pages = [path.relative_to(ROOT).as_posix() for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))]
    plain = {page: re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL) for page in pages}

    assert [] == [(page, line) for page, text in plain.items() for line in re.findall(r"^    +[^\s|-].*", text, re.M)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(read, command):
    text = read("README.md")

    assert f"`{command}`" in text or f"offair {command}" in text


@pytest.mark.parametrize("key", CONTROL.operations)
def test_every_control_operation_is_in_the_guide(read, key):
    assert f"`{key}" in read("docs/guide/control.md"), f"write `{key}` into the guide, and what it does"


def test_the_guide_names_no_control_operation_that_is_not_there(read):
    named = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`?\s]*)", read("docs/guide/control.md")))

    assert set() == named - set(CONTROL.operations)


def test_the_guide_names_every_kind_of_entry_and_fault(read):
    text, document = read("docs/guide/control.md"), CONTROL.document
    fault = document["paths"]["/faults"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    kinds = document["components"]["parameters"]["kind"]["schema"]["enum"] + fault["properties"]["kind"]["enum"]

    assert [] == [kind for kind in kinds if f"`{kind}`" not in text]


@pytest.mark.parametrize("path", ["/playback-faults", "/encoder-faults"])
def test_the_guide_of_faults_names_every_kind_and_address(read, path):
    text = read("docs/guide/faults.md")
    schema = CONTROL.document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    named = {*schema["properties"]["kind"]["enum"], *schema["properties"].get("thing", {"enum": []})["enum"]}

    assert [] == [word for word in named if f"`{word}`" not in text]


def test_the_table_of_settings_is_fresh(read):
    assert settings_table(described(Settings).values()) in read("docs/guide/settings.md"), (
        "write it anew: offair settings --report markdown"
    )


def test_a_table_of_switches_is_fresh(read, providers):
    """A page may tell of them in its own way; where it has the table, it has all of it."""
    stale = [
        name
        for name, provider in providers.items()
        if "| switch |" in (text := read(f"docs/providers/{name}.md")) and switch_table(provider) not in text
    ]

    assert [] == stale, "write it anew: offair settings CLOUD --report markdown"


def test_every_switch_is_on_its_clouds_page(read, providers):
    missing = {
        provider.name: lacking
        for provider in providers.values()
        if (
            lacking := [
                field.name
                for field in fields(provider.switch_type)
                if f"`{field.name}`" not in read(f"docs/providers/{provider.name}.md")
            ]
        )
    }

    assert {} == missing


def test_every_cloud_has_a_row_in_the_readme_that_counts_its_operations_right(read, providers):
    rows = {cells[1].strip(): cells for line in read("README.md").splitlines() if len(cells := line.split("|")) > 3}
    lacking = [provider.title for provider in providers.values() if provider.title not in rows]
    wrong = [
        (provider.title, wanted, rows[provider.title][2].strip())
        for provider in providers.values()
        if provider.title in rows and (wanted := _counted(provider)) != rows[provider.title][2].strip()
    ]

    assert ([], []) == (lacking, wrong), "give each cloud a row: | title | operations | ..."


def _counted(provider) -> str:
    """Say how much is served: a gap is told in the same breath."""
    answers = [performer is not None for surface in provider.surfaces for _, performer in surface.operations]
    return f"all {len(answers)} operations" if all(answers) else f"{sum(answers)} of {len(answers)} operations"


def test_every_cloud_has_a_page(providers):
    """What it documents, contradicts or leaves open, and what we chose."""
    assert [] == [name for name in providers if not (ROOT / f"docs/providers/{name}.md").is_file()]


def test_what_was_tried_has_the_versions_of_the_suite(read):
    """Players as the lock file has them, and the ffmpeg that the installation brings."""
    lines = read("docs/guide/what-was-tried.md").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in lines if line.count("|") > 2]
    players = json.loads(read("tests/journeys/players/package.json"))["dependencies"]
    names = {"dashjs": "dash.js"}
    wanted = [
        [names.get(name, name), ".".join(version.lstrip("^").split(".")[:2])] for name, version in players.items()
    ]
    (wheel,) = (version for name, version in rows if name == "ffmpeg" and "wheel" in version)

    assert [] == [one for one in wanted if one not in rows]
    assert f"-v{wheel.split()[0]}" in imageio_ffmpeg.get_ffmpeg_exe()


# what stands in a command for what its reader puts there
STANDS_FOR = {"COMMAND": "true", "CLOUD": "tenbyte", "URL": "http://origin.example/x.m3u8", "…": "x"}
INLINE = re.compile(r"`(?:eval \"\$\()?offair ([a-z][^`)]*)")


@pytest.mark.parametrize("page", [path.relative_to(ROOT).as_posix() for path in _documents()])
def test_commands_in_a_sentence_are_such_as_there_are(read, page):
    """With options and arguments that they take: a reader types these too."""
    wrong = []
    for said in INLINE.findall(re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)):
        name, *arguments = shlex.split(" ".join(STANDS_FOR.get(word, word) for word in said.split()))
        try:
            context = click.Context(main)
            found = main.get_command(context, name)
            found.make_context(name, arguments, parent=context)
        except (click.MissingParameter, click.BadOptionUsage):
            continue  # a command, or an option of it, that is only named
        except (click.ClickException, click.exceptions.Exit, AttributeError) as error:
            wrong.append(f"offair {said}: {error!r}")

    assert [] == wrong


def test_the_readme_can_be_read_in_a_hurry(read):
    """A person who wants to know whether this is for them gives it a few minutes."""
    assert len(read("README.md").splitlines()) < 130
