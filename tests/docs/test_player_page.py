"""The example page that has the vendor's player play from the stand-in: what it hands to a player."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from browsing import chromium

FOLDER = Path(__file__).parents[2] / "docs/examples/bintu"
PLAYER = "class NanoPlayer { setup(config) { window.config = config; return Promise.resolve(); } }"
SCRIPT = "https://player.example/player.js"

pytestmark = pytest.mark.browser


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module", name="site")
def _site():
    """The folder, served as the page says."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(FOLDER)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module", name="open_page")
def _open_page(site):
    """Open the page with a player that only listens; give what that was set up with, and what the page says."""
    with chromium() as browser:
        page = browser.new_page()
        page.route(SCRIPT, lambda route: route.fulfill(body=PLAYER, content_type="text/javascript"))

        def open_page(**query):
            page.goto(f"{site}/player.html?{httpx.QueryParams({'player': SCRIPT, **query})}")
            page.wait_for_function("window.config || document.querySelector('p').textContent")
            return page.evaluate("window.config"), page.inner_text("p")

        yield open_page


def test_the_page_hands_every_rendition_to_the_player_with_the_token(emulator, open_page):
    house, api = emulator.tenancy.house("bintu"), emulator.addresses("bintu").api
    body = {"transcodes": [{"profile": "vtrans2-640x360x400x25"}]}
    stream = httpx.post(f"{api}/stream", headers=house.headers, json=body).json()
    config, words = open_page(api=api, stream=stream["id"], jwtoken="a-token")
    wanted = [{"server": one["server"], "rtmp": one["rtmp"]} for one in stream["playout"]["h5live"]]
    given = [one["h5live"] for one in config["source"]["entries"]]

    assert ([{**one, "security": {"jwtoken": "a-token"}} for one in wanted], False, "") == (
        given, config["playback"]["autoplay"], words
    )  # fmt: skip


def test_the_page_says_why_it_plays_nothing(emulator, open_page):
    _, words = open_page(api=emulator.addresses("bintu").api, stream="nobodys")

    assert "Stream not found" in words
