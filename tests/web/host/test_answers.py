"""What comes back: whole answers, answers in pieces, endless ones, and none at all."""

import socket
import threading
from email.utils import formatdate

import pytest
import time_machine

from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.web.host.answering import Penman
from offair.emulator.web.host.crew import Crew

PATIENCE = 30.0
LARGE = bytes(range(256)) * 40_000  # ten megabytes: no socket takes them at once


def answering(status, headers, content):
    def app(_environ, start):
        start(status, headers)
        return content

    return app


def get(path="/", version="1.1", method="GET", *fields):
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", *fields, "", ""]).encode()


def test_a_connection_is_kept(serve, call, echo):
    caller = call(serve(echo))

    assert [b"GET /0", b"GET /1"] == [caller.say(get(f"/{number}")).answer()[2] for number in range(2)]


def test_bytes_of_a_query_that_are_no_ascii_are_told_as_uris_write_them(serve, call, echo):
    said = b"GET /?a=\xb2&b=%41 HTTP/1.1\r\nHost: x\r\n\r\n"

    assert b"GET /?a=%B2&b=%41" == call(serve(echo)).say(said).answer()[2]


@pytest.mark.parametrize("moment", [0, -5e8, 4e9])
def test_an_answer_has_a_date_whatever_the_year(moment):
    with time_machine.travel(moment, tick=False):
        told = Penman(Clock()).date()

    assert formatdate(moment, usegmt=True) == told.partition("Date: ")[2]


@pytest.mark.parametrize(
    ("version", "fields", "expected"),
    [("1.1", (), None), ("1.1", ("Connection: close",), "close"), ("1.0", (), "close"),
     ("1.0", ("Connection: keep-alive",), "keep-alive")],
)  # fmt: skip
def test_an_answer_says_whether_the_connection_is_kept(serve, call, echo, version, fields, expected):
    _, answered, _ = call(serve(echo)).say(get("/", version, "GET", *fields)).answer()

    assert expected == answered.get("connection")


def test_head_has_the_fields_and_nothing_else(serve, call, echo):
    caller = call(serve(echo)).say(get(method="HEAD") + get("/next"))

    status, fields, _ = caller.answer(has_body=False)
    assert (200, "6", b"GET /next") == (status, fields["content-length"], caller.answer()[2])


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_some_answers_have_no_body(serve, call, status):
    caller = call(serve(answering(status, [], []))).say(get() + get())

    assert [status[:3]] * 2 == [str(caller.answer()[0]) for _ in range(2)]


def test_a_list_has_a_length(serve, call):
    _, fields, body = call(serve(answering("200 OK", [], [b"ab", b"", b"c"]))).say(get()).answer()

    assert ("3", b"abc") == (fields["content-length"], body)


def test_an_answer_of_unknown_length_comes_in_chunks(serve, call):
    caller = call(serve(answering("200 OK", [], (piece for piece in (b"ab", b"", b"c"))))).say(get() + get())

    _, fields, body = caller.answer()
    assert ("chunked", b"abc") == (fields["transfer-encoding"], body)


def test_an_answer_of_unknown_length_ends_an_old_connection(serve, call):
    caller = call(serve(answering("200 OK", [], (piece for piece in (b"ab", b"c"))))).say(get(version="1.0"))

    _, fields, body = caller.answer()
    assert ("close", b"abc") == (fields["connection"], body)


@pytest.mark.parametrize("pieces", [(b"ab",), (b"a", b"b"), ()])
def test_an_answer_that_is_shorter_than_promised_ends_the_connection(serve, call, pieces):
    caller = call(serve(answering("200 OK", [("Content-Length", "3")], iter(pieces)))).say(get() + get())

    assert b"".join(pieces) == caller.rest().partition(b"\r\n\r\n")[2]


def test_an_answer_that_is_longer_than_promised_is_cut(serve, call):
    caller = call(serve(answering("200 OK", [("Content-Length", "1")], [b"abc"]))).say(get() + get())

    assert [b"a", b"a"] == [caller.answer()[2] for _ in range(2)]


def test_what_the_application_makes_is_closed(serve, call):
    closed = threading.Event()

    class Content:
        def __iter__(self):
            return iter([b"a"])

        def close(self):
            closed.set()

    call(serve(answering("200 OK", [("Content-Length", "1")], Content()))).say(get()).answer()

    assert closed.wait(PATIENCE)


def test_a_reader_that_is_behind_holds_nobody_up(serve, call, echo):
    def app(environ, start):
        return (
            answering("200 OK", [], [LARGE])(environ, start)
            if environ["PATH_INFO"] == "/large"
            else echo(environ, start)
        )

    server = serve(app)
    threads = threading.active_count()
    slow = [call(server).say(get("/large") + get("/next")) for _ in range(20)]

    answer = call(server).say(get()).answer()
    assert (b"GET /", True) == (answer[2], threading.active_count() < threads + 10)
    assert [(True, b"GET /next")] * 20 == [(caller.answer()[2] == LARGE, caller.answer()[2]) for caller in slow]


