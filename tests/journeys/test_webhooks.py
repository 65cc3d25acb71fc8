"""What a customer's server hears of a broadcast: in order, signed, and again when it did not listen."""

import hashlib
import hmac
import json
import os
import queue
import signal
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.media
PATIENCE = 30.0


@dataclass(frozen=True)
class Hook:
    """A request that arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        return json.loads(self.body)["event"]


class Listener:
    """A customer's server; ``answers`` are its next statuses, then 200."""

    def __init__(self) -> None:
        self.hooks: queue.Queue[Hook] = queue.Queue()
        self.answers: list[int] = []
        listener = self

        class Requests(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(listener.answers.pop(0) if listener.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                listener.hooks.put(Hook({name.lower(): value for name, value in self.headers.items()}, body))

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"

    def hear(self) -> Hook:
        return self.hooks.get(timeout=PATIENCE)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(name="listener")
def _listener():
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture(name="live")
def _live(customer, body, encode, listener):
    """A live stream with a hook URL, and its encoder."""
    stream = customer.create(body(webhook_url=listener.url))
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    return stream, encoder


def test_the_hooks_of_a_broadcast_arrive_in_order(live, listener):
    _, encoder = live
    encoder.end()

    assert ["stream.started", "stream.stopped", "stream.idle"] == [listener.hear().event for _ in range(3)]


def test_a_hook_tells_which_stream_it_is_about(live, listener):
    stream, _ = live
    told = json.loads(listener.hear().body)

    assert (stream["id"], stream["name"]) == (told["stream_id"], told["stream_name"])


def test_a_hooks_signature_verifies_with_the_streams_secret(live, listener, control):
    stream, _ = live
    hook = listener.hear()
    secret = control.get(f"/streams/{stream['id']}").json()["hook_secret"]
    digest = hmac.new(secret.encode(), hook.body, hashlib.sha256).hexdigest()

    assert digest in hook.headers["x-webhook-signature"]


@pytest.mark.troubled
def test_a_crash_is_told_as_an_error(customer, live, listener):
    stream, _ = live
    os.kill(customer.transcoder(stream), signal.SIGKILL)

    assert ["stream.started", "stream.error"] == [listener.hear().event for _ in range(2)]


def test_a_lost_encoder_that_returns_is_not_told(customer, live, listener, encode):
    stream, encoder = live
    encoder.kill()
    customer.until(stream, "reconnecting")
    again = encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    again.end()

    assert ["stream.started", "stream.stopped", "stream.idle"] == [listener.hear().event for _ in range(3)]


def test_a_hook_that_failed_is_sent_again_on_the_clouds_clock(stand_in, customers, body, encode, listener):
    """Hours of pauses pass in no time, once the cloud's clock is moved."""
    customer = customers(stand_in())
    journal, clock = customer.emulator.journal, customer.emulator.clock
    listener.answers += [500, 503]
    clock.freeze()
    stream = customer.create(body(webhook_url=listener.url))
    encode(customer.url(stream))
    seen = [listener.hear()]
    for answer in ("500 (waiting)", "503 (waiting)"):
        assert journal.wait_for({"kind": "hook", "text": answer}, clock.deadline(PATIENCE))
        clock.advance(3600)
        seen.append(listener.hear())

    assert {seen[0].body} == {hook.body for hook in seen}


def test_a_customer_without_ears_holds_nothing_up(customer, body, encode):
    stream = customer.create(body(webhook_url="http://127.0.0.1:1/nobody"))
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.end()

    customer.until(stream, "idle")
