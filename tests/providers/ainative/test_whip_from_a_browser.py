"""Chromium publishes to AINative: the stream is live by itself, plays, and ends with the page."""

import av
import pytest
from browsing import CAMERA, chromium, publish_from

pytestmark = [pytest.mark.media, pytest.mark.browser]


@pytest.fixture(scope="module", name="browser")
def _browser():
    with chromium(*CAMERA) as browser:
        yield browser


def test_a_browser_goes_live_plays_and_ends_by_its_url(browser, emulator, stream, until, api):
    page = browser.new_page()
    page.goto(emulator.http_url)
    status, _ = publish_from(page, stream["ingest"]["webrtc_url"])
    until("to live", stream=stream["id"])
    with av.open(stream["playback_url"], timeout=20) as played:
        shown = {one.codec_context.name for one in played.streams}
    during = api.get(f"/streams/id/{stream['id']}").json()["status"]
    ended = page.evaluate("async () => (await fetch(session, {method: 'DELETE'})).status")
    until("to ended", stream=stream["id"])

    assert (201, {"h264", "aac"}, "live", 200) == (status, shown, during, ended)
    assert "ended" == api.get(f"/streams/id/{stream['id']}").json()["status"]
