"""Help, ``providers`` and ``doctor``: what a person reads."""

import shutil

import pytest

from offair.emulator.cli import COMMANDS

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


def test_every_option_has_a_word_about_it(run):
    """A flag without help is a riddle."""
    riddles = []
    for command in COMMANDS:
        options = run(command, "--help").out.partition("Options:\n")[2].splitlines()
        for line, following in zip(options, [*options[1:], ""], strict=True):
            has_words = len(line.split("  ")) > 2 or following.startswith("     ")
            if line.strip().startswith("-") and not has_words:
                riddles.append((command, line))

    assert [] == riddles


def test_the_short_help_lists_every_command(run):
    out = run("-h").out

    assert [] == [command for command in COMMANDS if f"  {command} " not in out]


def test_an_unknown_command_is_a_sentence(run):
    ended = run("server")

    assert (2, True, False) == (ended.code, "No such command 'server'" in ended.err, "Traceback" in ended.err)


def test_the_version_is_told(run):
    assert run("--version").out.startswith("offair, version ")


def test_providers_lists_every_documented_operation_with_its_grade(run, providers):
    lines = run("providers").out.splitlines()
    wanted = [(one.key, one.grade) for cloud in providers.values() for one in cloud.promise.operations.values()]
    unseen = [pair for pair in wanted if not any(pair[0] in line and pair[1] in line for line in lines)]

    assert [] == unseen


def test_providers_of_one_cloud(run):
    assert (0, True) == ((ended := run("providers", "tenbyte")).code, "10 of 10 operations served" in ended.out)


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
def test_doctor_names_a_port_that_is_taken(run, serve):
    port = serve().url.rpartition(":")[2]
    ended = run("doctor", "--port", port, "--rtmp-port", "0")

    assert (1, True) == (ended.code, f"[!!]   HTTP: cannot listen on 127.0.0.1:{port}" in ended.out), ended.out


@pytest.mark.media
def test_doctor_tests_what_is_named(run, tmp_path):
    broken = tmp_path / "ffmpeg"
    shutil.copy("/bin/true", broken)
    ended = run("doctor", "--port", "0", "--rtmp-port", "0", "--ffmpeg", str(broken))

    assert (1, True) == (ended.code, "it lacks libx264, aac" in ended.out), ended.out
