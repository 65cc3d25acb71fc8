"""HTTPS and WSS: the same server behind a second port."""

import os
import queue
import socket
import ssl
import threading
from contextlib import suppress

import pytest
import trustme

from offair.emulator.core.clock import Deadline
from offair.emulator.web.host.bounds import Bounds

PATIENCE = 30.0
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CLOSE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
LARGE = bytes(range(256)) * 40_000


@pytest.fixture(scope="module", name="authority")
def _authority():
    return trustme.CA()


@pytest.fixture(scope="module", name="context")
def _context(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(name="secure")
def _secure(serve, context):
    def secure(app, **options):
        return serve(app, https_port=0, **{"certificate": lambda: context, **options})

    return secure


@pytest.fixture(name="whisper")
def _whisper(call, authority):
    """Connect by TLS."""
    trust = ssl.create_default_context()
    authority.configure_trust(trust)

    def whisper(server):
        caller = call(_Port(server.https_port))
        caller.socket = trust.wrap_socket(caller.socket, server_hostname="localhost", suppress_ragged_eofs=False)
        return caller

    callers = []

    def kept(server):
        callers.append(whisper(server))
        return callers[-1]

    yield kept
    for caller in callers:
        caller.socket.close()


class _Port:
    def __init__(self, port):
        self.port = port


def test_both_ports_answer(secure, call, whisper, echo):
    server = secure(echo)

    assert [b"GET /"] * 2 == [caller.say(GET).answer()[2] for caller in (call(server), whisper(server))]


def test_the_application_knows_which_port_was_called(secure, call, whisper):
    def app(environ, start):
        start("200 OK", [])
        return [f"{environ['wsgi.url_scheme']} {environ['SERVER_PORT']}".encode()]

    server = secure(app)
    answers = [caller.say(GET).answer()[2].decode() for caller in (call(server), whisper(server))]

    assert [f"http {server.port}", f"https {server.https_port}"] == answers


def test_a_sealed_connection_is_kept_and_ends_in_order(secure, whisper, echo):
    caller = whisper(secure(echo))

    assert [200, 200] == [caller.say(said).answer()[0] for said in (GET, CLOSE)]
    assert b"" == caller.rest()  # a ragged end would be an error


def test_much_arrives_both_ways(secure, whisper):
    def app(environ, start):
        body = environ["wsgi.input"].read()
        start("200 OK", [])
        return [body]

    caller = whisper(secure(app))
    told = []
    reading = threading.Thread(target=lambda: told.append(caller.answer()[2] == LARGE))
    caller.socket.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(LARGE) + LARGE)
    reading.start()
    reading.join(6 * PATIENCE)  # sealed and opened on both sides here: a busy machine takes long

    assert [True] == told


def test_an_endless_sealed_answer_comes_in_pieces(secure, whisper):
    def app(_environ, start):
        start("200 OK", [])
        return (bytes(10_000) for _ in range(500))

    assert 5_000_000 == len(whisper(secure(app)).say(GET).answer()[2])


def test_a_web_socket_may_be_sealed(secure, whisper, echo):
    class Echo:
        def opened(self, socket):
            self.socket = socket

        def heard(self, frame):
            self.socket.send(frame)

        def closed(self, code):
            pass

    def app(environ, start):
        environ["offair.websocket"](Echo())
        return echo(environ, start)

    lines = ["GET / HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", ""]  # fmt: skip
    caller = whisper(secure(app)).say("\r\n".join(lines).encode())

    assert (101, b"\x81\x01a") == (caller.answer()[0], caller.say(b"\x81\x81\0\0\0\0a").take(3))


def test_a_handshake_is_waited_for_only_so_long_and_holds_nobody_up(secure, call, whisper, echo):
    server = secure(echo, bounds=Bounds(head_seconds=2.0))
    silent = call(_Port(server.https_port)).say(b"\x16\x03\x01")

    assert (200, b"") == (whisper(server).say(GET).answer()[0], silent.rest())


def test_plain_words_at_the_port_of_tls_end_the_connection(secure, call, whisper, echo):
    server = secure(echo)
    plain = call(_Port(server.https_port)).say(GET)

    assert (True, 200) == (b"HTTP" not in plain.rest(), whisper(server).say(GET).answer()[0])


def test_tls_at_the_plain_port_is_told_so(secure, call, echo):
    status, _, body = call(secure(echo)).say(b"\x16\x03\x01\x02\0\x01\0").answer()

    assert (400, True) == (status, b"TLS" in body)


def test_a_certificate_may_take_its_time(secure, call, whisper, context, echo):
    made = threading.Event()
    server = secure(echo, certificate=lambda: made.wait(PATIENCE) and context)
    assert 200 == call(server).say(GET).answer()[0]
    threading.Timer(0.1, made.set).start()

    assert 200 == whisper(server).say(GET).answer()[0]


def test_a_certificate_that_comes_after_the_end_is_no_error(secure, context, echo):
    ports, waits = queue.Queue(), threading.Event()

    def late():
        with socket.create_connection(("127.0.0.1", ports.get(timeout=PATIENCE)), PATIENCE) as caller:
            waits.set()
            with suppress(ConnectionError):  # nobody takes the caller, whom the closed port lets go
                caller.recv(1)
        return context

    server = secure(echo, certificate=late)
    ports.put(server.https_port)
    assert waits.wait(PATIENCE)
    server.close()

    assert [] == server.errors


class Shutting:
    """A listener during whose closing somebody comes by the other door, whose socket gets the number that is free."""

    def __init__(self, server, caller):
        self._server, self._caller = server, caller
        self._listener, self._connections = server._plain, server._loop._connections

    def close(self):
        filled = [os.dup(self._listener.fileno())]
        while filled[-1] < self._listener.fileno():
            filled.append(os.dup(filled[0]))
        self._listener.close()
        before, deadline, pause = len(self._connections), Deadline(PATIENCE), threading.Event()
        self._caller.connect(("127.0.0.1", self._server.https_port))
        while len(self._connections) == before and not (self._server.errors or deadline.is_over):
            pause.wait(0.01)
        for one in filled:
            os.close(one)
        self._server._plain = self._listener


def test_who_comes_while_the_doors_are_closed_one_after_the_other_is_no_error(secure, whisper, echo):
    server = secure(echo)
    assert 200 == whisper(server).say(GET).answer()[0]
    with socket.socket() as caller:
        server._plain = Shutting(server, caller)
        server.close()

    assert [] == server.errors


def test_a_certificate_that_cannot_be_made_is_told_of(secure, call, echo):
    told = threading.Event()

    def fail():
        told.set()
        raise ValueError("no key")

    server = secure(echo, certificate=fail)
    assert told.wait(PATIENCE)
    assert 200 == call(server).say(GET).answer()[0]
    server.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.https_port))
    assert ["no key"] == [str(error) for error in server.errors]
    server.errors.clear()
