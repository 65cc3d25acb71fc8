"""What happens is seen in the terminal: where it is served, and from another."""

import json
import re
import signal
import socket

import httpx
import pytest

from offair.emulator.cli.telling import LONGEST, lines

LINE = re.compile(r"\d\d:\d\d:\d\d \S+ +(request|move|publication|recording|hook|frame|fault|trouble) +\S.*\n")
ENTRY = {"number": 1, "at": 0.0, "kind": "request", "summary": "GET /x 200", "cloud": "toy", "details": {}}


def _told(**changed):
    return lines({**ENTRY, **changed}, is_verbose=False, has_colours=False)


@pytest.mark.parametrize("kind", ["request", "move", "publication", "recording", "hook", "frame", "fault", "trouble"])
def test_an_entry_is_one_line(kind):
    assert LINE.fullmatch(_told(kind=kind, cloud=None))


def test_what_was_refused_is_told_with_its_reason():
    assert "GET /x 400: name must be a string" in _told(
        summary="GET /x 400", details={"refused": "name must be a string"}
    )


def test_what_would_steer_a_terminal_is_told_as_text():
    assert r"a\x1b[2Jb\nc\u202ed" in _told(summary="a\x1b[2Jb\nc\u202ed")


def test_a_line_ends_somewhere():
    assert LONGEST + 1 == len(_told(summary="x" * 10_000))


def test_bodies_are_shown_where_they_are_wanted():
    details = {"request_body": {"name": "x"}, "response_body": "no\x07thing", "traceback": None}
    shown = lines({**ENTRY, "details": details}, is_verbose=True, has_colours=False)

    assert ("request body:" in shown, '"name": "x"' in shown, r"no\x07thing" in shown) == (True, True, True)


@pytest.mark.parametrize(
    ("changed", "has_colour"),
    [({"kind": "move"}, True), ({"kind": "trouble"}, True), ({"details": {"status": 500}}, True), ({}, False)],
)
def test_a_terminal_has_colours(changed, has_colour):
    assert has_colour == ("\x1b[" in lines({**ENTRY, **changed}, is_verbose=False, has_colours=True))


@pytest.fixture(name="refused")
def _refused():
    """Make a call that is refused."""

    def refused(serving):
        answer = httpx.post(f"{serving.cloud['base_url']}/streams", headers=serving.cloud["headers"], json={"name": 1})
        assert 400 == answer.status_code

    return refused


def _ask(serving):
    assert 401 == httpx.get(f"{serving.cloud['base_url']}/streams").status_code


def test_serve_tells_what_happens_and_that_it_stops(serve_until, capfd):
    ended = serve_until(_ask)

    assert (True, True, 0, "") == (
        "/streams 401: " in capfd.readouterr().out, "Stopping." in ended.out, ended.code, ended.err
    )  # fmt: skip


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_serve_can_be_quiet(serve_until, capfd, option):
    ended = serve_until(_ask, option)

    assert ("", None) == (capfd.readouterr().out, LINE.search(ended.out))


def test_serve_stops_though_nobody_reads_what_it_tells(spawn, read_ready, tmp_path):
    """A pipe that is full holds neither a request nor the end."""
    file = tmp_path / "ready.json"
    process = spawn("serve", "--port", "0", "--rtmp-port", "0", "--ready-file", str(file))
    url = read_ready(file)["clouds"]["tenbyte"]["base_url"]
    with httpx.Client() as client:
        for _ in range(150):  # lines of a pipe that holds 64 KiB
            client.get(f"{url}/streams", params={"name": "x" * LONGEST})
    process.terminate()

    assert 0 == process.wait(60)


def test_logs_show_what_happened(serving, run, refused):
    refused(serving)
    ended = run("logs", "--url", serving.url, "--kind", "request", "-n", "1")

    assert (0, True, True, "") == (
        ended.code, bool(LINE.fullmatch(ended.out)), "/streams 400: " in ended.out, ended.err,
    ), ended.out  # fmt: skip


def test_logs_can_be_filtered_and_read_by_a_program(serving, run):
    streams = [serving.create()["id"] for _ in range(2)]
    ended = run("logs", "--url", serving.url, "--json", "--kind", "move", "--stream", streams[0])
    moves = [json.loads(line) for line in ended.out.splitlines()]

    assert (0, True, set()) == (ended.code, ended.err == "", {move["stream"] for move in moves} - {streams[0]})


def test_logs_show_bodies_on_wish(serving, run, refused):
    refused(serving)
    out = run("logs", "--url", serving.url, "--kind", "request", "-n", "1", "--verbose").out

    assert (True, True) == ("request body:" in out, "response body:" in out)


def test_logs_follow_until_a_signal(serving, spawn, read_line, refused):
    refused(serving)
    process = spawn("logs", "-f", "-n", "1", "--url", serving.url)
    read_line(process)
    refused(serving)
    line = read_line(process)
    process.send_signal(signal.SIGINT)

    assert (True, 0, True) == ("/streams 400: " in line, process.wait(60), "Stopped." in process.stderr.read())


def test_logs_end_with_the_stand_in(serve_until, spawn, read_line, refused):
    following = []

    def follow(serving):
        refused(serving)
        following.append(spawn("logs", "-f", "--url", serving.url))
        read_line(following[0])

    serve_until(follow, "--quiet")

    assert (0, True) == (following[0].wait(60), "has stopped" in following[0].stderr.read())


def test_logs_of_nobody_are_a_sentence(run):
    assert "no stand-in answers" in run("logs").sentence


def test_a_wait_that_is_broken_off_says_so(spawn):
    with socket.create_server(("127.0.0.1", 0)) as other:
        process = spawn("env", "--wait", "30", "--url", f"http://127.0.0.1:{other.getsockname()[1]}")
        other.settimeout(60)
        asking, _ = other.accept()
        with asking:
            process.send_signal(signal.SIGINT)
            ended = process.communicate(timeout=60)

    assert (130, "", "\nStopped.\n") == (process.returncode, *ended)
