"""What keeps ``offair serve`` from starting is one sentence that says what to do, never a traceback."""

import socket
from urllib.parse import urlsplit

import pytest


@pytest.fixture(name="taken")
def _taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield str(other.getsockname()[1])


def test_a_taken_http_port_is_named(run_apart, taken):
    """In a process of its own, as everything here would be told."""
    ended = run_apart("serve", "--port", taken, "--rtmp-port", "0")

    assert (1, "", True, True) == (ended.code, ended.out, taken in ended.sentence, "--port" in ended.sentence)


@pytest.mark.parametrize(
    ("option", "protocol"),
    [("--port", "HTTP"), ("--https-port", "HTTPS"), ("--rtmp-port", "RTMP"), ("--rtmps-port", "RTMPS")],
)
def test_a_taken_port_is_told_with_the_option_that_chooses_another(run, taken, option, protocol):
    ended = run("serve", option, taken, OFFAIR_PORT="0", OFFAIR_RTMP_PORT="0")
    words = f"127.0.0.1:{taken} for {protocol}: another program listens there; stop it, or choose another port with "

    assert (1, True) == (ended.code, f"{words}{option} (0 takes a free one)" in ended.sentence), ended.err


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_two_ports_of_ours_that_are_the_same_are_told_apart_from_another_program(run, free_port, command):
    ended = run(command, "--port", "0", "--rtmp-port", free_port, "--https-port", free_port)
    words = f"--https-port and --rtmp-port are both {free_port}; choose another for one of them"

    assert (1, True) == (ended.code, words in ended.out + ended.err), ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--ready-file", ""), ("serve", "--export-on-exit", ""), ("serve", "--import", ""),
        ("snapshot", "save", ""), ("snapshot", "load", ""), ("check", "traffic", "", "--cloud", "bintu"),
        ("check", "media", "http://127.0.0.1:1/x", "--output", ""), ("publish", "x", ""),
        ("check", "media", "http://127.0.0.1:1/x", "--baseline", ""),
        ("drift", "--cloud", "bintu", "--url", "http://127.0.0.1:1", "--patch", ""),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_file_without_a_name_is_none(run, arguments):
    ended = run(*arguments)

    assert (2, True) == (ended.code, "a file's name is not empty" in ended.err), ended.err


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:x", "http:///x", "x"])
@pytest.mark.parametrize(
    "command",
    [("check", "media"), ("check", "server", "--cloud", "bintu", "--url"), ("drift", "--cloud", "bintu", "--url")],
    ids=" ".join,
)
def test_an_url_that_there_cannot_be_is_told(run, command, url):
    ended = run(*command, url)

    assert (2, True) == (ended.code, f"{url} is no HTTP URL; give " in ended.sentence), ended.err


def test_a_recording_without_an_end_is_none(run):
    ended = run("check", "traffic", "/dev/zero", "--cloud", "bintu")

    assert (2, True) == (ended.code, "is no file that has an end" in ended.sentence)


def test_another_stand_in_that_has_the_port_is_named_with_its_process(run, serving, monkeypatch):
    """Whichever of its ports it is."""
    monkeypatch.setattr("offair.emulator.cli.ports.SHORT", 30.0)
    ports = {name: str(urlsplit(serving.ready[f"{name}_url"]).port) for name in ("control", "rtmp")}
    http = run("serve", "--port", ports["control"], "--rtmp-port", "0")
    rtmp = run("serve", "--port", "0", "--rtmp-port", ports["rtmp"], OFFAIR_URL=serving.url)
    words = f"another stand-in (pid {serving.ready['pid']}) does; use or stop it, or choose another port with "

    assert (True, True) == (f"{words}--port" in http.sentence, f"{words}--rtmp-port" in rtmp.sentence), http.err