def test_a_request_behind_a_large_answer_is_not_forgotten(serve, call, echo, monkeypatch):
    """The answer may be sent off by whoever leads, just before the thread that made it gives the connection back."""
    end, pause = Crew.end, threading.Event()

    def end_late(crew, connection):
        deadline = Deadline(10)
        while connection.behind and not deadline.is_over:
            pause.wait(0.005)
        return end(crew, connection)

    monkeypatch.setattr(Crew, "end", end_late)

    def app(environ, start):
        is_large = environ["PATH_INFO"] == "/large"
        return (answering("200 OK", [], [LARGE]) if is_large else echo)(environ, start)

    caller = call(serve(app)).say(get("/large") + get("/next"))

    assert (True, b"GET /next") == (caller.answer()[2] == LARGE, caller.answer()[2])


def test_an_endless_answer_is_made_as_fast_as_it_is_read(serve, call):
    made, gone = [], threading.Event()

    def pieces():
        try:
            while True:
                made.append(1)
                yield bytes(65_536)
        finally:
            gone.set()

    server = serve(answering("200 OK", [], pieces()))
    caller = call(server).say(get())
    caller.take(65_536 * 100)
    ahead = len(made) - 100
    caller.socket.close()

    assert (True, True) == (ahead < 200, gone.wait(PATIENCE))


def test_an_endless_answer_holds_nobody_up(serve, call, echo):
    going = threading.Event()

    def app(environ, start):
        if environ["PATH_INFO"] != "/endless":
            return echo(environ, start)
        start("200 OK", [])
        return (b"x" for _ in range(1) if going.wait(PATIENCE))

    server = serve(app)
    call(server).say(get("/endless"))
    answer = call(server).say(get()).answer()
    going.set()

    assert b"GET /" == answer[2]


def test_a_dropped_answer_has_not_a_byte(serve, call):
    def app(environ, start):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start("200 OK", [("Content-Length", "1")])
        return [b"a"]

    assert b"" == call(serve(app)).say(get()).rest()


def test_an_application_that_fails_is_an_error_of_the_server(serve, call):
    def app(_environ, _start):
        raise LookupError("a bug")

    server = serve(app)
    status, _, _ = call(server).say(get()).answer()

    assert (500, ["a bug"]) == (status, [str(error.args[0]) for error in server.errors])
    server.errors.clear()


def test_an_answer_that_fails_halfway_ends_the_connection(serve, call):
    def pieces():
        yield b"ab"
        raise LookupError("a bug")

    server = serve(answering("200 OK", [], pieces()))
    rest = call(server).say(get()).rest()

    assert (b"2\r\nab\r\n", 1) == (rest.partition(b"\r\n\r\n")[2], len(server.errors))
    server.errors.clear()


@pytest.mark.parametrize("size", [5, 300_000, 3_000_000])
def test_a_body_of_any_size_arrives(serve, call, size):
    def app(environ, start):
        body = environ["wsgi.input"]
        text = str(sum(len(piece) for piece in iter(lambda: body.read(65_536), b""))).encode()
        start("200 OK", [])
        return [text]

    caller = call(serve(app)).say(get("/", "1.1", "POST", f"Content-Length: {size}") + bytes(size))

    assert str(size).encode() == caller.answer()[2]


def test_whoever_asks_first_is_told_to_go_on(serve, call, echo):
    caller = call(serve(echo)).say(get("/", "1.1", "POST", "Content-Length: 2", "Expect: 100-continue"))

    assert (100, b"POST / ab") == (caller.answer()[0], caller.say(b"ab").answer()[2])


def test_a_body_that_will_be_refused_is_not_asked_for(serve, call, echo):
    caller = call(serve(echo)).say(get("/", "1.1", "POST", "Content-Length: 99999999999", "Expect: 100-continue"))

    assert (413, b"") == (caller.answer()[0], caller.rest())


def test_a_broken_body_never_succeeds(serve, call):
    caller = call(serve(answering("201 Created", [], [b"made"]))).say(
        get("/", "1.1", "POST", "Content-Length: +2") + b"ab"
    )

    assert (400, b"") == (caller.answer()[0], caller.rest())


def test_a_broken_body_is_refused_in_the_applications_words(serve, call):
    caller = call(serve(answering("422 Odd", [], [b"own words"]))).say(
        get("/", "1.1", "POST", "Content-Length: +2") + b"ab"
    )

    assert ((422, b"own words"), b"") == (caller.answer()[::2], caller.rest())
