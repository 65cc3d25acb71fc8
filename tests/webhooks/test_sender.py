"""An attempt ends at its deadline, whatever the other side does, and at once when the stand-in closes. Real sockets."""

import re
import socket
import ssl
import struct
import threading

import pytest
import trustme
from freezegun import freeze_time

from offair.emulator.core.clock import Clock
from offair.emulator.webhooks.names import Names
from offair.emulator.webhooks.sender import Sender

HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
SHORT, LONG = 2.0, 60.0  # in the one a busy machine is to begin an answer
FAR = 20.0  # seconds after which even a busy machine is over with what ends at once, or after SHORT
LARGE = b"x" * (1 << 24)


def _post(url, content=b"{}", *, timeout=FAR, look_up=None):
    sender = Sender(Names(look_up) if look_up else None)
    outcome = sender.post(url, content, {"Content-Type": "application/json"}, timeout=timeout)
    return outcome.status, outcome.answer, outcome.error


def _timed(action):
    clock = Clock()
    start = clock.monotonic()
    return action(), clock.monotonic() - start


@pytest.fixture(name="certified")
def _certified(tmp_path, monkeypatch):
    """The TLS of a receiver that this machine trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def _drips(before, piece):
    def talk(visit):
        visit.hear()
        visit.say(before)
        visit.drip(piece)

    return talk


# what hangs, and how an attempt tells of it
STEPS = {
    "the name": "the name hooks.example was still being looked up",
    "the connection": "did not take the connection",
    "TLS": "the TLS handshake was not over",
    "a body that nobody reads": "bytes of the request were never taken",
    "silence": "nothing came back",
    "half a head": r"bytes of an answer's head came, beginning b'HTTP/1\.1 200 ",
    "informational answers": r"bytes of an answer's head came, beginning b'HTTP/1\.1 102 ",
}


@pytest.fixture(name="step", params=STEPS)
def _step(request, peer, black_hole, hanging):
    """A step that hangs: its words, a sender, and a post that meets it."""
    silent = peer(lambda visit: visit.hold()).url
    url, content = {
        "the name": ("http://hooks.example/", b""),
        "the connection": (f"http://{black_hole}/", b""),
        "TLS": (silent.replace("http", "https"), b""),
        "a body that nobody reads": (silent, LARGE),
        "silence": (silent, b""),
        "half a head": (peer(_drips(b"HTTP/1.1 200 ", b"x")).url, b""),
        "informational answers": (peer(_drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n")).url, b""),
    }[request.param]
    sender = Sender(Names(hanging) if request.param == "the name" else None)
    return STEPS[request.param], sender, lambda timeout: sender.post(url, content, {}, timeout=timeout)


def test_what_hangs_is_given_up_at_the_deadline_and_named(step):
    words, _, post = step
    with freeze_time("2012-01-14"):  # as a downstream test may have it
        outcome, seconds = _timed(lambda: post(SHORT))

    assert re.match(rf"TimeoutError: no answer within {SHORT:g} s: .*{words}", outcome.error), outcome
    assert SHORT <= seconds < FAR


def test_closing_ends_at_once_what_hangs(step, soon):
    words, sender, post = step
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(post(LONG)))
    thread.start()
    soon(lambda: any(re.search(words, errand._step()) for errand in sender._open))
    _, seconds = _timed(lambda: (sender.close(), thread.join(FAR)))

    assert re.match(f"the stand-in is closing: .*{words}", outcomes[0].error), outcomes
    assert seconds < FAR  # and not LONG


def test_a_closed_sender_sends_nothing(answering):
    inbox, sender = answering(OK), Sender()
    sender.close()
    sender.close()
    outcome = sender.post(inbox.url, b"", {}, timeout=FAR)

    assert (True, []) == (outcome.error.startswith("the stand-in is closing"), inbox.heard)


@pytest.mark.parametrize(("head", "piece"), [(HALF, b"x"), (ENDLESS, b"1\r\nx\r\n"), (OK[:-1], b"")])
def test_a_body_without_end_takes_nothing_from_the_status(peer, head, piece):
    (status, _, error), seconds = _timed(lambda: _post(peer(_drips(head, piece)).url, timeout=SHORT))

    assert (200, None, True) == (status, error, seconds < FAR)


def test_a_flood_that_never_becomes_a_body_ends_at_the_deadline(peer):
    def talk(visit):
        visit.hear()
        visit.say(ENDLESS, b"1;")
        visit.flood(b"x" * 4096)

    (status, *_), seconds = _timed(lambda: _post(peer(talk).url, timeout=SHORT))

    assert (200, True) == (status, seconds < FAR)


@pytest.mark.parametrize("piece", [b"x" * 4096, b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100])
def test_a_flood_before_the_answer_is_given_up(peer, piece):
    def talk(visit):
        visit.hear()
        visit.say(b"HTTP/1.1 103 ")
        visit.flood(piece)

    status, _, error = _post(peer(talk).url, timeout=LONG)

    assert (None, True) == (status, error.startswith("ConnectionError: the head of the answer is longer than"))


def test_only_the_start_of_a_large_answer_is_read(peer):
    def talk(visit):
        visit.hear()
        visit.say(ENDLESS)
        visit.flood(b"400\r\n" + b"x" * 1024 + b"\r\n")

    assert (200, "x" * 4096, None) == _post(peer(talk).url, timeout=LONG)


def test_early_hints_are_let_pass(answering):
    early = answering(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", OK)

    assert (200, "hi", None) == _post(early.url)


def test_a_redirect_is_an_answer(answering):
    elsewhere = answering(OK)
    moved = answering(f"HTTP/1.1 307 T\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n".encode())

    assert ((307, "", None), []) == (_post(moved.url), elsewhere.heard)


def test_a_large_body_arrives_whole(answering):
    inbox = answering(OK)
    outcome = _post(inbox.url, LARGE, timeout=LONG)

    assert ((200, "hi", None), True) == (outcome, inbox.heard[0].endswith(LARGE))


def test_an_answer_before_the_body_was_read_counts(peer):
    def talk(visit):
        visit.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        visit.hold()

    assert (413, "", None) == _post(peer(talk).url, LARGE)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "ConnectionError: the receiver hung up without an answer: nothing came back"),
        (b"HTTP/1.1", "ConnectionError: the receiver hung up without an answer: only 8 bytes of an answer's head came"),
        (b"SSH-2.0-x\r\n", r"ConnectionError: the answer is no HTTP/1 \(.*\), beginning b'SSH-2\.0-x"),
    ],
)
def test_what_came_instead_of_an_answer_is_told(answering, said, words):
    assert re.match(words, _post(answering(said).url)[2])


def test_a_receiver_that_resets_is_told_of(peer):
    def talk(visit):
        visit.hear()
        visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visit.connection.close()

    assert re.match(r"ConnectionResetError: ", _post(peer(talk).url)[2])


def test_nobody_there_is_told_with_the_address():
    assert re.fullmatch(r"ConnectionRefusedError: .*\(127\.0\.0\.1:1\)", _post("http://127.0.0.1:1/")[2])


def test_an_address_of_ipv6_is_called(answering):
    inbox = answering(OK, host="::1")

    assert ((200, "hi", None), True) == (_post(inbox.url), f"Host: [::1]:{inbox.port}".encode() in inbox.heard[0])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("name", ["localhost", "hooks.localhost"])
def test_localhost_is_both_loopbacks_and_nobody_is_asked(answering, hanging, host, name):
    inbox = answering(OK, host=host)

    assert (200, "hi", None) == _post(f"http://{name}:{inbox.port}/", look_up=hanging)


def _finds(*addresses):
    families = [socket.AF_INET6 if ":" in host else socket.AF_INET for host, _ in addresses]
    return lambda *_, **__: [(family, 1, 6, "", to) for family, to in zip(families, addresses, strict=True)]


@pytest.mark.parametrize("first", [("127.0.0.1", 1), ("::1", 1), None], ids=["refuses", "refuses by IPv6", "is silent"])
def test_every_address_of_a_name_is_tried(answering, black_hole, first):
    inbox = answering(OK)
    host, port = black_hole.split(":")
    look_up = _finds(first or (host, int(port)), ("127.0.0.1", inbox.port))

    assert (200, "hi", None) == _post("http://hooks.example/", look_up=look_up)


def test_a_name_whose_addresses_all_refuse_is_told_with_them():
    error = _post("http://hooks.example/", look_up=_finds(("127.0.0.1", 1), ("::1", 1)))[2]

    assert re.fullmatch(r"ConnectionRefusedError: .*\(127\.0\.0\.1:1, \[::1\]:1\)", error)


@pytest.mark.parametrize("reason", [socket.gaierror(-2, "Name not known"), UnicodeError("Name not known")])
def test_a_name_that_nobody_knows_is_told(reason):
    def look_up(*_, **__):
        raise reason

    error = _post("http://hooks.example/", look_up=look_up)[2]

    assert re.match(r"ConnectionError: hooks\.example has no address: .*Name not known", error), error


def test_a_name_without_an_address_is_told():
    error = _post("http://hooks.example/", look_up=_finds())[2]

    assert "ConnectionError: hooks.example has no address: nobody knows it" == error


def test_a_name_that_hangs_is_looked_up_once_for_all_who_ask(hanging):
    asked = []

    def look_up(*args, **options):
        asked.append(args)
        return hanging(*args, **options)

    names = Names(look_up)
    outcomes = [Sender(names).post("http://hooks.example/", b"", {}, timeout=0.05) for _ in range(5)]

    assert (1, 5) == (len(asked), sum("still being looked up" in outcome.error for outcome in outcomes))


def test_a_user_in_the_url_is_a_login_and_not_a_host(answering):
    inbox = answering(OK)
    _post(inbox.url.replace("//", "//user:secret@"))
    head = inbox.heard[0]

    assert (True, True, False) == (
        b"Authorization: Basic dXNlcjpzZWNyZXQ=\r\n" in head,
        f"Host: 127.0.0.1:{inbox.port}\r\n".encode() in head,
        b"secret" in head,
    )


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "no url", "http://[", "http://h:99999/", "http://a..b/"])
def test_what_is_no_http_url_is_an_outcome(url):
    assert _post(url)[2].startswith(f"{url} cannot be called: ")


def test_a_trusted_certificate_is_believed(answering, certified):
    inbox = answering(OK, tls=certified)

    assert ((200, "hi", None), b"{}") == (_post(inbox.url), inbox.heard[0][-2:])


def test_a_large_body_passes_through_tls(answering, certified):
    assert (200, "hi", None) == _post(answering(OK, tls=certified).url, LARGE, timeout=LONG)


def test_a_body_without_end_ends_at_the_deadline_under_tls_too(peer, certified):
    status, _, error = _post(peer(_drips(HALF, b"x"), tls=certified).url, timeout=1.0)

    assert (200, None) == (status, error)


def test_a_certificate_that_nobody_trusts_is_told_with_the_way_out(answering, certified, monkeypatch):
    inbox = answering(OK, tls=certified)
    monkeypatch.delenv("SSL_CERT_FILE")
    status, _, error = _post(inbox.url)

    assert (None, True) == (status, error.endswith("start with its file in SSL_CERT_FILE"))


def test_a_certificate_for_somebody_else_is_refused(answering, certified):
    inbox = answering(OK, tls=certified)
    error = _post(inbox.url.replace("127.0.0.1", "localhost"))[2]

    assert error.startswith("SSLCertVerificationError: ")


def test_plain_http_at_a_port_of_tls_is_told(answering, certified):
    sealed = answering(OK, tls=certified)

    assert re.match(r"Connection\w*Error: ", _post(sealed.url.replace("https", "http"))[2])


def test_tls_at_a_port_of_plain_http_is_told(peer):
    plain = peer(lambda visit: visit.say(b"HTTP/1.1 400 Bad Request\r\n\r\n"))

    assert re.match(r"SSLError: |Connection\w*Error: ", _post(plain.url.replace("http", "https"))[2])
