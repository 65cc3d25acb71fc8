"""What plays where an answer of ours says: the playout page in a browser, and the H5Live socket."""

import httpx
import pytest
from browsing import PLAYS_BY_ITSELF, chromium
from h5live_viewer import Judge, Watching

from offair.contracts.contract import promise

pytestmark = pytest.mark.media
TIMEOUT = 30_000.0  # milliseconds
PLAYS = "() => { const video = document.querySelector('video'); return video.currentTime > 0.5 && video.videoWidth; }"


def _socket(stream, place, **shown):
    entry = stream["playout"]["h5live"][place]
    wish = {"url": entry["rtmp"]["url"], "stream": entry["rtmp"]["streamname"], "cid": "1", "pid": "2", **shown}
    return f"{entry['server']['websocket']}?{httpx.QueryParams(wish)}"


@pytest.fixture(name="secure")
def _secure(create, publish, rtmp_of, until):
    """A stream with a transcode that wants a token, on air."""
    stream = create(secure=True, transcodes=[{"profile": "vtrans2-640x360x400x25"}])
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        yield stream


def test_a_rendition_is_watched_over_the_socket_that_an_answer_names(secure, service):
    token = service("token", "/splay", {"groupid": secure["id"]}).json()["data"]["token"]
    contract = promise("bintu").services["h5live"]
    for place in (0, 1):
        with Watching(_socket(secure, place, jwtoken=token), Judge(contract, key="watchSecure")) as viewer:
            viewer.pictures(3)

            assert [] == viewer.judge.violations()


def test_a_socket_is_closed_to_who_shows_no_token(secure):
    judge = Judge(promise("bintu").services["h5live"], key="watchSecure")
    with Watching(_socket(secure, 0), judge) as viewer, pytest.raises(ConnectionError) as closed:
        while True:
            viewer.hear()

    assert (4401,) == closed.value.args


@pytest.mark.browser
def test_the_page_plays_in_a_browser_and_says_why_where_it_may_not(secure, service):
    token = service("token", "/splay", {"groupid": secure["id"]}).json()["data"]["token"]
    with chromium(PLAYS_BY_ITSELF) as browser:
        page = browser.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(secure["playout"]["web"][0]["url"])
        page.get_by_text("this stream is secure: show a token").wait_for(timeout=TIMEOUT)
        page.goto(f"{secure['playout']['web'][0]['url']}?jwtoken={token}")
        page.wait_for_function(PLAYS, timeout=TIMEOUT)
        width = page.evaluate("document.querySelector('video').videoWidth")

    assert (320, []) == (width, [url for url in asked if "127.0.0.1" not in url])
