"""The edge: real sockets, one loop, and an intake that hears of the end exactly once whatever happens."""

import errno
import select
import socket
import ssl
import threading
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace

import pytest
from freezegun import freeze_time

from offair.emulator.core.ports import Knock
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.edge import CannotListenError, Edge
from offair.emulator.media.ingest.rtmp.client import Accepted, Client, Rejected

PATIENCE = 10.0


class Caller:
    """An encoder on a blocking socket."""

    def __init__(self, port: int, name: str = "key", app: str = "live", *, trust=None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        if trust is not None:
            self.socket = trust.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.client = Client(app, name, random_bytes=bytes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @property
    def peer(self) -> str:
        host, port = self.socket.getsockname()
        return f"{host}:{port}"

    def flush(self) -> None:
        self.socket.sendall(self.client.outgoing())

    def ask(self):
        """Go on until the server has said yes or no; None when it closed instead."""
        while True:
            self.flush()
            data = self.socket.recv(65_536)
            if not data:
                return None
            verdicts = self.client.receive(data)
            if verdicts:
                return verdicts[0]

    def send(self, *tags: Tag) -> None:
        for tag in tags:
            self.client.send(tag)
        self.flush()

    def finish(self) -> None:
        self.client.finish()
        self.flush()

    def is_closed(self) -> bool:
        """Whether the server closes before the deadline."""
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False
        return True


@pytest.fixture
def caller(edge):
    with Caller(edge.port) as caller:
        yield caller


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("offair-")}


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


def test_an_encoder_that_vanishes_said_no_goodbye(door, caller, publication):
    caller.ask()
    caller.send(publication[0])
    caller.socket.close()

    assert [publication[0], False] == door.desks.get(timeout=PATIENCE).rest()


def test_an_encoder_that_vanishes_while_it_is_judged_still_ends_its_intake(door, caller):
    may_go_on = threading.Event()
    door.judge = lambda: may_go_on.wait(PATIENCE)
    asking = threading.Thread(target=caller.ask)
    asking.start()
    door.knocks.get(timeout=PATIENCE)
    caller.socket.shutdown(socket.SHUT_RDWR)
    asking.join()
    may_go_on.set()

    assert [False] == door.desks.get(timeout=PATIENCE).rest()


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


def test_a_slow_verdict_is_not_the_encoders_fault(door, open_edge):
    edge = open_edge(patience=0.05)
    door.judge = lambda: threading.Event().wait(0.2)
    with Caller(edge.port) as caller:
        assert Accepted() == caller.ask()


@pytest.fixture
def hanging(door):
    """Let the reception hang whenever it judges the encoder ``hangs``, until this event is set."""
    goes_on = threading.Event()
    receive = door.receive

    def judge(knock, connection):
        if knock.name == "hangs":
            goes_on.wait(PATIENCE)
            knock = replace(knock, name="key")
        return receive(knock, connection)

    door.receive = judge
    yield goes_on
    goes_on.set()


def knock_in_vain(opened: ExitStack, port: int, count: int) -> list[Caller]:
    callers = [opened.enter_context(Caller(port, "hangs")) for _ in range(count)]
    for caller in callers:
        while b"publish" not in (said := caller.client.outgoing()):
            caller.socket.sendall(said)
            caller.client.receive(caller.socket.recv(65_536))
        caller.socket.sendall(said)
    return callers


def test_verdicts_that_do_not_come_hold_nobody_else_back(edge, hanging):
    with ExitStack() as opened:
        knock_in_vain(opened, edge.port, 20)

        assert Accepted() == opened.enter_context(Caller(edge.port)).ask()


def test_an_encoder_without_a_verdict_is_refused_in_words(door, edge, hanging, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.visit.VERDICT", 0.1)
    with Caller(edge.port, "hangs") as caller:
        words = "nobody could say within 0.1 s whether this may be published"

        assert f"{words}; try again later" == caller.ask().description
        assert caller.is_closed()
    assert f"{words}; the encoder is refused" == door.problems.get(timeout=PATIENCE)[1]


def test_what_is_admitted_too_late_ends_at_once(door, edge, hanging, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.visit.VERDICT", 0.1)
    with Caller(edge.port, "hangs") as caller:
        caller.ask()
    hanging.set()

    assert [False] == door.desks.get(timeout=PATIENCE).rest()


def test_close_does_not_wait_for_a_judge_that_hangs(door, open_edge, hanging, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.edge.CLOSING", 0.05)
    monkeypatch.setattr("offair.emulator.media.ingest.visit.VERDICT", 0.1)
    edge = open_edge()
    with Caller(edge.port, "hangs") as caller:
        caller.ask()
        assert caller.is_closed()
        edge.close()

        assert not hanging.is_set()
    hanging.set()

    assert [False] == door.desks.get(timeout=PATIENCE).rest()


def test_those_who_find_no_judge_wait_their_turn(edge, hanging, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.judges.MOST", 1)
    with ExitStack() as opened:
        knock_in_vain(opened, edge.port, 1)
        opened.enter_context(waiting := Caller(edge.port))
        asking = threading.Thread(target=waiting.ask)
        asking.start()
        asking.join(0.1)
        waited = asking.is_alive()
        hanging.set()
        asking.join(PATIENCE)

        assert (True, False) == (waited, asking.is_alive())


def test_a_silent_encoder_is_disconnected(door, open_edge):
    edge = open_edge(stale_after=0.1)
    with Caller(edge.port) as caller:
        caller.ask()

        assert [False] == door.desks.get(timeout=PATIENCE).rest()
        assert caller.is_closed()
    assert "no bytes for 0.1 s" in door.problems.get(timeout=PATIENCE)[1]


def test_a_paused_encoder_is_held_by_tcp_and_loses_nothing(door, open_edge):
    """The silence is ours, so it does not count as the encoder's."""
    edge = open_edge(stale_after=0.2)
    door.furnish = lambda desk: desk.connection.pause()
    tags = [Tag(TagKind.VIDEO, number, b"\x27\x01" + bytes(1 << 20)) for number in range(16)]
    with Caller(edge.port) as caller:
        caller.ask()
        desk = door.desks.get(timeout=PATIENCE)
        sending = threading.Thread(target=caller.send, args=tags)
        sending.start()
        sending.join(0.5)
        held = sending.is_alive()
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


def test_a_reception_that_raises_refuses(door, caller):
    door.judge = lambda: 1 // 0

    assert "the server could not judge this stream key" == caller.ask().description
    assert "ZeroDivisionError" in door.problems.get(timeout=PATIENCE)[1]


def test_one_connection_too_many_is_turned_away(door, open_edge):
    edge = open_edge(most=1)
    with Caller(edge.port) as one, Caller(edge.port) as other:
        one.ask()

        assert other.is_closed()
        assert "more than 1 connections" in door.problems.get(timeout=PATIENCE)[1]


def test_after_a_goodbye_the_client_may_read_on_and_finds_nothing(door, caller):
    """Nothing is sent after FCUnpublish, so that the client's close is no reset."""
    caller.ask()
    caller.finish()
    assert [True] == door.desks.get(timeout=PATIENCE).rest()
    readable, _, _ = select.select([caller.socket], [], [], 0.05)

    assert [] == readable


def test_close_ends_every_visit_and_every_thread(door, open_edge):
    before = threads()
    edge = open_edge()
    with Caller(edge.port) as live, Caller(edge.port) as silent:
        live.ask()
        desk = door.desks.get(timeout=PATIENCE)
        edge.close()

        assert "the server is closing" == live.ask().description
        assert silent.is_closed()
    assert [False] == desk.rest()
    assert before == threads()
    edge.close()


def test_close_waits_for_a_verdict_and_ends_what_comes_of_it(door, open_edge):
    edge = open_edge()
    may_go_on = threading.Event()
    door.judge = lambda: may_go_on.wait(PATIENCE)
    with Caller(edge.port) as caller:
        asking = threading.Thread(target=caller.ask)
        asking.start()
        door.knocks.get(timeout=PATIENCE)
        closing = threading.Thread(target=edge.close)
        closing.start()
        asking.join()
        may_go_on.set()
        closing.join()

    assert [False] == door.desks.get(timeout=PATIENCE).rest()


def test_close_gives_up_on_a_verdict_that_does_not_come(door, open_edge, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.edge.CLOSING", 0.05)
    edge = open_edge()
    may_go_on = threading.Event()
    door.judge = lambda: may_go_on.wait(PATIENCE)
    with Caller(edge.port) as caller:
        asking = threading.Thread(target=caller.ask)
        asking.start()
        door.knocks.get(timeout=PATIENCE)
        edge.close()
        asking.join()
    may_go_on.set()

    assert "no verdict within 0.05 s" in door.problems.get(timeout=PATIENCE)[1]
    assert [False] == door.desks.get(timeout=PATIENCE).rest()


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


@pytest.fixture
def secure_edge(open_edge, certificate):
    return open_edge(certificate=certificate.begin)


def test_a_publication_may_come_within_tls(door, secure_edge, trust, publication):
    with Caller(secure_edge.rtmps_port, "key?passcode=x", trust=trust) as caller:
        assert Accepted() == caller.ask()
        caller.send(*publication)
        caller.finish()

        assert [*publication, True] == door.desks.get(timeout=PATIENCE).rest()
        assert (
            Knock(protocol="rtmps", app="live", name="key", query="passcode=x", peer=caller.peer)
            == door.knocks.get_nowait()
        )


def test_a_refusal_within_tls_reaches_the_encoder_in_words_and_ends_in_order(door, secure_edge, trust):
    with Caller(secure_edge.rtmps_port, "nobody", trust=trust) as caller:
        assert Rejected("NetStream.Publish.BadName", "invalid stream key") == caller.ask()
        assert b"" == caller.socket.recv(65_536)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"\x03" + bytes(1536), "plain RTMP came to the RTMPS port"),
        (b"\x16\x03\x01", "nothing was published within 0.2 s"),
    ],
    ids=["plain", "half-open"],
)
def test_what_is_no_tls_is_closed_with_one_line(door, open_edge, certificate, said, words):
    edge = open_edge(certificate=certificate.begin, patience=0.2)
    with Caller(edge.rtmps_port) as caller:
        caller.socket.sendall(said)

        assert caller.is_closed()
    assert words in door.problems.get(timeout=PATIENCE)[1]
    assert door.problems.empty()


def test_who_does_not_trust_the_certificate_is_told_in_the_journal(door, secure_edge):
    with pytest.raises(ssl.SSLCertVerificationError):
        Caller(secure_edge.rtmps_port, trust=ssl.create_default_context())

    assert "does not trust" in door.problems.get(timeout=PATIENCE)[1]
    secure_edge.close()
    assert door.problems.empty()


def test_who_leaves_after_the_handshake_is_told_what_may_be_wrong(door, secure_edge, trust):
    Caller(secure_edge.rtmps_port, trust=trust).socket.close()

    assert "went after the TLS handshake" in door.problems.get(timeout=PATIENCE)[1]


def test_without_a_certificate_the_other_protocols_are_served(door, open_edge):
    failed: Future = Future()
    failed.set_exception(OSError("the disk is full"))
    edge = open_edge(certificate=lambda: failed)
    with socket.socket() as knocking:
        knocking.connect_ex(("127.0.0.1", edge.rtmps_port))
    with Caller(edge.port) as caller:
        assert Accepted() == caller.ask()
    assert "the disk is full" in door.problems.get(timeout=PATIENCE)[1]


def test_an_edge_closes_while_its_certificate_is_still_awaited(door, open_edge):
    """Who has knocked is let go, and no port stays open."""
    edge = open_edge(certificate=Future)
    with Caller(edge.rtmps_port) as caller:
        edge.close()

        assert caller.is_closed()