def test_a_taken_rtmp_port_is_named(run, taken):
    ended = run("serve", "--port", "0", "--rtmp-port", taken)

    assert (1, "", True, True, True) == (
        ended.code, ended.out, taken in ended.sentence, "RTMP" in ended.sentence, "another port" in ended.sentence,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing", "'nothing' is no switch; write it as <cloud>.<switch>=<value>"),
        ("event_seconds=1", "'event_seconds=1' is no switch; write it as <cloud>.<switch>=<value>"),
        ("nowhere.event_seconds=1", "no cloud is called nowhere; there is {clouds}"),
        ("tenbyte.nothing=1", "tenbyte has no switch nothing; it has any_region, "),
        ("tenbyte.event_seconds=soon", "tenbyte.event_seconds cannot be 'soon': it is a number"),
        ("tenbyte.private_key=/nowhere", "cannot be '/nowhere': No such file or directory; name a PEM file"),
    ],
)
def test_a_wrong_switch_is_explained(run, providers, text, words):
    ended = run("serve", "--port", "0", "--rtmp-port", "0", "--set", text)
    words = words.replace("{clouds}", ", ".join(providers))

    assert (1, True) == (ended.code, words in ended.sentence), ended.err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OFFAIR_PORT", "many", "OFFAIR_PORT cannot be 'many': it is a whole number from 0 to 65535"),
        ("OFFAIR_RTMP_PORT", "65536", "OFFAIR_RTMP_PORT cannot be '65536'"),
        (
            "OFFAIR_MEDIA_PROFILE",
            "best",
            "OFFAIR_MEDIA_PROFILE cannot be 'best': it is one of faithful, light, passthrough",
        ),
        ("OFFAIR_SEED", "x", "OFFAIR_SEED cannot be 'x'"),
        ("OFFAIR_JOURNAL_SIZE", "0", "OFFAIR_JOURNAL_SIZE cannot be '0'"),
        ("OFFAIR_STALE_AFTER", "-1", "OFFAIR_STALE_AFTER cannot be '-1'"),
        ("OFFAIR_SET", "x", "'x' is no switch"),
        ("OFFAIR_FFMPEG", "/no/ffmpeg", "there is no ffmpeg at /no/ffmpeg; name another with --ffmpeg"),
    ],
)
def test_a_wrong_variable_is_explained(run, name, value, words):
    ended = run("serve", **{name: value})

    assert (1, True) == (ended.code, words in ended.sentence), ended.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--ready-file", "/nowhere/ready"), "/nowhere/ready: there is no folder /nowhere to write to"),
        (("--export-on-exit", "/nowhere/state"), "/nowhere/state: there is no folder /nowhere to write to"),
        (("--recordings", "/dev/null"), "/dev/null: File exists; choose another folder with --recordings"),
        (("--import", "/dev/zero"), "/dev/zero is no file that has an end"),
    ],
)
def test_a_file_that_cannot_be_is_told_before_it_is_needed(run, options, words):
    ended = run("serve", "--port", "0", "--rtmp-port", "0", *options)

    assert (True, True) == (ended.code > 0, words in ended.err), ended.err


def test_a_folder_that_is_there_and_may_not_be_written_to_is_told_from_one_that_is_not(run, tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere
    ended = run("serve", "--port", "0", "--rtmp-port", "0", "--ready-file", str(tmp_path / "ready"))

    assert (2, True) == (ended.code, f"the folder {tmp_path} cannot be written to" in " ".join(ended.err.split()))


def test_an_unknown_variable_of_ours_is_refused_with_the_nearest(run):
    assert (
        "there is no variable of ours OFFAIR_PROT; did you mean OFFAIR_PORT?" in run("serve", OFFAIR_PROT="1").sentence
    )


def test_a_port_that_cannot_be_is_explained(run):
    ended = run("serve", "--port", "65536")

    assert (2, True) == (ended.code, "--port cannot be '65536': it is a whole number from 0 to 65535" in ended.err)


def test_a_state_folder_that_cannot_be_made_is_named(run, tmp_path):
    (tmp_path / "file").touch()
    ended = run("serve", "--port", "0", "--rtmp-port", "0", "--state", str(tmp_path / "file" / "state"))

    assert (1, True) == (ended.code, "choose another folder with --state" in ended.sentence), ended.err


def test_a_state_that_is_no_database_is_explained(run, tmp_path):
    (tmp_path / "offair.sqlite").write_text("no database at all, not even close to one" * 10)
    ended = run("serve", "--state", str(tmp_path), "--port", "0", "--rtmp-port", "0")

    assert (1, True) == (ended.code, "choose another folder with --state" in ended.sentence), ended.err


def test_a_short_passphrase_is_explained(run):
    ended = run("serve", "--srt-passphrase", "short", "--port", "0", "--rtmp-port", "0")

    assert (1, True) == (ended.code, "10 to 79 bytes" in ended.sentence), ended.err
