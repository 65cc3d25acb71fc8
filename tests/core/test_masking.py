"""No secret shows, wherever it stands."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.core.masking import Mask

mask = Mask(["playerkey", "streamname"])


def _journal():
    return Journal(Clock(), 100)


def test_a_bearer_token_is_hidden_and_its_scheme_is_not():
    entry = _journal().write("request", "GET /", headers={"Authorization": "Bearer abcdefghijk"})

    assert {"Authorization": "Bearer abcd…"} == entry.details["headers"]


def test_a_key_is_hidden_wherever_else_it_stands():
    hidden = mask({"stream_key": "0123456789", "srt": "srt://h?streamid=#!::r=live/0123456789,m=publish"})

    assert {"stream_key": "0123…", "srt": "srt://h?streamid=#!::r=live/0123…,m=publish"} == hidden


SECRETS = st.text("abcdef0123456789-", min_size=8, max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=4), inner, max_size=3),
    max_leaves=10,
)


@given(SECRETS, JSON)
def test_no_masked_value_shows_its_secret(secret, rest):
    hidden = mask({"api_key": secret, "text": f"left {secret} right", "list": [{"deep": secret}], "rest": rest})

    assert secret not in repr(hidden)


@given(JSON)
def test_a_value_without_secrets_is_left_alone(value):
    assert value == mask(value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtmp://127.0.0.1:1935/live", "rtmp://127.0.0.1:1935/live"),
        ("rtmp://there/app/a-long-key", "rtmp://there/app/a-lo…"),
        ("rtmps://there/app/a-long-key?token=another", "rtmps://there/app/a-lo…?token=anot…"),
        ("rtsp://user:password@there:554/hall/camera-1", "rtsp://user…@there:554/hall/came…"),
        ("srt://there:9000?streamid=a-long-id&latency=200", "srt://there:9000?streamid=a-lo…&latency=200"),
        ("srt://there:9000?passphrase=very-secret&mode=caller", "srt://there:9000?passphrase=very…&mode=call…"),
    ],
)
def test_what_a_media_url_keeps_secret_is_hidden(url, shown):
    entry = _journal().write("publication", f"{url} is read", words=f"{url}: Connection refused")

    assert (f"{shown} is read", {"words": f"{shown}: Connection refused"}) == (entry.summary, entry.details)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://h/a?api_key=0123456789&b=2", "http://h/a?api_key=0123…&b=2"),
        ("call=publish&streamname=abcde-fghij&passcode=12", "call=publish&streamname=abcd…&passcode=…"),
        ("http://user:hunter2hunter2@hooks.example/x", "http://user…@hooks.example/x"),
        ("monkey=banana", "monkey=banana"),
    ],
)
def test_what_a_url_or_a_form_keeps_secret_is_hidden(text, shown):
    assert shown == mask(text)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"PlayerKey": "abcdefgh"}, {"PlayerKey": "abcd…"}),
        ({"password": "1234"}, {"password": "…"}),
        ({"tokens": ["abcdefgh", {"value": "ijklmnop"}]}, {"tokens": ["abcd…", {"value": "ijkl…"}]}),
        ({"Cookie": "session=abcdefgh"}, {"Cookie": "sess…"}),
        ({"secret": ""}, {"secret": ""}),
        ({"secret": None, "monkey": "banana"}, {"secret": None, "monkey": "banana"}),
    ],
)
def test_a_name_hides_all_that_stands_under_it(given, shown):
    assert shown == mask(given)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"pass": "let-me-in"}, {"pass": "let-…"}),
        ({"PASS": "let-me-in"}, {"PASS": "let-…"}),
        ({"compass": "north-west"}, {"compass": "north-west"}),
        ("http://x/y?pass=let-me-in&z=1", "http://x/y?pass=let-…&z=1"),
        ("a.b=secret-word", "a.b=secr…"),
        ("axb=no-secret", "axb=no-secret"),
    ],
)
def test_a_clouds_own_names_hide_what_stands_under_them(given, shown):
    assert shown == Mask({"pass", "a.b"})(given)


HIDDEN_SOMEWHERE = "abcdefgh12345678"


@pytest.mark.parametrize(
    "text",
    [
        "http://h/x?api_key={}", "http://h/x?a=1&token={}", "http://h/x?key={}", "http://h/x?a=1&sig={}&b=2",
        "http://h/x?api%5Fkey={}", "http://h/x?%61pi_key={}", "http://h/x?X-Amz-Signature={}&a=1",
        "https://u:{}@h/x", "rtmp://h/live/{}", "srt://h:9?streamid=#!::r=live/{},m=publish", "Bearer {} was sent",
        "X-API-Key: {} was sent", '{{"api_key": "{}"}}', "{{'password': '{}'}}", "Wish(srt_passphrase='{}', port=1)",
        "secret=b'{}'", "Authorization: Bearer {}", "AccessKeyId={}", "-----BEGIN PRIVATE KEY-----\n{}\n-----END",
        "a=ice-pwd:{}",
        "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", [lambda text: text, lambda text: {"details": [{"words": text}]}])
def test_what_says_by_itself_that_it_is_secret_is_hidden_wherever_it_stands(text, place):
    """In a URL, a header, a body, a traceback; under any name, in lists and objects too."""
    assert HIDDEN_SOMEWHERE not in str(mask(place(text.format(HIDDEN_SOMEWHERE))))


@pytest.mark.parametrize("name", ["Cookie", "Set-Cookie"])
def test_every_cookie_is_hidden(name):
    told = str(mask({name: f"first={HIDDEN_SOMEWHERE}; second=zyxwvuts9876; Path=/"}))

    assert (False, False) == (HIDDEN_SOMEWHERE in told, "zyxwvuts9876" in told)


@pytest.mark.parametrize("name", ["access_key_id", "AccessKeyId", "private_key", "credentials", "pass_phrase_token"])
def test_credentials_are_secrets_whatever_they_are_called(name):
    assert HIDDEN_SOMEWHERE not in str(mask({"body": [{name: [HIDDEN_SOMEWHERE]}]}))


@pytest.mark.parametrize(
    "text",
    ["monkey: banana", "the key: a thing", "http://h/x?page=2&name=somebody", "Basic facts", "state=waiting and more",
     "GET /x 200", "keyless@3+1"],
)  # fmt: skip
def test_what_is_no_secret_is_told(text):
    assert text == mask(text)


@pytest.mark.parametrize(
    "text", ["token.-" * 30_000 + ": ", "a: " * 60_000, "token" * 40_000 + "=", "x" * 200_000 + "= ", "eyJ." * 50_000,
             "http://" * 30_000, "://" + "a." * 100_000, "&key=" * 40_000, "Bearer " * 30_000],
    ids=["names", "pairs", "a name", "a word", "tokens", "urls", "a host", "parameters", "bearers"],
)  # fmt: skip
def test_no_text_takes_long_to_read(text):
    """Whoever writes a long line into the journal holds nobody up who reads it."""
    began = time.thread_time()
    mask({"summary": text})

    assert time.thread_time() - began < 5  # of the processor's own, whoever else it works for
