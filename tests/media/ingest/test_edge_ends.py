"""How a visit at the edge ends: with a goodbye, by silence, and because somebody wants it to."""

import asyncio
import errno
import select
import threading
from contextlib import suppress

import pytest
from freezegun import freeze_time
from rtmp_caller import PATIENCE, Caller

from offair.emulator.core.clock import Deadline
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.rtmp.client import Rejected

TRICKLES = {
    "acknowledgements": (b"", bytes.fromhex("02 000000 000004 03 00000000 00000001")),
    "a picture without an end": (bytes.fromhex("06 000100 00ea60 09 01000000"), b"\x27"),  # of 60,000 bytes
}


def test_an_encoder_that_vanishes_said_no_goodbye(door, caller, publication):
    caller.ask()
    caller.send(publication[0])
    caller.socket.close()

    assert [publication[0], False] == door.desks.get(timeout=PATIENCE).rest()


@pytest.mark.parametrize("said", [b"", b"\x03", b"\x03" + bytes(3072)])
def test_who_never_publishes_is_disconnected(door, open_edge, said):
    edge = open_edge(patience=0.05)
    with Caller(edge.port) as caller:
        caller.socket.sendall(said)

        assert caller.is_closed()
    assert "nothing was published within 0.05 s" in door.problems.get(timeout=PATIENCE)[1]


def test_patience_ends_in_a_test_that_freezes_time_too(door, open_edge):
    """Downstream tests freeze Python's clocks; asyncio asks one of them unless it is told not to."""
    with freeze_time("2012-01-14"):
        edge = open_edge(patience=0.05)
        with Caller(edge.port) as caller:
            assert caller.is_closed()
    assert "nothing was published within 0.05 s" in door.problems.get(timeout=PATIENCE)[1]


def test_a_silent_encoder_is_disconnected(door, open_edge):
    edge = open_edge(stale_after=0.1)
    with Caller(edge.port) as caller:
        caller.ask()

        assert [False] == door.desks.get(timeout=PATIENCE).rest()
        assert caller.is_closed()
    assert "no media for 0.1 s" in door.problems.get(timeout=PATIENCE)[1]


@pytest.mark.parametrize(("begun", "piece"), TRICKLES.values(), ids=TRICKLES)
def test_who_has_sent_media_and_only_trickles_is_as_good_as_silent(door, open_edge, publication, begun, piece):
    edge = open_edge(stale_after=0.2)
    with Caller(edge.port) as caller:
        caller.ask()
        caller.send(publication[0])
        deadline, pause = Deadline(PATIENCE), threading.Event()
        with suppress(ConnectionError):
            caller.socket.sendall(begun)
            while door.problems.empty() and not deadline.is_over:
                caller.socket.sendall(piece)
                pause.wait(0.02)

    assert "no media for 0.2 s" in door.problems.get(timeout=PATIENCE)[1]


def test_a_paused_encoder_is_held_by_tcp_and_loses_nothing(door, open_edge, leap):
    """The silence is ours, so it does not count as the encoder's."""
    edge = open_edge(stale_after=PATIENCE)
    door.furnish = lambda desk: desk.connection.pause()
    tags = [Tag(TagKind.VIDEO, number, b"\x27\x01" + bytes(1 << 20)) for number in range(16)]
    with Caller(edge.port) as caller:
        caller.ask()
        desk = door.desks.get(timeout=PATIENCE)
        sending = threading.Thread(target=caller.send, args=tags)
        sending.start()
        sending.join(0.5)
        held = sending.is_alive()
        leap(2 * PATIENCE)
        with Caller(edge.port, "nobody") as other:
            other.ask()  # now the edge has seen how late it is
        desk.connection.resume()
        sending.join()
        caller.finish()

        assert held
        assert [*tags, True] == desk.rest()


def test_a_revoked_encoder_hears_why_and_is_gone_at_once(door, caller, publication):
    caller.ask()
    desk = door.desks.get(timeout=PATIENCE)
    caller.send(publication[0])
    assert publication[0] == desk.next()
    desk.connection.close("the stream key was reset")

    assert Rejected("NetStream.Publish.BadName", "the stream key was reset") == caller.ask()
    assert [False] == desk.rest()
    assert caller.is_closed()


