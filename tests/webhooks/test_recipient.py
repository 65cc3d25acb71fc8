"""A URL is read into somebody who can be called, or into words that say why nobody can."""

from base64 import b64decode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.webhooks.exchange import spell
from offair.emulator.webhooks.recipient import read_url, receiving_host


def _where(url):
    recipient = read_url(url)
    return recipient.host, recipient.port, recipient.authority


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("http://hooks.example.test/x", ("hooks.example.test", 80, "hooks.example.test")),
        ("HTTP://Hooks.Example.TEST", ("hooks.example.test", 80, "hooks.example.test")),
        ("https://hooks.example.test", ("hooks.example.test", 443, "hooks.example.test")),
        ("https://hooks.example.test:8443", ("hooks.example.test", 8443, "hooks.example.test:8443")),
        ("http://hooks.example.test:80/", ("hooks.example.test", 80, "hooks.example.test")),
        ("http://localhost:0/", ("localhost", 0, "localhost:0")),
        ("http://my_hooks/", ("my_hooks", 80, "my_hooks")),
        ("http://example.com./", ("example.com.", 80, "example.com.")),
        ("http://127.0.0.1:81/", ("127.0.0.1", 81, "127.0.0.1:81")),
        ("http://[::1]:81/", ("::1", 81, "[::1]:81")),
        ("http://[0:0::1]/", ("::1", 80, "[::1]")),
        ("http://[fe80::1%25eth0]/", ("fe80::1%eth0", 80, "[fe80::1]")),
        ("http://bücher.example/", ("xn--bcher-kva.example", 80, "xn--bcher-kva.example")),
        ("http://user:secret@h.test:81/", ("h.test", 81, "h.test:81")),
    ],
)
def test_a_url_says_where_to_connect_and_what_host_to_name(url, where):
    assert where == _where(url)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://h", "/"),
        ("http://h?a=1", "/?a=1"),
        ("http://h/a/b;c?d=e&f=%2F#fragment", "/a/b;c?d=e&f=%2F"),
        ("http://h/a b/ü?q=ä ö", "/a%20b/%C3%BC?q=%C3%A4%20%C3%B6"),
        ("http://h/{id}", "/%7Bid%7D"),
    ],
)
def test_a_target_has_nothing_in_it_that_http_cannot_carry(url, target):
    assert target == read_url(url).target


@pytest.mark.parametrize(
    ("url", "login"),
    [
        ("http://user:secret@h/", "user:secret"),
        ("http://us%40er:se%3Acret@h/", "us@er:se:cret"),
        ("http://user@h/", "user:"),
        ("http://@h/", None),
        ("http://h/", None),
    ],
)
def test_a_user_in_a_url_is_a_basic_login(url, login):
    found = read_url(url).login

    assert login == (found and b64decode(found).decode())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no url",
        "ftp://h/",
        "http://",
        "http:///path",
        "http://hooks..example.test/x",
        "http://.example.com/",
        "http://./",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 200}example/",
        f"http://{'ü' * 250}/",
        "http://h:99999/",
        "http://h:port/",
        "http://h:-1/",
        "http://[",
        "http://[::1/",
        "http://[::g]/",
        "http://[::1%25a b]/",
        "http://a b/",
        "http://a\x00b/",
        "http://a%0d%0ab/",
        "http://a\ud800b/",
        "http://h/\ud800",
        "http://℀.example/",
    ],
)
def test_where_nobody_can_be_called_is_said_in_words(url):
    with pytest.raises(ValueError, match=r"\w"):
        read_url(url)


@given(st.text(), st.sampled_from(["{}", "http://{}", "http://{}/x", "http://h/{}", "https://a@{}:80", "http://[{}]"]))
def test_every_text_is_a_recipient_or_a_value_error(text, around):
    with suppress(ValueError):
        head = spell(read_url(around.format(text)), b"", {})

        assert 6 == head.count(b"\n") or b"Authorization" in head


def test_a_certificate_is_for_the_bare_name():
    recipients = [read_url(f"https://{host}/") for host in ("h.test.", "[fe80::1%25lo]", "127.0.0.1")]

    assert ["h.test", "fe80::1", "127.0.0.1"] == [recipient.certified for recipient in recipients]


def test_two_urls_of_one_server_have_one_receiving_host():
    urls = ("http://user:secret@h.test:81/a", "http://H.test:81/b", "http://h..test/")

    assert ["h.test:81", "h.test:81", "http://h..test/"] == [receiving_host(url) for url in urls]
