"""What comes over a real socket, and not always as it should."""

import gzip
import json
import socket
from dataclasses import replace

import httpx
import pytest

from offair.contracts.contract import promise
from offair.emulator.web.app import build
from offair.emulator.web.control.mount import control_mount

PATH = "/tenbyte/v1/livestream"


@pytest.fixture(name="say")
def _say(emulator, tenant):
    """Send a request as bytes and close our half; status, headers and body of the answer."""

    def say(line, *headers, body=b""):
        port = httpx.URL(emulator.http_url).port
        key = f"X-API-Key: {tenant.credentials['api_key']}"
        head = "\r\n".join([line, "Host: localhost", key, *headers, "Connection: close", "", ""])
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(head.encode("latin-1") + body)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        top, _, rest = answer.partition(b"\r\n\r\n")
        status, *lines = top.decode("latin-1").split("\r\n")
        return int(status.split()[1]), dict(each.split(": ", 1) for each in lines), rest

    return say


CREATE = (f"POST {PATH}/streams HTTP/1.1", "Content-Type: application/json")
TOO_DEEP = b'{"meta":' + b'{"a":' * 900 + b"1" + b"}" * 901


@pytest.mark.parametrize(
    "content",
    [b'{"name":"' + b"n" * 1_100_000 + b'"}', TOO_DEEP, b"[" * 100_000, b'{"a":1e999}', b'{"a":' + b"1" * 5000 + b"}"],
    ids=["large", "deep", "deeper", "a float out of range", "an integer of 5000 digits"],
)
def test_a_body_that_no_parser_should_take_is_a_bad_request(api, content):
    answer = api.post("/streams", content=content, headers={"Content-Type": "application/json"})

    assert (400, "BAD_REQUEST") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (["Content-Length: 100"], b"{}"),
        (["Content-Length: 99999999999999"], b"{}"),
        (["Content-Length: abc"], b"{}"),
        (["Transfer-Encoding: chunked"], b"5\r\n{}"),
        (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"-1\r\n{}\r\n0\r\n\r\n"),
        ([], b"{}"),
    ],
    ids=["short", "huge", "no number", "half a chunk", "no chunk", "less than a chunk", "no length"],
)
def test_a_body_that_does_not_arrive_is_a_bad_request(say, headers, body):
    status, _, answer = say(*CREATE, *headers, body=body)

    assert (400, "BAD_REQUEST") == (status, json.loads(answer)["code"])


def test_two_lengths_are_no_request(say):
    status, _, answer = say(*CREATE, "Content-Length: 2", "Content-Length: 3", body=b"{}")

    assert (400, ["error"]) == (status, list(json.loads(answer)))


def test_a_body_may_come_in_chunks(say):
    status, _, answer = say(*CREATE, "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n")

    assert (422, "VALIDATION_ERROR") == (status, json.loads(answer)["code"])


UNREADABLE = {
    "compressed": (
        gzip.compress(b"{}"),
        {"Content-Encoding": "gzip"},
        "The body is encoded (gzip); send it as it is",
    ),
    "marked": (
        "{}".encode("utf-8-sig"),
        {},
        "The body begins with a byte order mark; send UTF-8 without one (RFC 8259, 8.1)",
    ),
    "of another encoding": (
        "{}".encode("utf-16"),
        {},
        "The body begins with a byte order mark; send UTF-8 without one (RFC 8259, 8.1)",
    ),
    "large": (b" " * 1_100_000, {}, "The body is too large: it may have 262144 bytes"),
}