def test_a_revoked_encoder_that_looks_late_hears_why(door, caller, publication, monkeypatch):
    """A busy machine lets it wait, and what it sends meanwhile must not take back what it was told."""
    monkeypatch.setattr("offair.emulator.media.ingest.rtmp.transport.LINGER", PATIENCE)
    caller.ask()
    desk = door.desks.get(timeout=PATIENCE)
    desk.connection.close("the stream key was reset")
    assert [False] == desk.rest()
    threading.Event().wait(0.3)  # in which it does not look
    for tag in publication[:2]:
        caller.send(tag)

    assert Rejected("NetStream.Publish.BadName", "the stream key was reset") == caller.ask()


def test_a_revoked_encoder_that_hears_nothing_is_cut_off_however_much_it_sends(door, caller, publication, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.rtmp.transport.LINGER", 0.5)
    caller.ask()
    desk = door.desks.get(timeout=PATIENCE)
    desk.connection.close("the stream key was reset")
    deadline, pause = Deadline(PATIENCE), threading.Event()
    with pytest.raises(ConnectionError):
        while not deadline.is_over:
            caller.send(publication[0])
            pause.wait(0.02)

    assert [False] == desk.rest()


def test_a_revoked_encoder_that_is_held_hears_why(door, caller):
    """What it had sent is read first: to close over unread bytes is a reset, which may swallow the reason."""
    door.furnish = lambda desk: desk.connection.pause()
    caller.ask()
    connection = door.desks.get(timeout=PATIENCE).connection
    caller.send(Tag(TagKind.VIDEO, 0, b"\x27\x01" + bytes(100_000)))
    connection.close("the stream key was reset")

    assert "the stream key was reset" == caller.ask().description
    assert b"" == caller.socket.recv(1)


def test_a_revoked_encoder_that_is_read_in_gulps_hears_why(door, caller, monkeypatch):
    """It may send until it has heard it, and the next gulp would come too late to read that."""
    monkeypatch.setattr("offair.emulator.media.ingest.gulps.GULP", PATIENCE)
    door.furnish = lambda desk: desk.connection.relax()
    caller.ask()
    connection = door.desks.get(timeout=PATIENCE).connection
    connection.close("the stream key was reset")
    caller.send(Tag(TagKind.VIDEO, 0, b"\x27\x01" + bytes(100_000)))

    assert "the stream key was reset" == caller.ask().description
    assert b"" == caller.socket.recv(1)


def test_one_that_is_read_in_gulps_and_went_is_missed_as_soon_as_another_connects(door, open_edge, monkeypatch):
    """It may be the same encoder, started anew at once: its key is not in use by itself any more."""
    monkeypatch.setattr("offair.emulator.media.ingest.gulps.GULP", 10 * PATIENCE)
    door.furnish = lambda desk: desk.connection.relax()
    edge = open_edge(stale_after=10 * PATIENCE)
    with Caller(edge.port) as caller:
        caller.ask()
    with Caller(edge.port):
        assert [False] == door.desks.get(timeout=PATIENCE).rest()


def test_closing_late_is_harmless(door, caller, edge):
    caller.ask()
    desk = door.desks.get(timeout=PATIENCE)
    caller.finish()
    assert [True] == desk.rest()
    desk.connection.close("too late")
    edge.close()
    desk.connection.pause()
    desk.connection.close("much too late")

    assert desk.heard.empty()


def test_after_a_goodbye_the_client_may_read_on_and_finds_nothing(door, caller):
    """Nothing is sent after FCUnpublish, so that the client's close is no reset."""
    caller.ask()
    caller.finish()
    assert [True] == door.desks.get(timeout=PATIENCE).rest()
    readable, _, _ = select.select([caller.socket], [], [], 0.05)

    assert [] == readable


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("offair-")}


def test_closing_is_not_kept_by_an_encoder_that_is_gone_and_was_not_looked_at(door, open_edge, monkeypatch):
    """As one that is read in gulps may be: the system says so of its socket."""

    def refuse(_):
        raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")

    monkeypatch.setattr(asyncio.selector_events._SelectorSocketTransport, "write_eof", refuse)
    before = threads()
    edge = open_edge()
    with Caller(edge.port) as caller:
        caller.ask()
        edge.close()

    assert ([False], before) == (door.desks.get(timeout=PATIENCE).rest(), threads())


def test_close_ends_every_visit_and_every_thread(door, open_edge):
    before = threads()
    edge = open_edge()
    with Caller(edge.port) as live, Caller(edge.port) as silent:
        live.ask()
        desk = door.desks.get(timeout=PATIENCE)
        edge.close()

        assert "the server is closing" == live.ask().description
        assert silent.is_closed()
    assert ([False], True) == (desk.rest(), door.problems.empty())
    assert before == threads()
    edge.close()
