"""Whoever answers in a stand-in's place with JSON of another shape: a command ends with a sentence."""

from base64 import b64encode

import click
import pytest

from offair.emulator.cli import remote
from offair.emulator.cli.answers import Entries, UnlikeError, read_answer
from offair.emulator.cli.hearing import hear
from offair.emulator.cli.remote import ask

URL = "http://127.0.0.1:1"
ENTRY = {
    "number": 7, "at": 1e9, "kind": "hook", "summary": "s", "cloud": None, "tenant": None, "stream": None,
    "details": {"status": 200, "delivery": "d", "refused": "r", "request_body": {"a": 1}, "error": "e"},
}  # fmt: skip
DELIVERY = {
    "id": "d", "state": "waiting", "event": "e", "url": "http://x", "attempts": [{"status": 200, "error": None}],
}  # fmt: skip
ANSWERS = {
    "/state": {"streams": [{
        "id": "i", "cloud": "c", "tenant": "t", "state": "live", "name": "n", "last_refusal": None,
        "numbers": {"bitrate": 1, "viewers": 2},
    }]},
    "/ready": {
        "pid": 1, "control_url": f"{URL}/_offair", "console_url": f"{URL}/", "https_url": None, "rtmp_url": "rtmp://x",
        "rtmps_url": "rtmps://x", "srt_url": "srt://x", "ca_file": None,
        "clouds": {"tenbyte": {"base_url": "u", "services": {"s": "u"}, "headers": {}, "credentials": {"k": "v"}}},
    },
    "/journal": {"entries": [ENTRY]},
    "/journal/wait": ENTRY,
    "/deliveries": {"deliveries": [DELIVERY]},
    "/deliveries/d/resend": DELIVERY,
    "/streams/i/trigger": {"deliveries": [DELIVERY]},
    "/streams/i": {"publish_url": "rtmp://127.0.0.1:1/live/key", "hook_secret": None},
    "/tokens": {"token": "t"},
    "/snapshot": {"snapshot": b64encode(b"state").decode()},
    "/restore": {"restored": True},
}  # fmt: skip
OTHERS = (None, 1, "\x1b[2J\ud800", [[1]], 1e308, 1 << 80)
COMMANDS = {
    ("streams",): "/state",
    ("streams", "--tenant", "t"): "/state",
    ("env",): "/ready",
    ("open", "--print"): "/ready",
    ("logs", "-v"): "/journal",
    ("hooks",): "/deliveries",
    ("hooks", "resend", "d"): "/deliveries/d/resend",
    ("hooks", "trigger", "e", "i"): "/streams/i/trigger",
    ("publish", "i"): "/streams/i",
    ("token", "tenbyte"): "/tokens",
    ("snapshot", "save", "file"): "/snapshot",
    ("snapshot", "load", "file"): "/restore",
}  # fmt: skip


def others(answer):
    """Give the answer with something else in each of its places, one at a time, and without it."""
    yield from OTHERS
    match answer:
        case dict():
            for name, value in answer.items():
                yield {one: what for one, what in answer.items() if one != name}
                yield from ({**answer, name: other} for other in others(value))
        case list():
            for place, value in enumerate(answer):
                yield from ([*answer[:place], other, *answer[place + 1 :]] for other in others(value))


@pytest.fixture(name="answering")
def _answering(monkeypatch):
    """Answer each path with what is there, but for those that are told otherwise."""
    said = dict(ANSWERS)

    def call_operation(_method, url, *_, **__):
        return said[url.removeprefix(f"{URL}/_offair").partition("?")[0]]

    monkeypatch.setattr(remote, "call_operation", call_operation)
    monkeypatch.setattr("offair.emulator.cli.hooks.PATIENCE", 0.01)
    return said


@pytest.mark.parametrize(("command", "path"), COMMANDS.items(), ids=map(" ".join, COMMANDS))
def test_an_answer_of_another_shape_is_no_traceback(run, tmp_path, answering, command, path):
    (tmp_path / "file").write_bytes(b"state")
    codes = set()
    for other in others(ANSWERS[path]):
        answering[path] = other
        codes.add(run(*command, OFFAIR_URL=URL).code)  # what it raises fails

    assert codes <= {0, 1}


@pytest.mark.parametrize("path", ["/journal", "/journal/wait"])
def test_nor_is_one_of_the_journal_while_a_hook_is_awaited(run, answering, path):
    codes = set()
    for other in others(ANSWERS[path]):
        answering[path] = other
        codes.add(run("hooks", "resend", "d", OFFAIR_URL=URL).code)

    assert codes <= {0, 1}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"rows": []}, "it lacks 'entries'"),
        ({"entries": {}}, r"it says something else at \$\.entries"),
        ({"entries": [{**ENTRY, "number": "7"}]}, r"it says something else at \$\.entries\[0\]\.number"),
        ([], "it says something else"),
    ],
)
def test_a_stand_in_of_another_version_is_told_by_where_it_differs(answer, words):
    with pytest.raises(UnlikeError, match=f"^{words}$"):
        read_answer(answer, Entries)


def test_what_an_answer_has_beside_it_is_kept():
    assert {"entries": [], "more": 1} == read_answer({"entries": [], "more": 1}, Entries)


@pytest.mark.parametrize(
    "lines",
    [
        ["event: entry", "data: [1]", ""],
        ["event: begin", 'data: {"number": "x"}', ""],
        ["event: begin", "data: no JSON", ""],
        ["event: begin", f"data: {'[' * 100_000}", ""],
    ],
)
def test_events_of_another_shape_are_no_traceback(monkeypatch, lines):
    monkeypatch.setattr("offair.emulator.cli.hearing.read_lines", lambda *_: iter(lines))

    with pytest.raises(click.ClickException, match="is no stand-in of this version"):
        list(hear(URL, {}))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "http://[::1",
        "http://a b",
        "http://127.0.0.1:0",
        "http://x\n",
        "",
    ],
)
def test_an_url_that_nobody_can_have_is_told_as_such(url):
    with pytest.raises(click.ClickException, match="is no URL of a stand-in"):
        ask(url, "/ready", dict)
