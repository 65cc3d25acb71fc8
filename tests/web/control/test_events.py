"""What happens, told as it happens: nothing twice, nothing left out in silence."""

import threading
from contextlib import suppress

import httpx
import pytest
from events import listening

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings
from offair.emulator.web.control.events import Telling
from offair.emulator.web.control.observing import PARTING
from offair.emulator.web.hearer import Hearer

NOBODY = Hearer(None)


@pytest.fixture(name="url")
def _url(emulator):
    return emulator.ready()["control_url"]


@pytest.fixture(name="here")
def _here(emulator):
    """The id of what was written last."""
    return lambda: f"{emulator.journal.run}.{emulator.journal.entries()[-1].number}"


def test_who_listens_hears_what_happens_from_now_on(emulator, url, tenant):
    emulator.journal.write("mail", "before", tenant=tenant.id)
    with listening(url, tenant=tenant.id) as told:
        first = next(told)
        entry = emulator.journal.write("mail", "now", tenant=tenant.id, refused="no", body="long")
        second = next(told)

    assert ("begin", emulator.journal.run) == (first.event, first.data["run"])
    assert ("entry", f"{emulator.journal.run}.{entry.number}") == (second.event, second.id)
    assert {**entry.as_json(), "details": {"refused": "no"}} == second.data


def test_all_of_an_entry_is_told_to_who_asks_for_it(emulator, url, tenant, here):
    with listening(url, after=here(), details="all", tenant=tenant.id) as told:
        entry = emulator.journal.write("mail", "now", tenant=tenant.id, body="long")

        assert [entry.as_json()] == [event.data for _, event in zip(range(2), told, strict=False)][1:]


@pytest.mark.parametrize("asked", ["header", "query", "number"])
def test_who_comes_back_goes_on_where_it_was(emulator, url, tenant, here, asked):
    seen = here()
    for word in "abc":
        emulator.journal.write("mail", word, tenant=tenant.id)
    how = {
        "header": {"headers": {"Last-Event-ID": seen}},
        "query": {"after": seen},
        "number": {"after": seen.rpartition(".")[2]},
    }[asked]
    with listening(url, tenant=tenant.id, **how) as told:
        heard = [next(told) for _ in range(4)]

    assert ["begin", "a", "b", "c"] == [heard[0].event, *(one.data["summary"] for one in heard[1:])]


@pytest.mark.parametrize("after", ["0-0.1", "123abc-7.99", "999999999"])
def test_who_comes_from_another_run_is_told_to_begin_anew(url, after):
    with listening(url, after=after) as told:
        assert "reset" == next(told).event


@pytest.mark.parametrize("seen", ["9" * 5000, "0-0." + "9" * 5000])
def test_a_browser_that_says_an_id_that_is_none_is_told_to_begin_anew(url, seen):
    with listening(url, headers={"Last-Event-ID": seen}) as told:
        assert "reset" == next(told).event


def test_what_cannot_be_an_id_is_refused(control):
    assert 422 == control.get("/events", params={"after": "soon"}).status_code


def test_a_journal_that_is_cleared_resets_who_listens(emulator, control, url):
    with listening(url) as told:
        next(told)
        control.delete("/journal", headers={"X-Offair": "1"}).raise_for_status()
        event = next(told)

    assert ("reset", emulator.journal.run) == (event.event, event.data["run"])


@pytest.mark.parametrize(
    ("wanted", "heard"),
    [
        ({"kind": "mail"}, ["a", "c"]),
        ({"operation": "createStream"}, ["b"]),
        ({"status": "4xx"}, ["b"]),
        ({"status": "404"}, ["b"]),
        ({"text": "sorry"}, ["b"]),
    ],
)
def test_only_what_is_asked_for_is_told(emulator, url, tenant, here, wanted, heard):
    with listening(url, after=here(), tenant=tenant.id, **wanted) as told:
        emulator.journal.write("mail", "a", tenant=tenant.id)
        emulator.journal.write("request", "b", tenant=tenant.id, operation="createStream", status=404, refused="sorry")
        emulator.journal.write("mail", "c", tenant=tenant.id)
        found = [
            event.data["summary"]
            for _, event in zip(range(len(heard) + 1), told, strict=False)
            if event.event == "entry"
        ]

    assert heard == found


