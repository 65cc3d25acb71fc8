"""H5Live in a real browser, through MediaSource: the pictures move, whatever is switched, and it hears of the end."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest
from browsing import PLAYS_BY_ITSELF, chromium
from playhouse import RUNG, make_stream

pytestmark = [pytest.mark.media, pytest.mark.browser]
TIMEOUT = 30_000.0  # milliseconds
PLAYS = "until => video.currentTime > until && !video.paused && video.readyState > 2"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module", name="site")
def _site():
    """A page of another origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(Path(__file__).parent)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/player.html"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module", name="browser")
def _browser():
    with chromium(PLAYS_BY_ITSELF, "--disable-quic") as browser:
        yield browser


@pytest.fixture(name="live")
def _live(emulator, put_on, publish):
    stream = make_stream(emulator, emulator.world.ids.letters(10), video=[RUNG])
    stream_encoder = publish(stream)
    return stream, stream_encoder


@pytest.fixture(name="open_page")
def _open_page(browser, site, root):
    """Open the page upon a stream, and wait until it plays."""
    pages = []

    def open_page(query):
        url = f"{root.replace('http', 'ws', 1)}/h5live/stream.mp4?{query}"
        page = browser.new_page()
        pages.append(page)
        page.goto(f"{site}?url={quote(url, safe='')}")
        page.wait_for_function(PLAYS, arg=0.5, timeout=TIMEOUT)
        return page

    yield open_page
    for page in pages:
        page.close()


def state(page):
    return page.evaluate("({...seen, at: video.currentTime, width: video.videoWidth})")


def test_a_browser_plays_at_once_and_goes_on(live, open_page):
    page = open_page(f"stream={live[0].key}&flags=faststart")
    page.wait_for_function(PLAYS, arg=3.0, timeout=TIMEOUT)
    seen = state(page)

    assert ([], 320, None) == (seen["fatal"], seen["width"], seen["closed"])


def test_a_browser_plays_through_a_switch_and_back(live, open_page):
    page = open_page(f"stream={live[0].key}")
    for number, (name, width) in enumerate([(f"{live[0].key}.90p", 160), (live[0].key, 320)], start=1):
        asked = {"tag": "", "count": number, "rtmp": {"url": "x", "stream": name}}
        message = {"eventType": "onUpdateSource", "onUpdateSource": asked, "requestId": number}
        page.evaluate("message => socket.send(JSON.stringify(message))", message)
        page.wait_for_function("width => video.videoWidth === width", arg=width, timeout=TIMEOUT)
    before = state(page)["at"]
    page.wait_for_function(PLAYS, arg=before + 1.0, timeout=TIMEOUT)
    seen = state(page)

    assert ([], 2) == (seen["fatal"], seen["told"].count("onUpdateSourceSuccess"))


def test_a_browser_goes_on_after_a_pause(live, open_page):
    page = open_page(f"stream={live[0].key}")
    for name in ("onPause", "onPlay"):
        page.evaluate("name => socket.send(JSON.stringify({eventType: name, [name]: {}, requestId: 1}))", name)
    page.wait_for_function("seen.infos.length === 2", timeout=TIMEOUT)
    before = state(page)["at"]
    page.wait_for_function(PLAYS, arg=before + 1.0, timeout=TIMEOUT)

    assert [] == state(page)["fatal"]


def test_a_browser_hears_that_the_source_has_stopped(live, open_page):
    page = open_page(f"stream={live[0].key}")
    live[1].terminate()
    page.wait_for_function("seen.closed !== null", timeout=TIMEOUT)

    assert 4403 == state(page)["closed"]
