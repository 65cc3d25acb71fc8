"""Help, ``providers`` and ``doctor``: what a person reads."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from offair.emulator.cli import COMMANDS, main
from offair.emulator.settings import Settings
from offair.emulator.settings.setting import described

WIDEST = 80


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_terminal_and_begins_with_what_the_command_does(run, command):
    ended = run(command, "--help")
    lines = ended.out.splitlines()

    assert (0, f"Usage: offair {command}", [], True) == (
        ended.code,
        " ".join(lines[0].split()[:3]),
        [line for line in lines if len(line) > WIDEST],
        lines[2][2].isupper(),
    )


def test_every_option_has_a_word_about_it():
    """A flag without help is a riddle."""
    riddles = []
    for command in COMMANDS:
        options = CliRunner().invoke(main, [command, "--help"]).output.partition("Options:\n")[2].splitlines()
        assert options
        for line, following in zip(options, [*options[1:], ""], strict=True):
            has_words = len(line.split("  ")) > 2 or following.startswith("     ")
            if line.strip().startswith("-") and not has_words:
                riddles.append((command, line))

    assert [] == riddles


def test_the_short_help_lists_every_command(run):
    out = run("-h").out

    assert [] == [command for command in COMMANDS if f"  {command} " not in out]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("server",), "No such command 'server'. Did you mean 'serve'?"),
        (("check", "mdia"), "No such command 'mdia'. Did you mean 'media'?"),
        (("serve", "--rtmp-prot", "0"), "No such option '--rtmp-prot'. (Did you mean one of:"),
        (("providers", "tenbite"), "there is no cloud tenbite (did you mean tenbyte?)"),
    ],
)
def test_what_is_mistyped_is_answered_with_the_nearest(run, typed, meant):
    ended = run(*typed)

    assert (True, False) == (meant in ended.err, "Traceback" in ended.err), ended.err


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("offair se", {"serve", "settings"}),
        ("offair serve --media-profile p", {"passthrough"}),
        ("offair providers tenb", {"tenbyte"}),
        ("offair serve --rtmp-p", {"--rtmp-port"}),
    ],
)
def test_a_shell_completes_commands_options_and_values(run, words, offered):
    asked = {"_OFFAIR_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    lines = run(**asked).out.splitlines()

    assert offered == {line.partition(",")[2] for line in lines}


def test_the_command_is_a_module_too_and_its_help_imports_none_of_its_commands(environment):
    asked = [sys.executable, "-X", "importtime", "-m", "offair", "--help"]
    ended = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}

    assert ended.stdout.startswith("Usage: python -m offair [OPTIONS]")
    assert set() == imported & {f"offair.emulator.cli.{name}" for name in COMMANDS}


def test_the_version_is_told(run):
    assert run("--version").out.startswith("offair, version ")


def test_providers_lists_every_documented_operation_with_its_grade(run, providers):
    lines = run("providers").out.splitlines()
    wanted = [(one.key, one.grade) for cloud in providers.values() for one in cloud.promise.operations.values()]
    unseen = [pair for pair in wanted if not any(pair[0] in line and pair[1] in line for line in lines)]

    assert [] == unseen


def test_providers_breaks_no_path_in_a_narrow_terminal(run, providers):
    words = set(run("providers", COLUMNS="80").out.split())
    paths = {op.path for cloud in providers.values() for op in cloud.promise.operations.values()}

    assert set() == paths - words


def test_providers_can_be_read_by_a_program(run, providers):
    listed = json.loads(run("providers", "--json").out)
    wanted = {(c.name, op.key, op.grade) for c in providers.values() for op in c.promise.operations.values()}

    assert set() == wanted - {(row["cloud"], row["operation"], row["grade"]) for row in listed}


def test_settings_lists_every_setting_and_every_switch(run, providers):
    listed = {row["name"] for row in json.loads(run("settings", "--report", "json").out)}
    printed = run("settings").out
    switches = {f"{c.name}.{name}" for c in providers.values() for name in described(c.switch_type)}
    options = [setting.option for setting in described(Settings).values()]

    assert (set(), []) == (
        {*described(Settings), *switches} - listed,
        [words for words in [*options, *switches] if words not in printed],
    )


def test_providers_of_one_cloud(run):
    assert (0, True) == ((ended := run("providers", "tenbyte")).code, "10 of 10 operations served" in ended.out)


def test_sockets_are_counted_beside_operations(run, providers):
    """As many operations are told of a cloud as in the README."""
    shown = run("providers", "ainative").out
    promises = [surface.operations.promise for surface in providers["ainative"].surfaces]
    told = [int(count) for count in re.findall(r": \d+ of (\d+) operations ", shown)]

    assert [len(promise.operations) for promise in promises] == told
    assert " operations and 1 of 1 sockets served\n" in shown


def test_providers_of_an_unknown_cloud_is_a_sentence(run, providers):
    ended = run("providers", "nowhere")

    assert (1, True) == (ended.code, f"there is no cloud nowhere; there is {', '.join(providers)}" in ended.sentence)


@pytest.mark.media
def test_doctor_says_what_it_found(run):
    ended = run("doctor", "--port", "0", "--rtmp-port", "0")
    good = [line for line in ended.out.splitlines() if line.startswith("[ok]")]

    assert (0, True, 1) == (ended.code, len(good) >= 4, sum("<- used" in line for line in good)), ended.out


@pytest.mark.media
def test_doctor_does_not_use_another_ffmpeg_than_the_one_that_is_named(run):
    """Neither would a start."""
    ended = run("doctor", "--port", "0", "--rtmp-port", "0", "--ffmpeg", "/no/ffmpeg")

    assert (1, True, 0) == (ended.code, "/no/ffmpeg: there is no such file" in ended.out, ended.out.count("<- used"))


@pytest.mark.media
def test_doctor_names_a_port_that_is_taken(run, serve_here):
    port = serve_here().url.rpartition(":")[2]
    ended = run("doctor", "--port", port, "--rtmp-port", "0")

    assert (1, True) == (ended.code, f"[!!]   HTTP: cannot listen on 127.0.0.1:{port}" in ended.out), ended.out


@pytest.mark.media
def test_doctor_looks_at_every_port(run):
    out = run("doctor", "--port", "0", "--rtmp-port", "0", "--https-port", "0").out

    assert [] == [name for name in ("HTTP", "HTTPS", "RTMP", "RTMPS", "SRT") if f"[ok]   {name} " not in out], out


@pytest.mark.media
def test_doctor_tests_what_is_named(run, tmp_path):
    broken = tmp_path / "ffmpeg"
    shutil.copy("/bin/true", broken)
    ended = run("doctor", "--port", "0", "--rtmp-port", "0", "--ffmpeg", str(broken))

    assert (1, True) == (ended.code, "it lacks libx264, aac" in ended.out), ended.out
