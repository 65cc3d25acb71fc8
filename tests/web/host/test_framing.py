"""How requests are framed (RFC 9112): each case over a real socket, and cut into any pieces without one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.heads import Refusal
from offair.emulator.web.host.reading import RequestReader

SMALL = Bounds(body=2_000)
GET, POST = "GET / HTTP/1.1", "POST / HTTP/1.1"
HOST = "Host: x"
CHUNKED = "Transfer-Encoding: chunked"


def head(*lines):
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def post(*lines, body=b""):
    return head(POST, HOST, *lines) + body


# what is said, and what comes back: the words of the echo, or the status of a refusal; nothing follows a refusal
CASES = {
    "a request": (head(GET, HOST), ["GET /"]),
    "a path and a query": (head("GET /a/b?c=d&e HTTP/1.1", HOST), ["GET /a/b?c=d&e"]),
    "a path with escapes": (head("GET /a%20b%2F HTTP/1.1", HOST), ["GET /a b/"]),
    "a path with broken escapes": (head("GET /%zz% HTTP/1.1", HOST), ["GET /%zz%"]),
    "a path beyond ASCII": (head("GET /é HTTP/1.1", HOST), ["GET /é"]),
    "a path with two slashes": (head("GET //a//b HTTP/1.1", HOST), ["GET //a//b"]),
    "a method that nobody knows": (head("FROB / HTTP/1.1", HOST), ["FROB /"]),
    "a method in lower case": (head("get / HTTP/1.1", HOST), ["get /"]),
    "a method of odd letters": (head("A!#$%&'*+-.^_`|~9 / HTTP/1.1", HOST), ["A!#$%&'*+-.^_`|~9 /"]),
    "an absolute target": (head("GET http://y:80/a?b HTTP/1.1", HOST), ["GET /a?b"]),
    "an absolute target without a path": (head("GET HTTP://y HTTP/1.1", HOST), ["GET /"]),
    "an absolute target with a query alone": (head("GET http://y?b HTTP/1.1", HOST), ["GET /?b"]),
    "the server itself": (head("OPTIONS * HTTP/1.1", HOST), ["OPTIONS *"]),
    "an empty line first": (b"\r\n" + head(GET, HOST), ["GET /"]),
    "two empty lines first": (b"\r\n\r\n" + head(GET, HOST), ["GET /"]),
    "an empty line between": (head(GET, HOST) + b"\r\n" + head(GET, HOST), ["GET /", "GET /"]),
    "two at once": (head("GET /1 HTTP/1.1", HOST) + head("GET /2 HTTP/1.1", HOST), ["GET /1", "GET /2"]),
    "three, one with a body": (
        head("GET /1 HTTP/1.1", HOST) + post("Content-Length: 2", body=b"ab") + head("GET /3 HTTP/1.1", HOST),
        ["GET /1", "POST / ab", "GET /3"],
    ),
    "nothing behind the last": (head(GET, HOST, "Connection: close") + head(GET, HOST), ["GET /"]),
    "close among others": (head(GET, HOST, "Connection: a, Close") + head(GET, HOST), ["GET /"]),
    "HTTP/1.0": (head("GET / HTTP/1.0", HOST) + head(GET, HOST), ["GET /"]),
    "HTTP/1.0 without Host": (head("GET / HTTP/1.0"), ["GET /"]),
    "HTTP/1.0 that keeps": (head("GET / HTTP/1.0", "Connection: keep-alive") + head(GET, HOST), ["GET /", "GET /"]),
    "HTTP/1.0 with a body": (head("POST / HTTP/1.0", "Content-Length: 2") + b"ab", ["POST / ab"]),
    "HTTP/1.0 with chunks": (head("POST / HTTP/1.0", CHUNKED) + b"0\r\n\r\n", [400]),
    "HTTP/1.2": (head("GET / HTTP/1.2", HOST), ["GET /"]),
    "HTTP/2.0": (head("GET / HTTP/2.0", HOST), [505]),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505]),
    "HTTP/0.9": (b"GET /\r\n\r\n", [400]),
    "no version": (head("GET /", HOST), [400]),
    "a version of two digits": (head("GET / HTTP/1.10", HOST), [400]),
    "a version in lower case": (head("GET / http/1.1", HOST), [400]),
    "another protocol": (head("GET / RTSP/1.0", HOST), [400]),
    "a space in the target": (head("GET /a b HTTP/1.1", HOST), [400]),
    "two spaces": (head("GET  / HTTP/1.1", HOST), [400]),
    "a space at the line's end": (head("GET / HTTP/1.1 ", HOST), [400]),
    "a tab between": (head("GET\t/ HTTP/1.1", HOST), [400]),
    "a space first": (head(" GET / HTTP/1.1", HOST), [400]),
    "a zero byte in the target": (head("GET /\0 HTTP/1.1", HOST), [400]),
    "a control in the target": (head("GET /\x7f HTTP/1.1", HOST), [400]),
    "a bracket in the method": (head("G(T / HTTP/1.1", HOST), [400]),
    "a target that is no path": (head("GET a HTTP/1.1", HOST), [400]),
    "a star for another method": (head("GET * HTTP/1.1", HOST), [400]),
    "a target of a proxy": (head("CONNECT x:443 HTTP/1.1", HOST), [400]),
    "a target of another scheme": (head("GET ftp://x/ HTTP/1.1", HOST), [400]),
    "TLS": (b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", [400]),
    "zeros": (bytes(20), [400]),
    "no Host": (head(GET), [400]),
    "two Hosts": (head(GET, HOST, HOST), [400]),
    "two Hosts in two cases": (head(GET, HOST, "HOST: y"), [400]),
    "an empty Host": (head(GET, "Host:"), ["GET /"]),
    "a Host with a space": (head(GET, "Host: x y"), [400]),
    "a Host with a slash": (head(GET, "Host: x/y"), [400]),
    "a Host of IPv6": (head(GET, "Host: [::1]:80"), ["GET /"]),
    "an absolute target's broken authority": (head("GET http://a@b/ HTTP/1.1", HOST), [400]),
    "bare LF": (b"GET / HTTP/1.1\nHost: x\n\n", [400]),
    "bare LF in one line": (b"GET / HTTP/1.1\r\nA: b\nHost: x\r\n\r\n", [400]),
    "bare LF before another fault": (b"GET / HTTP/9.1\r\nA: b\nHost: x\r\n\r\n", [400]),
    "bare LF at the end": (b"GET / HTTP/1.1\r\nHost: x\r\n\n", [400]),
    "bare LF first": (b"\n" + head(GET, HOST), [400]),
    "bare CR in a value": (head(GET, HOST, "A: b\rc"), [400]),
    "bare CR in the first line": (head("GET /\r HTTP/1.1", HOST), [400]),
    "bare CR first": (b"\rX" + head(GET, HOST), [400]),
    "a zero byte in a value": (head(GET, HOST, "A: b\0c"), [400]),
    "a control in a value": (head(GET, HOST, "A: b\x01c"), [400]),
    "a tab in a value": (head(GET, HOST, "A: b\tc"), ["GET /"]),
    "a value beyond ASCII": (head(GET, HOST, "A: é"), ["GET /"]),
    "an empty value": (head(GET, HOST, "A:"), ["GET /"]),
    "spaces around a value": (head(GET, "Host: \t x \t "), ["GET /"]),
    "a folded line": (head(GET, HOST, "A: b", " c"), [400]),
    "a folded first line": (head(GET, " A: b", HOST), [400]),
    "a space before the colon": (head(GET, HOST, "A : b"), [400]),
    "a space in a name": (head(GET, HOST, "A b: c"), [400]),
    "no name": (head(GET, HOST, ": b"), [400]),
    "no colon": (head(GET, HOST, "A"), [400]),
    "a name beyond ASCII": (head(GET, HOST, "é: b"), [400]),
    "a head that ends early": (b"GET / HTTP/1.1\r\nHost", [400]),
    "a line that ends early": (b"GET", [400]),
    "nothing at all": (b"", []),
    "empty lines alone": (b"\r\n\r\n", []),
    "a long line": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n", [414]),
    "a long head": (head(GET, HOST, "A: " + "b" * 70_000), [431]),
    "many fields": (head(GET, HOST, *["A: b"] * 12_000), [431]),
    "as long a head as may be": (head(GET, HOST, "A: " + "b" * 65_000), ["GET /"]),
    "a body": (post("Content-Length: 2", body=b"ab"), ["POST / ab"]),
    "a body of another method": (head(GET, HOST, "Content-Length: 2") + b"ab", ["GET / ab"]),
    "an empty body": (post("Content-Length: 0"), ["POST /"]),
    "a length with zeros": (post("Content-Length: 002", body=b"ab"), ["POST / ab"]),
    "no length": (post(body=b""), ["POST /"]),
    "two lengths": (post("Content-Length: 2", "Content-Length: 3", body=b"abc"), [400]),
    "two equal lengths": (post("Content-Length: 2", "content-length: 2", body=b"ab"), [400]),
    "two lengths in one": (post("Content-Length: 2, 2", body=b"ab"), [400]),
    "a length with a sign": (post("Content-Length: +2", body=b"ab"), [400]),
    "a length below nothing": (post("Content-Length: -2", body=b"ab"), [400]),
    "a length of no number": (post("Content-Length: abc", body=b"ab"), [400]),
    "a length of other digits": (post("Content-Length: \xb2", body=b"ab"), [400]),
    "a length in hexadecimal": (post("Content-Length: 0x2", body=b"ab"), [400]),
    "a length of nothing": (post("Content-Length:", body=b"ab"), [400]),
    "a broken length of another method": (head(GET, HOST, "Content-Length: +2") + b"ab", [400]),
    "a length of 30 digits": (post("Content-Length: " + "1" * 30, body=b"ab"), [400]),
    "a length above the limit": (post("Content-Length: 2001"), [413]),
    "a length at the limit": (post("Content-Length: 2000", body=b"a" * 2000), ["POST / " + "a" * 2000]),
    "a body that ends early": (post("Content-Length: 3", body=b"ab"), [400]),
    "a length and chunks": (post("Content-Length: 6", CHUNKED, body=b"0\r\n\r\nG"), [400]),
    "chunks and a length": (post(CHUNKED, "Content-Length: 6", body=b"0\r\n\r\nG"), [400]),
    "chunks": (post(CHUNKED, body=b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"), ["POST / abc"]),
    "chunks in another case": (post("transfer-encoding: CHUNKED", body=b"2\r\nab\r\n0\r\n\r\n"), ["POST / ab"]),
    "no chunk but the last": (post(CHUNKED, body=b"0\r\n\r\n"), ["POST /"]),
    "many zeros for the last": (post(CHUNKED, body=b"2\r\nab\r\n000\r\n\r\n"), ["POST / ab"]),
    "a chunk of blank lines": (post(CHUNKED, body=b"6\r\n\r\n\r\nab\r\n0\r\n\r\n"), ["POST / \r\n\r\nab"]),
    "hexadecimal sizes": (
        post(CHUNKED, body=b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"),
        ["POST / " + "0123456789" * 2],
    ),
    "a chunk's extension": (post(CHUNKED, body=b"2;sig=1\r\nab\r\n0\r\n\r\n"), ["POST / ab"]),
    "a chunk's quoted extension": (post(CHUNKED, body=b'2;a="b;c"\r\nab\r\n0;d\r\n\r\n'), ["POST / ab"]),
    "extensions with bad white space": (
        post(CHUNKED, body=b'2 ;\ta = 1; b\t=\t"x;\\"y" ;c\r\nab\r\n0 ; d = e\r\n\r\n'),
        ["POST / ab"],
    ),
    "an extension of Latin-1": (post(CHUNKED, body=b'2;a="\xe9"\r\nab\r\n0\r\n\r\n'), ["POST / ab"]),
    "an extension without a name": (post(CHUNKED, body=b"2;=x\r\nab\r\n0\r\n\r\n"), [400]),
    "half a quoted extension": (post(CHUNKED, body=b'2;a="x\r\nab\r\n0\r\n\r\n'), [400]),
    "a space behind a size": (post(CHUNKED, body=b"2 \r\nab\r\n0\r\n\r\n"), [400]),
    "a trailer that is no field": (post(CHUNKED, body=b"2\r\nab\r\n0\r\nA b\r\n\r\n"), [400]),
    "a trailer with a space before its colon": (post(CHUNKED, body=b"2\r\nab\r\n0\r\nA : b\r\n\r\n"), [400]),
    "a long extension": (post(CHUNKED, body=b"2;" + b"a" * 80_000 + b"\r\nab\r\n0\r\n\r\n"), [400]),
    "trailers": (post(CHUNKED, body=b"2\r\nab\r\n0\r\nA: b\r\nC: d\r\n\r\n") + head(GET, HOST), ["POST / ab", "GET /"]),
    "a length in the trailers": (post(CHUNKED, body=b"2\r\nab\r\n0\r\nContent-Length: 7\r\n\r\n"), [400]),
    "endless trailers": (post(CHUNKED, body=b"0\r\n" + b"A: b\r\n" * 14_000), [400]),
    "chunks and another": (post(CHUNKED, body=b"2\r\nab\r\n0\r\n\r\n") + head(GET, HOST), ["POST / ab", "GET /"]),
    "half a chunk": (post(CHUNKED, body=b"5\r\nab"), [400]),
    "no last chunk": (post(CHUNKED, body=b"2\r\nab\r\n"), [400]),
    "no end of a chunk": (post(CHUNKED, body=b"2\r\nabc\r\n0\r\n\r\n"), [400]),
    "a size of no number": (post(CHUNKED, body=b"zz\r\nab\r\n0\r\n\r\n"), [400]),
    "a size with a prefix": (post(CHUNKED, body=b"0x2\r\nab\r\n0\r\n\r\n"), [400]),
    "a size with a sign": (post(CHUNKED, body=b"+2\r\nab\r\n0\r\n\r\n"), [400]),
    "a size below nothing": (post(CHUNKED, body=b"-1\r\nab\r\n0\r\n\r\n"), [400]),
    "a size of nothing": (post(CHUNKED, body=b"\r\nab\r\n0\r\n\r\n"), [400]),
    "a size beyond 64 bits": (post(CHUNKED, body=b"1" + b"0" * 16 + b"\r\nab"), [400]),
    "a space before a size": (post(CHUNKED, body=b" 2\r\nab\r\n0\r\n\r\n"), [400]),
    "bare LF behind a size": (post(CHUNKED, body=b"2\nab\r\n0\r\n\r\n"), [400]),
    "bare LF behind a chunk": (post(CHUNKED, body=b"2\r\nab\n0\r\n\r\n"), [400]),
    "bare LF in an extension": (post(CHUNKED, body=b"2;a\nab\r\n0\r\n\r\n"), [400]),
    "bare CR behind a size": (post(CHUNKED, body=b"2\rab\r\n0\r\n\r\n"), [400]),
    "chunks above the limit": (post(CHUNKED, body=b"7d1\r\n" + b"a" * 2001 + b"\r\n0\r\n\r\n"), [413]),
    "many chunks above the limit": (post(CHUNKED, body=b"1\r\na\r\n" * 2001 + b"0\r\n\r\n"), [413]),
    "many small chunks": (post(CHUNKED, body=b"1\r\na\r\n" * 2000 + b"0\r\n\r\n"), ["POST / " + "a" * 2000]),
    "an unknown coding": (post("Transfer-Encoding: gzip", body=b"ab"), [501]),
    "an unknown coding and chunks": (post("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"), [501]),
    "unknown chunks": (post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n"), [501]),
    "identity": (post("Transfer-Encoding: identity", body=b"ab"), [501]),
    "chunks, then identity": (post("Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"), [400]),
    "chunks twice": (post("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"), [400]),
    "chunks in two fields": (post(CHUNKED, CHUNKED, body=b"0\r\n\r\n"), [400]),
    "chunks with a parameter": (post("Transfer-Encoding: chunked;a=b", body=b"0\r\n\r\n"), [501]),
    "chunks behind a vertical tab": (post("Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n"), [400]),
    "chunks behind a space of Latin-1": (post("Transfer-Encoding: chunked\x85", body=b"0\r\n\r\n"), [501]),
    "no coding": (post("Transfer-Encoding:", body=b"ab"), [400]),
    "an upgrade that nobody takes": (
        head(POST, HOST, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "Content-Length: 2")
        + b"ab"
        + head(GET, HOST),
        ["POST / ab", "GET /"],
    ),
    "an upgrade with chunks that nobody takes": (
        head(POST, HOST, "Connection: Upgrade", "Upgrade: h2c", CHUNKED) + b"2\r\nab\r\n0\r\n\r\n" + head(GET, HOST),
        ["POST / ab", "GET /"],
    ),
}


@pytest.mark.parametrize(("said", "expected"), CASES.values(), ids=CASES.keys())
def test_requests_are_framed_as_the_standard_has_it(serve, call, echo, said, expected):
    server = serve(echo, bounds=SMALL)
    caller = call(server)
    caller.say(said, ends=True)

    assert expected == [_told(*caller.answer()) for _ in expected]
    assert b"" == caller.rest()


def _told(status, _fields, body):
    return body.decode("latin-1") if status == 200 else status


@given(st.sampled_from(sorted(CASES)), st.lists(st.integers(0, 1 << 20), max_size=8), st.sampled_from([1, 3, 64, 9999]))
def test_a_network_may_cut_a_request_anywhere(case, places, step):
    said, _ = CASES[case]
    cuts = {place % (len(said) + 1) for place in places} | set(range(0, min(len(said), 200), step))

    assert _read([said]) == _read(_pieces(said, sorted(cuts)))


@pytest.mark.parametrize("said", [said for said, _ in CASES.values() if len(said) < 500], ids=str)
def test_a_network_may_bring_a_request_byte_by_byte(said):
    assert _read([said]) == _read([said[at : at + 1] for at in range(len(said))])


def _pieces(said, cuts):
    return [said[start:end] for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True)]


def _read(pieces):
    reader = RequestReader(SMALL)
    read = []
    try:
        for piece in pieces:
            reader.receive(piece)
            read += _requests(reader)
        reader.end()
        read += _requests(reader)
    except Refusal as refusal:
        read.append(refusal.status)
    reader.close()
    return read


def _requests(reader):
    while (request := reader.next()) is not None:
        with request.body as body:
            yield request.head, request.flaw, b"" if request.flaw else body.read()
