"""``offair exec``: a stand-in of its own for a command."""

import os
import signal
import subprocess
import sys

import pytest
from guests import alone

from offair.emulator.media.transcoding.process import run_in_foreground

SHOW = "import os; print(os.environ['OFFAIR_URL'], os.environ['TENBYTE_API_KEY'], os.environ['TENBYTE_BASE_URL'])"
CALL = """
import os, sys, urllib.request
request = urllib.request.Request(os.environ["TENBYTE_BASE_URL"] + "/streams")
request.add_header("X-API-Key", os.environ["TENBYTE_API_KEY"])
with urllib.request.urlopen(request) as answer:
    sys.exit(0 if answer.status == 200 else 1)
"""
SUITE = """
import json, os

def test_it(offair):
    assert offair.url not in os.environ["OFFAIR_URL"]

def test_headers():
    assert "X-API-Key" in json.loads(os.environ["TENBYTE_HEADERS"])
"""


def test_a_command_finds_a_stand_in_in_its_environment(run_apart, left):
    ended = run_apart("exec", "--", sys.executable, "-c", CALL)

    assert (0, "", []) == (ended.code, ended.err, left())


def test_what_we_print_is_not_mixed_with_what_the_command_prints(run, capfd):
    ended = run("exec", "--", sys.executable, "-c", SHOW)

    assert ("", "", 3) == (ended.out, ended.err, len(capfd.readouterr().out.split()))


def test_it_listens_where_the_variables_say_and_its_command_may_start_another(execute, free_port):
    """What only one can have is ours: the command's own stand-in would find the port taken."""
    script = "import os; print(os.environ['OFFAIR_URL'], os.environ.get('OFFAIR_PORT'), os.environ['OFFAIR_SEED'])"
    ended = execute("--", sys.executable, "-c", script, OFFAIR_PORT=free_port, OFFAIR_SEED="7")

    assert f"http://127.0.0.1:{free_port} None 7\n" == ended.out, ended.err


def test_whoever_lets_others_in_is_warned(execute):
    ended = execute("--host", "0.0.0.0", "--", "true")

    assert ended.err.startswith("Warning: whoever reaches this machine can read every key")


PROXIED = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1", "https_proxy": ""}


def test_a_command_calls_it_past_the_proxy_of_its_environment(execute):
    ended = execute("--", sys.executable, "-c", CALL, **PROXIED, no_proxy="intranet.example", NO_PROXY="")

    assert (0, "") == (ended.code, ended.err)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({**PROXIED, "no_proxy": "a", "NO_PROXY": "a"}, ["a,127.0.0.1"] * 2),
        ({**PROXIED, "no_proxy": "", "NO_PROXY": "b"}, ["b,127.0.0.1"] * 2),
        ({"http_proxy": "", "HTTP_PROXY": "", "https_proxy": "", "no_proxy": "", "NO_PROXY": "b"}, ["", "b"]),
    ],
)
def test_who_is_called_past_a_proxy_besides_stays_so(execute, before, after):
    script = "import os; print([os.environ[name] for name in ('no_proxy', 'NO_PROXY')])"

    assert f"{after}\n" == execute("--", sys.executable, "-c", script, **before).out


def test_every_listener_is_in_the_commands_environment(execute):
    names = ["OFFAIR_URL", "OFFAIR_HTTPS_URL", "OFFAIR_RTMP_URL", "OFFAIR_RTMPS_URL", "OFFAIR_SRT_URL"]
    ended = execute("--https-port", "0", "--", "printenv", *names)

    assert ["http", "https", "rtmp", "rtmps", "srt"] == [line.partition(":")[0] for line in ended.out.splitlines()]


@pytest.mark.parametrize("code", [0, 1, 7])
def test_its_exit_code_is_passed_on(execute, code):
    assert code == execute("--", sys.executable, "-c", f"raise SystemExit({code})").code


def test_its_signal_is_passed_on_as_a_shell_says_it(execute):
    assert 128 + signal.SIGKILL == execute("--", "sh", "-c", "kill -9 $$").code


def test_a_suite_has_a_stand_in_of_its_own_beside_it(execute, tmp_path):
    (tmp_path / "test_theirs.py").write_text(SUITE)
    ended = execute("--", sys.executable, "-m", "pytest", *alone())

    assert (0, True) == (ended.code, "2 passed" in ended.out), ended.out


def test_options_after_the_command_are_the_commands_own(execute):
    ended = execute("--seed", "7", "echo", "--seed", "8", "-h", "--nothing")

    assert (0, "--seed 8 -h --nothing\n") == (ended.code, ended.out)


def test_a_command_that_is_not_there_is_a_sentence(execute):
    ended = execute("--", "no-such-command")

    assert (127, True) == (ended.code, "no-such-command cannot be run: No such file" in ended.sentence)


def test_a_command_that_cannot_be_run_is_a_sentence(execute, tmp_path):
    (tmp_path / "notes").touch()
    ended = execute("--", str(tmp_path / "notes"))

    assert (126, True) == (ended.code, "cannot be run: Permission denied" in ended.sentence)


def test_a_termination_reaches_the_command(spawn, left, read_line):
    """Its answer is what counts, and nothing of ours is left."""
    script = "import signal, sys; signal.signal(15, lambda *_: sys.exit(5)); print('up', flush=True); signal.pause()"
    process = spawn("exec", "--", sys.executable, "-c", script)
    line = read_line(process)
    process.terminate()

    assert ("up\n", 5, []) == (line, process.wait(60), left())


def test_a_termination_while_the_command_starts_reaches_it(monkeypatch):
    class Hasty(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(subprocess, "Popen", Hasty)
    lost = []
    before = signal.signal(signal.SIGTERM, lambda *_: lost.append("SIGTERM"))
    try:
        code = run_in_foreground(["sleep", "5"], os.environ)
    finally:
        signal.signal(signal.SIGTERM, before)

    assert (128 + signal.SIGTERM, []) == (code, lost)


def test_a_terminal_interrupt_is_the_commands_to_answer(spawn, left, read_line):
    """Ctrl-C goes to the whole group; we wait for what the command makes of it."""
    script = "import signal, sys; signal.signal(2, lambda *_: sys.exit(6)); print('up', flush=True); signal.pause()"
    process = spawn("exec", "--", sys.executable, "-c", script, is_leader=True)
    line = read_line(process)
    os.killpg(process.pid, signal.SIGINT)

    assert ("up\n", 6, []) == (line, process.wait(60), left())
