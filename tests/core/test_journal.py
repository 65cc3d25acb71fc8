import threading

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal


def _journal(capacity=100):
    return Journal(Clock(), capacity)


def test_entries_come_oldest_first_with_growing_numbers():
    journal = _journal()
    for text in "abc":
        journal.write("request", text)

    assert [(1, "a"), (2, "b"), (3, "c")] == [(entry.number, entry.summary) for entry in journal.entries()]


def test_a_full_journal_drops_the_oldest():
    journal = _journal(capacity=2)
    for text in "abc":
        journal.write("request", text)

    assert [(2, "b"), (3, "c")] == [(entry.number, entry.summary) for entry in journal.entries()]


@pytest.mark.parametrize(("kind", "tenant"), [("move", None), ("publication", "a-tenant")])
def test_what_is_done_again_and_again_pushes_out_nothing_of_another_kind(kind, tenant):
    """A million strangers that knock, or a client that polls, and the moves of a stream are there all the same."""
    journal = _journal(capacity=4)
    journal.write(kind, "wanted", tenant=tenant)
    for number in range(10):
        journal.write("publication", f"knock {number}")

    assert ["wanted", "knock 7", "knock 8", "knock 9"] == [entry.summary for entry in journal.entries()]


def test_what_is_large_pushes_out_nothing_of_another_kind(monkeypatch):
    monkeypatch.setattr("offair.emulator.core.journal.LARGEST", 20_000)
    journal = _journal()
    journal.write("move", "wanted")
    for number in range(10):
        journal.write("request", f"GET /{number}", weight=6_000)

    assert ["wanted", "GET /8", "GET /9"] == [entry.summary for entry in journal.entries()][-3:]


def test_what_was_written_last_is_there_whatever_it_is(monkeypatch):
    monkeypatch.setattr("offair.emulator.core.journal.LARGEST", 20_000)
    journal = _journal()
    journal.write("move", "small")
    journal.write("request", "large", weight=1 << 20)

    assert ["large"] == [entry.summary for entry in journal.entries()]


def test_a_reader_is_told_how_many_it_missed_also_in_between():
    journal = _journal(capacity=3)
    for kind in ("move", "request", "request", "request", "request"):
        journal.write(kind, kind)
    tail = journal.read_on(0, Clock().deadline(0))

    assert ([1, 4, 5], 2) == ([entry.number for entry in tail.entries], tail.missed(0))


def test_entries_are_found_by_what_they_are():
    journal = _journal()
    journal.write("request", "GET /a", cloud="one")
    journal.write("request", "GET /b", cloud="two")
    journal.write("move", "idle to starting", cloud="two")

    assert ["GET /b"] == [entry.summary for entry in journal.entries({"kind": "request", "cloud": "two"})]


def test_waiting_finds_what_was_there_before():
    journal = _journal()
    journal.write("move", "idle to live")

    assert "idle to live" == journal.wait_for({"text": "live"}, Clock().deadline(0)).summary


def test_waiting_is_woken_by_an_entry():
    journal = _journal()
    writer = threading.Timer(0.02, lambda: journal.write("move", "to live"))
    writer.start()
    found = journal.wait_for(lambda entry: "live" in entry.summary, Clock().deadline(30))
    writer.join()

    assert "to live" == found.summary


def test_waiting_in_vain_ends_at_the_deadline():
    assert _journal().wait_for({"kind": "move"}, Clock().deadline(0.01)) is None


@pytest.mark.parametrize("given", [{"weight": 1000}, {"body": "x" * 1000}, {"headers": {"a": "x" * 1000}}])
def test_it_is_bounded_by_what_it_keeps_and_not_by_entries_alone(monkeypatch, given):
    monkeypatch.setattr("offair.emulator.core.journal.LARGEST", 20_000)
    journal = _journal(capacity=1000)
    for number in range(100):
        journal.write("request", f"GET /{number}", **given)
    kept = [entry.summary for entry in journal.entries()]

    assert (True, "GET /99") == (5 < len(kept) <= 20, kept[-1])


def test_a_long_summary_is_counted_too(monkeypatch):
    monkeypatch.setattr("offair.emulator.core.journal.LARGEST", 20_000)
    journal = _journal(capacity=1000)
    for _ in range(100):
        journal.write("request", "x" * 1000, weight=0)

    assert len(journal.entries()) <= 20


def test_looking_for_a_text_reads_only_what_may_have_it():
    journal, read = _journal(), []
    for text in ("GET /a", "GET /b"):
        journal.write("request", text, body=lambda text=text: read.append(text))

    assert (["GET /b"], ["GET /b"]) == ([entry.summary for entry in journal.entries({"text": "/b"})], read)


@pytest.mark.parametrize("text", ["INVALID key", "get /a", "GET /A"])
def test_a_text_is_found_in_capitals_or_not(text):
    journal = _journal()
    journal.write("request", "GET /a", refused="Invalid KEY")

    assert ["GET /a"] == [entry.summary for entry in journal.entries({"text": text})]


def test_a_secret_is_not_found_by_its_text():
    journal = _journal()
    journal.write(
        "request", "GET /?token=0123456789abcdef", request_headers={"Authorization": "Bearer 0123456789abcdef"}
    )

    assert [] == journal.entries({"text": "456789"})


def test_a_search_for_the_latest_reads_no_older_ones():
    journal, read = _journal(), []
    for number in range(5):
        journal.write("fault", f"needle {number}", told=lambda number=number: read.append(number))
    found = journal.entries({"text": "needle"}, most=2)

    assert (["needle 3", "needle 4"], [3, 4]) == ([entry.summary for entry in found], sorted(read))
