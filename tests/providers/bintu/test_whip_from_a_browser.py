"""Chromium publishes to Bintu's streams, and what it publishes is played, and sent on as other clouds take it."""

import av
import pytest
from browsing import CAMERA, chromium, publish_from

pytestmark = [pytest.mark.media, pytest.mark.browser]
LIVE = "rtmp://bintu-stream.nanocosmos.de:1935/live"


@pytest.fixture(scope="module", name="browser")
def _browser():
    with chromium(*CAMERA) as browser:
        yield browser


@pytest.fixture(name="go_live")
def _go_live(browser, emulator):
    """Publish a camera to a stream from a page, for as long as the test lasts."""
    pages = []

    def go_live(stream, codec):
        page = browser.new_page()
        pages.append(page)
        page.goto(stream["playout"]["web"][0]["url"])
        root = emulator.addresses("bintu").services["whip"]
        url = f"{root}/p/webrtc?stream_name={stream['ingest']['rtmp']['streamname']}&stream_url={LIVE}"
        assert 201 == publish_from(page, url, codec=codec)[0]

    yield go_live
    for page in pages:
        page.close()


@pytest.mark.parametrize("codec", ["H264", "VP9"])
def test_what_a_browser_publishes_is_played_and_sent_on_as_h264_and_aac(
    api, create, go_live, until, rtmp_of, emulator, codec
):
    stream, other = create(), create()
    api.put(f"/stream/{stream['id']}/push_url", json={"url": rtmp_of(other)}).raise_for_status()
    go_live(stream, codec)
    for one in (stream, other):
        until("to live", stream=one["id"])
    with av.open(f"{stream['playout']['hls'][0]['url']}", timeout=20) as played:
        shown = {one.codec_context.name for one in played.streams}
    source = emulator.media.monitor.numbers(other["id"]).source

    assert {"h264", "aac"} == shown
    assert [True, True] == [source.video_codec.startswith("avc1"), source.audio_codec.startswith("mp4a")]
