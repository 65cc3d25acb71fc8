"""The edge: real sockets, one loop, and an intake that hears of the end exactly once whatever happens."""

import errno
import socket
from contextlib import ExitStack, suppress

import pytest
from rtmp_caller import PATIENCE, Caller

from offair.emulator.core.ports import Knock
from offair.emulator.media.ingest.edge import CannotListenError, Edge
from offair.emulator.media.ingest.rtmp.client import Accepted, Rejected


def test_a_publication_goes_from_the_socket_to_the_intake(door, caller, publication):
    assert Accepted() == caller.ask()
    caller.send(*publication)
    caller.finish()

    assert [*publication, True] == door.desks.get(timeout=PATIENCE).rest()
    assert Knock(protocol="rtmp", app="live", name="key", peer=caller.peer) == door.knocks.get_nowait()


def test_a_bad_key_is_refused_in_words_and_disconnected(door, edge):
    with Caller(edge.port, "nobody") as caller:
        assert Rejected("NetStream.Publish.BadName", "invalid stream key") == caller.ask()
        assert caller.is_closed()
    assert door.desks.empty()


@pytest.mark.parametrize("option", [socket.SO_KEEPALIVE, socket.SO_RCVBUF])
def test_options_that_cannot_be_set_keep_nobody_out(door, open_edge, monkeypatch, option):
    """MacOS refuses them of who is gone, and large buffers of everybody."""
    set_option = socket.socket.setsockopt

    def refuse(self, level, name, *value):
        if (level, name) == (socket.SOL_SOCKET, option):
            raise OSError(errno.ENOBUFS, "No buffer space available")
        set_option(self, level, name, *value)

    monkeypatch.setattr(socket.socket, "setsockopt", refuse)
    with Caller(open_edge(srt_port=0).port) as caller:
        assert Accepted() == caller.ask()
    assert door.problems.empty()


def test_two_encoders_do_not_meet(door, edge, publication):
    with Caller(edge.port) as one, Caller(edge.port) as other:
        one.ask()
        first = door.desks.get(timeout=PATIENCE)
        other.ask()
        second = door.desks.get(timeout=PATIENCE)
        one.send(publication[0])
        other.send(publication[1])
        one.finish()
        other.finish()

        assert ([publication[0], True], [publication[1], True]) == (first.rest(), second.rest())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP client", id="http"),
        pytest.param(b"\x16\x03\x01\x02\x00", "TLS came to the plain RTMP port", id="tls"),
        pytest.param(b"\x00" * 5000, "first byte is 0x00", id="zeros"),
        pytest.param(b"\x03" + bytes(3072) + b"\xc3" * 50, "format 3", id="garbage-after-the-handshake"),
    ],
)
def test_what_is_not_rtmp_is_closed_with_one_line(door, caller, data, words):
    caller.socket.sendall(data)

    assert caller.is_closed()
    peer, said = door.problems.get(timeout=PATIENCE)
    assert caller.peer == peer
    assert words in said
    assert door.problems.empty()


def test_who_connects_and_leaves_is_no_problem(door, edge, publication):
    socket.create_connection(("127.0.0.1", edge.port), timeout=PATIENCE).close()
    with Caller(edge.port) as caller:
        caller.ask()

    assert door.problems.empty()


def test_an_intake_that_raises_ends_its_own_encoder_only(door, edge, publication):
    with Caller(edge.port) as good, Caller(edge.port) as bad:
        good.ask()
        kept = door.desks.get(timeout=PATIENCE)
        door.furnish = lambda desk: setattr(desk, "on_tag", lambda: 1 // 0)
        bad.ask()
        bad.send(*publication)

        assert bad.is_closed()
        assert [publication[0], False] == door.desks.get(timeout=PATIENCE).rest()
        assert "ZeroDivisionError" in door.problems.get(timeout=PATIENCE)[1]
        good.send(publication[0])
        assert publication[0] == kept.next()


def test_one_connection_too_many_is_turned_away(door, open_edge):
    edge = open_edge(most=1)
    with Caller(edge.port) as one:
        one.ask()
        with Caller(edge.port) as other:
            assert other.is_closed()
        assert "more than 1 connections; this one is closed" in door.problems.get(timeout=PATIENCE)[1]


@pytest.mark.parametrize("said", [b"", b"\x03" + bytes(3072)], ids=["nothing", "a handshake"])
def test_who_only_connects_keeps_no_encoder_out(door, open_edge, publication, said):
    edge = open_edge(most=3)
    with Caller(edge.port) as encoder, ExitStack() as idle:
        encoder.ask()
        crowd = [idle.enter_context(Caller(edge.port)) for _ in range(6)]
        for one in crowd:
            with suppress(OSError):  # it made room already
                one.socket.sendall(said)
        with Caller(edge.port) as late:
            assert Accepted() == late.ask()
        encoder.send(publication[0])

        assert [True] * 5 == [one.is_closed() for one in crowd[:5]]
        assert publication[0] == door.desks.get(timeout=PATIENCE).next()
    assert "the oldest make room" in door.problems.get(timeout=PATIENCE)[1]
    assert door.problems.empty()


def test_who_was_refused_and_stays_keeps_no_encoder_out(open_edge):
    edge = open_edge(most=2)
    with ExitStack() as refused:
        for _ in range(3):
            refused.enter_context(caller := Caller(edge.port, "nobody"))
            caller.ask()
        with Caller(edge.port) as late:
            assert Accepted() == late.ask()


def test_a_port_that_is_taken_is_named(door, edge):
    other = Edge("127.0.0.1", edge.port, door, random_bytes=bytes, on_problem=door.report)

    with pytest.raises(CannotListenError, match=f"cannot listen on 127.0.0.1 port {edge.port}: another program"):
        other.start()
    other.close()


def test_an_edge_can_be_started_again_but_not_twice(door, edge):
    with pytest.raises(RuntimeError, match="runs already"):
        edge.start()
    edge.close()
    with edge, Caller(edge.port) as caller:
        assert Accepted() == caller.ask()
