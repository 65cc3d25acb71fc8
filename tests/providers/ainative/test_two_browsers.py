"""Two people in two browsers talk with each other over the chat's socket, from a page of an origin of its own."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from browsing import chromium

from offair.emulator.emulator import Emulator

pytestmark = pytest.mark.browser
TIMEOUT = 10_000  # milliseconds
PAGE = """<!doctype html><meta charset="utf-8"><title>chat</title>
<p id="count"></p><ol></ol><form><input><button>Send</button></form>
<script>
  const [form, input, list] = ["form", "input", "ol"].map((name) => document.querySelector(name));
  const show = (who, what) => list.append(
    Object.assign(document.createElement("li"), {textContent: `${who}: ${what}`}));
  const chat = new WebSocket(decodeURIComponent(location.hash.slice(1)));
  const hears = {
    history: (said) => said.forEach(({user, content}) => show(user.username, content)),
    MESSAGE: ({user, username, content}) => show(user ? user.username : username, content),
    message_deleted: () => list.lastChild.remove(),
    viewer_count: ({count}) => { document.querySelector("#count").textContent = count; },
  };
  chat.onmessage = ({data}) => { const frame = JSON.parse(data); hears[frame.type]?.(frame.data); };
  form.onsubmit = (event) => {
    event.preventDefault();
    chat.send(JSON.stringify({type: "SAYS", content: input.value}));
    input.value = "";
  };
</script>"""
SAID = "() => [...document.querySelectorAll('li')].map((line) => line.textContent)"
HOSTILE = "<img src=x onerror=document.title='owned'> & \"quotes\""


@pytest.fixture(scope="module", name="browser")
def _browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module", name="house", params=["the documents", "the web client"])
def _house(request):
    """A stand-in that speaks either dialect, with the page that hears and says it."""
    is_web = request.param == "the web client"
    frame = "chat_message" if is_web else "message"
    page = PAGE.replace("MESSAGE", frame, 1).replace("SAYS", frame, 1)
    with Emulator({"ainative.web_client": is_web}) as emulator, hosting(page.encode()) as site:
        yield emulator.ready()["clouds"]["ainative"], site


@contextmanager
def hosting(page):
    """Serve a page at a port of its own, as a browser lets loopback pages alone call the loopback."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class Person:
    """Somebody at a page of the chat."""

    def __init__(self, browser, site, url):
        self._context = browser.new_context()
        self.page = self._context.new_page()
        self.page.goto(f"{site}#{url}")

    def say(self, text):
        self.page.fill("input", text)
        self.page.click("button")

    def sees(self, *lines):
        self.page.wait_for_function(f"(wanted) => String(({SAID})()) === String(wanted)", arg=lines, timeout=TIMEOUT)

    def counts(self, watching):
        told = "(wanted) => document.querySelector('#count').textContent === wanted"
        self.page.wait_for_function(told, arg=str(watching), timeout=TIMEOUT)

    def leave(self):
        self._context.close()


@pytest.fixture(name="meeting")
def _meeting(browser, house):
    """A live stream with its owner and a guest before it, and what opens another page for somebody."""
    (own, site), people = house, []
    with httpx.Client(base_url=own["base_url"], headers=own["headers"]) as client:
        stream = client.post("/streams/", json={"title": "two browsers"}).raise_for_status().json()["id"]
        client.post(f"/streams/id/{stream}/start").raise_for_status()
        root = f"{own['base_url'].replace('http', 'ws', 1)}/streams/{stream}/chat/ws"

        def enter(token):
            people.append(Person(browser, site, f"{root}?token={own['credentials'][token]}"))
            return people[-1]

        yield client, stream, own["credentials"], enter
        for person in people:
            person.leave()
        client.post(f"/streams/{stream}/end")


def test_what_either_says_both_see_in_the_same_order(meeting):
    _, _, known, enter = meeting
    owner, guest = enter("token"), enter("other_token")
    for person in (owner, guest):
        person.counts(2)
    said = []
    for person, name, words in [
        (owner, "username", "welcome"), (guest, "other_username", "thanks"), (owner, "username", "begin?"),
    ]:  # fmt: skip
        person.say(words)
        said.append(f"{known[name]}: {words}")
        for one in (owner, guest):
            one.sees(*said)


def test_html_comes_as_it_was_said_and_does_nothing(meeting):
    _, _, known, enter = meeting
    owner, guest = enter("token"), enter("other_token")
    guest.counts(2)
    guest.say(HOSTILE)
    owner.sees(f"{known['other_username']}: {HOSTILE}")

    assert ("chat", 0) == (owner.page.title(), owner.page.locator("img").count())


def test_what_a_moderator_deletes_is_gone_from_both(meeting):
    client, stream, known, enter = meeting
    owner, guest = enter("token"), enter("other_token")
    guest.counts(2)
    guest.say("buy now")
    for person in (owner, guest):
        person.sees(f"{known['other_username']}: buy now")
    (message,) = _history(client, stream)
    client.delete(f"/streams/{stream}/chat/{message['id']}").raise_for_status()
    for person in (owner, guest):
        person.sees()


def test_who_leaves_is_counted_no_more(meeting):
    *_, enter = meeting
    owner, guest = enter("token"), enter("other_token")
    owner.counts(2)
    guest.leave()
    owner.counts(1)


def _history(client, stream):
    shown = client.get(f"/streams/{stream}/chat/history").raise_for_status().json()
    return shown if isinstance(shown, list) else shown["messages"]
