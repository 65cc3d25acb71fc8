import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal, mask


def _journal(capacity=100):
    return Journal(Clock(), capacity)


def test_entries_come_oldest_first_with_growing_numbers():
    journal = _journal()
    for text in "abc":
        journal.write("request", text)

    assert [(1, "a"), (2, "b"), (3, "c")] == [(entry.number, entry.summary) for entry in journal.entries()]


def test_a_full_journal_drops_the_oldest():
    journal = _journal(capacity=2)
    for text in "abc":
        journal.write("request", text)

    assert [(2, "b"), (3, "c")] == [(entry.number, entry.summary) for entry in journal.entries()]


def test_entries_are_found_by_what_they_are():
    journal = _journal()
    journal.write("request", "GET /a", cloud="one")
    journal.write("request", "GET /b", cloud="two")
    journal.write("move", "idle to starting", cloud="two")

    assert ["GET /b"] == [entry.summary for entry in journal.entries({"kind": "request", "cloud": "two"})]


def test_waiting_finds_what_was_there_before():
    journal = _journal()
    journal.write("move", "idle to live")

    assert "idle to live" == journal.wait_for({"text": "live"}, Clock().deadline(0)).summary


def test_waiting_is_woken_by_an_entry():
    journal = _journal()
    writer = threading.Timer(0.02, lambda: journal.write("move", "to live"))
    writer.start()
    found = journal.wait_for(lambda entry: "live" in entry.summary, Clock().deadline(5))
    writer.join()

    assert "to live" == found.summary


def test_waiting_in_vain_ends_at_the_deadline():
    assert _journal().wait_for({"kind": "move"}, Clock().deadline(0.01)) is None


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
