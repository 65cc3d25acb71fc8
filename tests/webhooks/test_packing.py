"""A hook is shown as a person reads it, whatever it is."""

import pytest

from offair.emulator.webhooks.packing import Letter


@pytest.mark.parametrize(
    ("kind", "content", "shown"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/cloudevents+json; charset=utf-8", b"[1]", [1]),
        ("application/json", b"no json", "no json"),
        ("application/json", b"", ""),
        ("application/x-www-form-urlencoded", b"a=1&b=", {"a": "1", "b": ""}),
        ("text/plain", b"\xff", "�"),
    ],
)
def test_a_letter_is_shown(kind, content, shown):
    assert shown == Letter(content, {"Content-Type": kind}).shown
