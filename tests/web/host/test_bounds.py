"""What a client may take of the server: time, connections, and bytes that nobody reads."""

import errno
import socket
import threading

import pytest
from free_ports import free_port

from offair.emulator.core.clock import Clock
from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.listening import ListenError
from offair.emulator.web.host.server import Server

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize("said", [b"GET / HTT", POST + b"ab"], ids=["a head", "a body"])
def test_half_a_request_is_waited_for_only_so_long(serve, call, echo, said):
    caller = call(serve(echo, bounds=Bounds(head_seconds=0.1, body_seconds=0.1))).say(said)

    status, fields, body = caller.answer()
    assert (408, "application/json", True, b"") == (
        status, fields["content-type"], b"in time" in body, caller.rest(),
    )  # fmt: skip


def test_a_head_that_trickles_gets_no_more_time(serve, call, echo):
    caller = call(serve(echo, bounds=Bounds(head_seconds=0.3)))
    clock = Clock()
    began = clock.monotonic()
    with pytest.raises(ConnectionError):
        for byte in [b"GET / HTTP/1.1\r\n", *[b"a"] * 400]:
            caller.say(byte)
            threading.Event().wait(0.05)

    assert clock.monotonic() - began < AT_ONCE


@pytest.mark.parametrize(
    "begun",
    [b"Content-Length: 4000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nfff;x=",
     b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: "],
    ids=["a body", "an extension", "a trailer"],
)  # fmt: skip
def test_a_body_that_trickles_gets_no_more_time_than_its_bytes_bring(serve, call, echo, begun):
    caller = call(serve(echo, bounds=Bounds(body_seconds=0.3)))
    caller.say(b"POST / HTTP/1.1\r\nHost: x\r\n" + begun)
    clock = Clock()
    began = clock.monotonic()
    with pytest.raises(ConnectionError):
        for _ in range(400):
            caller.say(b"a")
            threading.Event().wait(0.05)

    assert clock.monotonic() - began < AT_ONCE


def test_a_body_that_comes_steadily_has_the_time_that_it_takes(serve, call, echo):
    caller = call(serve(echo, bounds=Bounds(body_seconds=3.0, body_rate=1.0)))
    caller.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70\r\n\r\n")
    for _ in range(70):
        caller.say(b"a")
        threading.Event().wait(0.05)

    assert 200 == caller.answer()[0]


def test_a_connection_without_requests_is_kept_only_so_long(serve, call, echo):
    server = serve(echo, bounds=Bounds(idle_seconds=1.0))
    kept = call(server).say(GET)

    assert (200, b"", b"") == (kept.answer()[0], kept.rest(), call(server).rest())


def test_a_reader_that_takes_nothing_is_let_go(serve, call):
    def app(_environ, start):
        start("200 OK", [])
        return [bytes(30_000_000)]

    server = serve(app, bounds=Bounds(idle_seconds=0.2))
    caller = call(server).say(GET)
    threading.Event().wait(0.5)

    assert len(caller.rest()) < 30_000_000


def test_nobody_is_taken_in_beyond_the_bound(serve, call, echo):
    server = serve(echo, bounds=Bounds(connections=3))
    busy = [call(server).say(b"GET / HT") for _ in range(3)]
    _seen(server, 3)
    refused = call(server)

    status, fields, body = refused.say(GET).answer()
    assert (503, "1", True, b"") == (status, fields["retry-after"], b"connections" in body, refused.rest())
    assert [b"GET /"] * 3 == [caller.say(b"TP/1.1\r\nHost: x\r\n\r\n").answer()[2] for caller in busy]


def test_the_oldest_idle_connection_makes_room(serve, call, echo):
    server = serve(echo, bounds=Bounds(connections=3))
    kept = [call(server) for _ in range(3)]
    for caller in kept:
        caller.say(GET).answer()

    assert (200, b"") == (call(server).say(GET).answer()[0], kept[0].rest())
    assert [200, 200] == [caller.say(GET).answer()[0] for caller in kept[1:]]


def _seen(server, count):
    deadline = Clock().deadline(30)
    while len(server._loop._connections) < count and not deadline.is_over:
        threading.Event().wait(0.005)


def test_a_large_body_is_refused_at_once_and_the_refusal_arrives(serve, call, echo):
    server = serve(echo, bounds=Bounds(body=1_000))
    caller = call(server).say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" + bytes(500_000))
    clock = Clock()
    began = clock.monotonic()

    assert (413, b"") == (caller.answer()[0], caller.rest())
    assert clock.monotonic() - began < AT_ONCE


def test_whoever_goes_on_talking_after_a_refusal_is_let_go_soon(serve, call, echo):
    caller = call(serve(echo, bounds=Bounds(linger_seconds=0.2))).say(b"nonsense\r\n\r\n")

    assert 400 == caller.answer()[0]
    with pytest.raises(ConnectionError):
        for _ in range(100):
            caller.say(bytes(1000))
            threading.Event().wait(0.05)


def test_a_machine_without_files_is_not_asked_all_the_time(serve, call, echo, monkeypatch):
    server = serve(echo)
    door = server._plain
    asked = []

    class Full:
        """The listening socket of a process that has no file descriptor left."""

        def __getattr__(self, name):
            return getattr(door, name)

        def accept(self):
            asked.append(1)
            if len(asked) < 3:
                raise OSError(errno.EMFILE, "too many open files")
            return door.accept()

    for key in server._loop._selector.get_map().values():
        if hasattr(key.data, "listener"):
            object.__setattr__(key.data, "listener", Full())

    assert (200, True) == (call(server).say(GET).answer()[0], len(asked) < 6)


def test_a_port_that_somebody_has_is_told(serve, echo):
    server = serve(echo)
    with pytest.raises(ListenError, match=rf"127.0.0.1:{server.port}: another program .* --port"):
        Server("127.0.0.1", server.port)


def test_a_taken_port_of_tls_lets_go_of_the_other(serve, echo):
    server = serve(echo)
    port = free_port()
    with pytest.raises(ListenError, match="--https-port"):
        Server("127.0.0.1", port, https_port=server.port)

    Server("127.0.0.1", port).close()


def test_an_option_that_cannot_be_set_on_a_connection_loses_nobody(serve, call, echo, monkeypatch):
    """MacOS refuses them as soon as the other end is gone."""
    server = serve(echo)

    def refuse(*_):
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(socket.socket, "setsockopt", refuse)

    assert 200 == call(server).say(GET).answer()[0]
