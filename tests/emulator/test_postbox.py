"""Who listens to what a cloud calls keeps the latest of it, however long nobody asks."""

import httpx

from offair.emulator import postbox
from offair.emulator.core.clock import Clock


def test_of_calls_that_nobody_takes_the_latest_are_kept(monkeypatch):
    monkeypatch.setattr(postbox, "LATEST", 3)
    with postbox.Postbox(Clock().now, lambda _url, _deadline: 3) as inbox:
        for number in range(5):
            httpx.post(inbox.url, content=str(number))
        came = inbox.take(3, within=30)

    assert [b"2", b"3", b"4"] == [one.request_body for one in came]
