"""``offair streams`` and ``offair open``: what is there, and where to look at it."""

import json

import pytest

from offair.emulator.cli.streams import row

STREAM = {"id": "an-id", "cloud": "x", "state": "idle", "name": "n", "numbers": None, "last_refusal": None}


@pytest.fixture(name="streams")
def _streams(run, serving):
    return lambda *arguments: run("streams", *arguments, "--url", serving.url)


@pytest.fixture(name="stream")
def _stream(serving):
    return serving.create()


def test_a_stream_is_listed_with_its_state_and_name(streams, stream):
    ended = streams("--text", stream["id"])

    assert (0, [stream["id"], "tenbyte", "idle"]) == (ended.code, ended.out.split()[:3])
    assert ended.out.endswith(f"{stream['name']}\n")


def test_json_has_what_the_state_has(serving, streams, stream):
    (shown,) = json.loads(streams("--json", "--text", stream["id"]).out)

    assert shown == next(one for one in serving.ask("/state")["streams"] if one["id"] == stream["id"])


@pytest.mark.parametrize("wanted", [("--state", "live"), ("--cloud", "bintu"), ("--text", "no such name")])
def test_only_what_is_asked_for_is_listed(streams, stream, wanted):
    ended = streams(*wanted)

    assert (0, "") == (ended.code, ended.out)
    assert "is such a stream; 'offair streams' lists all" in ended.sentence
    assert stream["id"]


def test_whoever_has_none_is_told_how_to_make_one(run, serve):
    assert "make one with a cloud's own call" in run("streams", "--url", serve().url).sentence


def test_numbers_and_refusals_are_in_the_line():
    numbers = {"bitrate": 1_234_567, "viewers": 3}
    line = row({**STREAM, "state": "live", "numbers": numbers, "last_refusal": "invalid\nkey"})

    assert "an-id  x          live          1235 kbit/s  3 watching     n  refused: invalid\\nkey" == line


def test_a_name_steers_no_terminal():
    assert "\\x1b[2J" in row({**STREAM, "name": "\x1b[2J"})


def test_the_address_is_printed(run, serving):
    ended = run("open", "--print", "--url", serving.url)
    shown = serving.ready["console_url"] or f"{serving.url}/"

    assert (0, f"{shown}\n") == (ended.code, ended.out)


def test_without_a_browser_the_address_is_what_there_is(run, serving):
    ended = run("open", "--url", serving.url, PATH="", BROWSER="nothing-like-this", DISPLAY="")

    assert (0, True) == (ended.code, ended.out.startswith(serving.url))


def test_logs_show_what_was_refused(run, serving, stream):
    ended = run("logs", "--refused", "--status", "4xx", "--url", serving.url)

    assert (0, 0) == (ended.code, sum(" 201" in line for line in ended.out.splitlines()))
    assert stream["id"]
