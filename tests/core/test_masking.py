"""No secret shows, wherever it stands."""

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
