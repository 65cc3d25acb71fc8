"""Whoever is turned away at the HTTP port is told of in the journal, as who is at the ports of encoders is."""

import socket
import ssl

import httpx
import pytest

from offair.emulator.core.clock import Deadline
from offair.emulator.emulator import Emulator

PATIENCE = 30.0
NO_REQUESTS = [
    (b"\x16\x03\x01\x02\x00", "TLS came to the port of plain HTTP; call http://, or the port of --https-port"),
    (b"\x03\0\0\0\0\0\0\0\0", "RTMP came to the HTTP port; publish to the RTMP port"),
    (b"GET / HTTP/1.1\n\n", "a line ends in LF alone"),
]


@pytest.fixture(scope="module", name="stand_in")
def _stand_in():
    with Emulator({"https_port": 0}) as emulator:
        emulator.ready()
        yield emulator


@pytest.fixture(name="told")
def _told(stand_in):
    """Give why the next caller is refused, as the journal tells it."""
    wanted = {"kind": "request", "refused": "yes", "after": str(stand_in.journal.latest)}

    def told():
        entry = stand_in.journal.wait_for(wanted, Deadline(PATIENCE))
        return entry and (entry.summary, entry.details["refused"])

    return told


def _say(stand_in, data, port):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as caller:
        caller.sendall(data)
        while caller.recv(4096):
            pass


@pytest.mark.parametrize(("said", "words"), NO_REQUESTS)
def test_what_is_no_request_is_told_of(stand_in, told, said, words):
    port = httpx.URL(stand_in.http_url).port

    _say(stand_in, said, port)

    assert ("127.0.0.1 is refused", words) == told()


def test_plain_http_at_the_https_port_is_told_of(stand_in, told):
    _say(stand_in, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", httpx.URL(stand_in.https_url).port)

    assert ("127.0.0.1 is refused", "plain HTTP came to the HTTPS port; call https://, or the HTTP port") == told()


def test_a_caller_that_does_not_trust_the_certificate_is_told_of(stand_in, told):
    address = httpx.URL(stand_in.https_url)
    with (
        socket.create_connection((address.host, address.port), timeout=PATIENCE) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")

    assert "the caller does not trust the HTTPS port's certificate" in told()[1]


def test_a_foreign_name_is_told_of(stand_in, told):
    httpx.get(f"{stand_in.http_url}/_offair/health", headers={"Host": "evil.example"})

    summary, words = told()
    assert ("GET /_offair/health 421", True) == (summary, "'evil.example'" in words)


def test_a_path_where_nothing_is_is_told_of(stand_in, told):
    httpx.get(f"{stand_in.http_url}/nowhere")

    summary, words = told()
    assert ("GET /nowhere 404", True) == (summary, words.startswith("nothing is at /nowhere; there is /_offair, "))


def test_what_browsers_ask_for_by_themselves_is_not(stand_in, told):
    for path in ("/favicon.ico", "/nowhere"):
        httpx.get(f"{stand_in.http_url}{path}")

    assert "GET /nowhere 404" == told()[0]