def test_who_lags_behind_what_is_kept_is_told_so():
    journal, clock = Journal(Clock(), capacity=3), Clock()
    journal.write("mail", "seen")
    telling = Telling(journal, clock, wanted={}, after=f"{journal.run}.1", is_whole=False)
    for word in "abcde":
        journal.write("mail", word)
    _, pieces = telling.begin(NOBODY)
    heard = [next(pieces) for _ in range(3)]
    pieces.close()

    assert [True, True] == [b"event: begin\n" in heard[1], b"event: reset\n" in heard[2]]
    assert f"id: {journal.run}.6\n".encode() in heard[2]


def test_what_comes_at_once_is_told_in_one_piece():
    journal, clock = Journal(Clock(), capacity=100), Clock()
    telling = Telling(journal, clock, wanted={}, after=None, is_whole=False)
    _, pieces = telling.begin(NOBODY)
    next(pieces), next(pieces)
    for _ in range(50):
        journal.write("mail", "again")
    piece = next(pieces)
    pieces.close()

    assert 50 == piece.count(b"data: ")


def test_a_journal_that_closes_ends_it():
    journal, clock = Journal(Clock(), capacity=100), Clock()
    _, pieces = Telling(journal, clock, wanted={}, after=None, is_whole=False).begin(NOBODY)
    closing = threading.Timer(0.05, journal.close)
    closing.start()
    told = [piece for piece in pieces if piece]
    closing.join()

    assert 2 == len(told)


def test_proxies_are_asked_to_keep_nothing_back(url):
    with httpx.stream("GET", f"{url}/events") as answer:
        assert ("text/event-stream", "no", "no-store") == (
            answer.headers["Content-Type"],
            answer.headers["X-Accel-Buffering"],
            answer.headers["Cache-Control"],
        )


def test_asking_for_the_head_alone_ends(control):
    answer = control.head("/events")

    assert (200, b"") == (answer.status_code, answer.content)


@pytest.mark.parametrize("path", ["/events", "/watch/any", "/streams/any/thumbnail.jpg"])
def test_a_page_of_another_origin_hears_nothing(control, path):
    assert 403 == control.get(path, headers={"Origin": "https://evil.example"}).status_code


def test_listening_leaves_no_entry(emulator, url):
    before = emulator.journal.entries()
    with listening(url) as told:
        next(told)

    assert before == emulator.journal.entries()


def test_twelve_who_listen_hold_nobody_up(emulator, url, control):
    """Twelve tabs, each with a connection of its own."""
    opened = [listening(url) for _ in range(12)]
    heard = [one.__enter__() for one in opened]
    first = [next(told).event for told in heard]
    emulator.journal.write("mail", "to all")
    second = [next(told).data["summary"] for told in heard]
    answer = control.get("/health").status_code
    for one in opened:
        one.__exit__(None, None, None)

    assert (["begin"] * 12, ["to all"] * 12, 200) == (first, second, answer)


def test_a_stand_in_that_closes_waits_for_nobody_who_listens():
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="light"), providers=[]) as emulator:
        opened = listening(emulator.ready()["control_url"])
        told = opened.__enter__()
        next(told)
    with suppress(httpx.HTTPError):  # the connection may be cut before the last chunk
        assert next(told, None) is None
    opened.__exit__(None, None, None)


def test_who_waits_for_an_entry_is_held_while_it_closes():
    """They would ask again at once, and keep busy what is trying to end."""
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="light"), providers=[]) as emulator:
        emulator.journal.close()
        began = emulator.clock.monotonic()
        answer = httpx.get(f"{emulator.ready()['control_url']}/journal/wait", params={"text": "x", "timeout": "30"})
        waited = emulator.clock.monotonic() - began

    assert (404, True) == (answer.status_code, PARTING <= waited < 30)
