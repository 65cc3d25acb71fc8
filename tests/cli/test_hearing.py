"""What happens is heard in a terminal over one connection: nothing twice, nothing left out, and on after a restart."""

import pytest

from offair.emulator.cli import logs
from offair.emulator.cli.hearing import ServerSent, hear, read
from offair.emulator.cli.remote import RefusedError
from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings


def test_an_event_is_read_as_browsers_read_it():
    lines = ["retry: 1000", "", "event: entry", "id: a.1", 'data: {"x":', "data:  1}", "", "id: a.2", "", "data: 2", ""]

    assert [ServerSent("entry", "a.1", {"x": 1}), ServerSent("message", "a.2", 2)] == list(read(lines))


def test_who_follows_hears_what_is_kept_and_then_what_comes(emulator):
    emulator.journal.write("mail", "kept", stream="heard")
    told = logs.entries(emulator.http_url, {"stream": "heard"}, limit=5, follows=True)
    first = next(told)
    emulator.journal.write("mail", "comes", stream="heard", body="whole")
    second = next(told)
    told.close()

    assert ("kept", "comes", "whole") == (first["summary"], second["summary"], second["details"]["body"])


def test_who_follows_goes_on_when_the_stand_in_comes_back(monkeypatch, capsys):
    monkeypatch.setattr(logs, "PATIENCE", 30.0)
    with Emulator(Settings(port=0, rtmp_port=0)) as first:
        url = first.http_url
        first.journal.write("mail", "before")
        told = logs.entries(url, {"kind": "mail"}, limit=1, follows=True)
        heard = [next(told)["summary"]]
    with Emulator(Settings(port=int(url.rpartition(":")[2]), rtmp_port=0)) as second:
        second.journal.write("mail", "missed")
        heard.append(next(told)["summary"])
        second.journal.write("mail", "after")
        heard.append(next(told)["summary"])
        told.close()

    assert (["before", "missed", "after"], True) == (heard, "was started anew" in capsys.readouterr().err)


def test_who_is_refused_is_told_why(emulator):
    with pytest.raises(RefusedError, match="422"):
        next(hear(emulator.http_url, {"status": "many"}))
