"""What counts as a URI."""

import pytest

from offair.contracts.formats import is_uri


@pytest.mark.parametrize(
    "text",
    [
        "https://yourapp.example/webhooks/live",
        "http://127.0.0.1:8080/hook?a=1&b=%20#top",
        "https://[::1]:8443/hook",
        "rtmp://user:secret@host/live",
        "udp://@239.0.0.1:1234",
        "srt://ingest.example:9000?streamid=ch4-main&latency=200",
        "srt://ingest.example:9710?streamid=#!::r=live/KEY,m=publish",
        "mailto:somebody@example.org",
    ],
)
def test_a_scheme_and_something_behind_it_is_a_uri(text):
    assert is_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not a url",
        "example.org",
        "/webhooks/live",
        "//example.org/webhooks",
        "http:",
        "http://",
        "http:///path",
        "http://:80",
        "1http://example.org",
        "https://example.org/a b",
        "https://example.org/%zz",
        "https://exämple.org",
        "https://example.org/\n",
    ],
)
def test_everything_else_is_not(text):
    assert not is_uri(text)
