"""The bytes of a request, and what the bytes of an answer say, however they are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.webhooks.exchange import KEPT, LONGEST_HEAD, AnswerReader, spell
from offair.emulator.webhooks.recipient import read_url

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
ANSWERS = {
    "plain": (OK, (200, "hi", True)),
    "no reason": (b"HTTP/1.1 204\r\n\r\n", (204, "", True)),
    "chunked": (
        b"HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
        (201, "hi", True),
    ),
    "until the end": (b"HTTP/1.0 500 No\r\n\r\nsorry\nsorry", (500, "sorry\nsorry", False)),
    "bare LF": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", (200, "hi", True)),
    "redirect": (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", (302, "", True)),
    "informational": (EARLY + OK, (200, "hi", True)),
    "twice informational": (b"HTTP/1.1 100 Continue\r\n\r\n" + EARLY + OK, (200, "hi", True)),
    "informational, and closing": (b"HTTP/1.1 103 E\r\nConnection: close\r\n\r\n" + OK, (200, "hi", True)),
    "informational, with a length": (b"HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\n" + OK, (200, "hi", True)),
    "another protocol": (
        b"HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        (101, "", True),
    ),
    "two answers": (OK + b"HTTP/1.1 500 No\r\n\r\n", (200, "hi", True)),
    "rubbish behind it": (OK + b"\x00\xff rubbish \r\n", (200, "hi", True)),
    "broken chunks": (CHUNKED + b"1\r\nhxx", (201, "h", True)),
    "half a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhi", (200, "hi", False)),
    "no text": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff", (200, "�", True)),
}


def _read(*pieces):
    reader = AnswerReader()
    for piece in pieces:
        if not reader.is_done:
            reader.receive(piece)
    return reader.status, reader.text, reader.is_done


@pytest.mark.parametrize(("answer", "said"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_is_read(answer, said):
    assert said == _read(answer)


@given(st.sampled_from(sorted(ANSWERS)), st.sets(st.integers(1, 120)))
def test_an_answer_says_the_same_however_it_is_cut(name, cuts):
    answer, said = ANSWERS[name]
    pieces = [answer[start:end] for start, end in pairwise([0, *sorted(cuts), len(answer)])]

    assert said == _read(*filter(None, pieces))


@pytest.mark.parametrize("name", ["until the end", "half a body"])
def test_an_answer_whose_status_is_known_may_end_anywhere(name):
    reader = AnswerReader()
    reader.receive(ANSWERS[name][0])
    reader.end()

    assert reader.is_done


def test_no_more_of_a_body_is_read_than_somebody_looks_at():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"

    assert (200, "x" * KEPT, True) == _read(head, b"x" * 3000, b"x" * 3000)


@pytest.mark.parametrize(
    "said", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x15\x03\x01\x00\x02\x02", b"HTTP/1.1 20 OK\r\n\r\n", b"HTTP/9.9 200 OK\r\n"]
)
def test_what_is_no_http_is_shown(said):
    with pytest.raises(ConnectionError, match=r"is no HTTP/1 \(.+\), beginning b'"):
        AnswerReader().receive(said)


def test_a_head_without_end_is_given_up():
    reader = AnswerReader()
    line = b"X: " + b"x" * 997
    reader.receive(b"HTTP/1.1 200 OK\r\n")

    with pytest.raises(ConnectionError, match=f"longer than {LONGEST_HEAD} bytes"):
        for _ in range(100):
            reader.receive(line)


def test_informational_answers_without_end_are_given_up():
    reader = AnswerReader()

    with pytest.raises(ConnectionError, match="longer than"):
        for _ in range(LONGEST_HEAD):
            reader.receive(EARLY)


@pytest.mark.parametrize(
    ("came", "words"),
    [(b"", "nothing came back"), (b"HTTP/1.1 2", r"only 10 bytes of an answer's head came, beginning b'HTTP/1\.1 2'")],
)
def test_whoever_hangs_up_without_an_answer_is_told_of(came, words):
    reader = AnswerReader()
    reader.receive(came)

    with pytest.raises(ConnectionError, match=words):
        reader.end()


def _fields(url="http://h.test:81/hooks", headers=None):
    head = spell(read_url(url), b"{}", headers or {}).partition(b"\r\n\r\n")[0].decode("latin-1")
    line, *fields = head.split("\r\n")
    return line, dict(field.split(": ", 1) for field in fields)


def test_a_request_is_framed_by_its_length_and_asks_to_close():
    line, fields = _fields(headers={"Content-Type": "text/plain"})

    assert "POST /hooks HTTP/1.1" == line
    assert {
        "Host": "h.test:81", "Accept-Encoding": "identity", "Connection": "close", "Content-Length": "2",
        "Content-Type": "text/plain",
    } == fields  # fmt: skip


def test_the_body_travels_as_it_is():
    assert spell(read_url("http://h"), b"\x00\xff\r\n", {}).endswith(b"\r\n\r\n\x00\xff\r\n")


def test_a_login_is_an_authorization_and_no_part_of_the_host():
    _, fields = _fields("http://user:secret@h.test/")

    assert ("h.test", "Basic dXNlcjpzZWNyZXQ=") == (fields["Host"], fields["Authorization"])


def test_an_authorization_of_the_delivery_goes_before_a_login():
    _, fields = _fields("http://user:secret@h.test/", {"authorization": "Bearer x"})

    assert (None, "Bearer x") == (fields.get("Authorization"), fields["authorization"])


@pytest.mark.parametrize("name", ["content-length", "Transfer-Encoding", "HOST", "Connection"])
def test_no_delivery_decides_how_it_is_framed(name):
    assert _fields() == _fields(headers={name: "chunked"})


@pytest.mark.parametrize("field", [("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X A", "a"), ("", "a"), ("X", "日本")])
def test_a_header_that_http_cannot_carry_is_refused(field):
    with pytest.raises(ValueError, match="has a character that HTTP cannot carry"):
        _fields(headers=dict([field]))