@pytest.mark.parametrize(("content", "headers", "words"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_cannot_be_read_is_told_what_keeps_it_from_that(api, content, headers, words):
    answer = api.post("/streams", content=content, headers={"Content-Type": "application/json", **headers})

    assert words == answer.json()["errors"][0]["message"]


def test_chunks_that_are_more_than_a_body_may_have_are_a_bad_request(say):
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    status, _, answer = say(*CREATE, "Transfer-Encoding: chunked", body=chunk * 17 + b"0\r\n\r\n")

    assert (400, "BAD_REQUEST") == (status, json.loads(answer)["code"])


def test_requests_with_the_same_head_have_each_a_body_of_its_own(api):
    example = next(e for e in promise("tenbyte").examples_of("POST /streams") if e.name == "create-video-push")
    good = json.dumps(example.request_body)
    empty = "{}".ljust(len(good))
    answers = [
        api.post("/streams", content=body, headers={"Content-Type": "application/json"}) for body in (good, empty) * 2
    ]

    assert [201, 422, 201, 422] == [answer.status_code for answer in answers]


def test_whoever_asks_first_is_told_once_to_go_on(emulator, tenant):
    """RFC 9110, section 10.1.1: Expect: 100-continue."""
    port = httpx.URL(emulator.http_url).port
    lines = [*CREATE, "Host: localhost", f"X-API-Key: {tenant.credentials['api_key']}", "Content-Length: 2",
             "Expect: 100-continue", "Connection: close", "", ""]  # fmt: skip
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode())
        first = connection.recv(65_536)
        connection.sendall(b"{}")
        rest = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert (b"HTTP/1.1 100 ", b"HTTP/1.1 422 ") == (first[:13], rest[:13])


@pytest.mark.parametrize("method", ["TRACE", "QUERY", "PATCH", "PUT", "DELETE", "OPTIONS", "PROPFIND", "ANYTHING"])
def test_a_method_that_is_not_documented_is_told_those_that_are(say, method):
    status, headers, answer = say(f"{method} {PATH}/streams HTTP/1.1")

    assert (405, "GET, POST", "METHOD_NOT_ALLOWED") == (status, headers["Allow"], json.loads(answer)["code"])


def test_head_is_get_without_the_body(say):
    status, headers, answer = say(f"HEAD {PATH}/health HTTP/1.1")

    assert (200, "20", b"") == (status, headers["Content-Length"], answer)


@pytest.mark.parametrize(
    "name", ["%00", "%ff%fe", "%ED%A0%80", "%zz", "a%2Fb", "..", "é", "a" * 4000, "%0d%0aX-A:%20b", "'%22--"]
)
def test_an_id_of_any_spelling_is_just_not_found(say, name):
    status, headers, answer = say(f"GET {PATH}/streams/{name} HTTP/1.1")

    assert (404, "application/json", "NOT_FOUND") == (status, headers["Content-Type"], json.loads(answer)["code"])


@pytest.mark.parametrize(
    "query", ["page=%ff&per_page=%00&order=%ED%A0%80", "page=" + "9" * 5000, "page=1&page=2", "&=&&", "[]=1"]
)
def test_a_query_of_any_spelling_is_a_list(say, query):
    status, _, answer = say(f"GET {PATH}/streams?{query} HTTP/1.1")

    assert (200, True) == (status, json.loads(answer)["success"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [("GET /a b HTTP/1.1", 400), (f"GET {PATH}/streams/\x00 HTTP/1.1", 400), (f"GET /{'a' * 70_000} HTTP/1.1", 414)],
    ids=["a space", "a zero byte", "a long path"],
)
def test_what_is_no_request_is_refused_in_json(say, line, expected):
    status, headers, answer = say(line)

    assert (expected, "application/json", ["error"]) == (status, headers["Content-Type"], list(json.loads(answer)))


@pytest.mark.troubled
def test_a_bug_of_ours_is_an_error_of_the_server_wherever_it_happens(emulator):
    def fail(_passage, proceed):
        raise RecursionError("too deep")

    app = build(replace(control_mount(emulator.steered(), emulator.timers), chain=(fail,)))
    app.logger.disabled = True
    before = len(emulator.journal.entries({"kind": "trouble"}))
    answer = app.test_client().get("/_offair/health")
    troubles = emulator.journal.entries({"kind": "trouble"})[before:]

    assert (500, ["GET /_offair/health failed: RecursionError('too deep')"]) == (
        answer.status_code, [entry.summary for entry in troubles],
    )  # fmt: skip


@pytest.mark.parametrize(("limit", "count"), [("0", 0), ("1", 1)])
def test_the_journal_shows_at_most_as_many_entries_as_it_is_asked_for(control, api, limit, count):
    api.get("/ping")

    assert count == len(control.get("/journal", params={"limit": limit}).json()["entries"])


def test_a_path_that_nobody_documents_is_journalled_as_it_was_asked(emulator, api):
    api.patch("/nowhere?x=1", headers={"X-Mine": "yes"})
    details = emulator.journal.entries({"kind": "request", "text": "/nowhere"})[-1].details

    assert ("PATCH", True, "yes", 404) == (
        details["method"],
        details["url"].endswith(f"{PATH}/nowhere?x=1"),
        details["request_headers"]["X-Mine"],
        details["status"],
    )


def test_a_refused_request_is_journalled_with_the_rules_that_it_broke(emulator, api, tenant):
    api.post("/streams", json={"name": 7})
    entry = emulator.journal.entries({"kind": "request", "tenant": tenant.id})[-1]
    broken = {(one["rule"], *one["path"]) for one in entry.details["violations"]}

    assert {("type", "name"), ("required", "mode")} <= broken
