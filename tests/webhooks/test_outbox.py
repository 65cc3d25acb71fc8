"""Hooks leave in order, signed, and again on the cloud's clock. A real HTTP server receives them."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from streams import rung, stream

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.journal import Journal
from offair.emulator.core.moves import place
from offair.emulator.core.streams import STREAMS, State
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import discover
from offair.emulator.webhooks.outbox import OUTBOX, Outbox

SECRET = "hush"


class _Inbox:
    """Keeps what arrives, and answers with the statuses that it was given, then 200."""

    def __init__(self):
        inbox = self
        self.statuses, self.arrived, self.changed = [], [], threading.Condition()

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with inbox.changed:
                    inbox.arrived.append((dict(self.headers), body))
                    status = inbox.statuses.pop(0) if inbox.statuses else 200
                    inbox.changed.notify_all()
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def until(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.arrived) >= count, 10), self.arrived
        return [json.loads(body)["event"] for _, body in self.arrived]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(name="inbox")
def _inbox():
    inbox = _Inbox()
    yield inbox
    inbox.close()


class _House:
    """A world with an outbox, and a cloud whose hooks are signed."""

    def __init__(self, hook_url):
        self.world = World()
        self.world.clock.freeze(at=1_000_000.0)
        self.journal = Journal(self.world.clock, 100)
        self.timers = Timers(self.world.clock, self._raise)
        provider = next(provider for provider in discover() if provider.name == "tenbyte")
        rooms = Rooms(
            world=self.world, publications=None, monitor=None, tenancy=None, addresses=None,
            switches=provider.switch_type(),
        )  # fmt: skip
        self.outbox = Outbox(self.world, self.timers, self.journal, {provider.name: provider}, lambda _cloud: rooms)
        self.stream = stream(
            rung(), id=self.world.ids.uuid(), cloud=provider.name, hook_url=hook_url, hook_secret=SECRET
        )
        self.world.put(STREAMS, self.stream)
        self.timers.start()
        self.outbox.start()

    def move(self, *states):
        for state in states:
            self.stream = place(self.world, self.stream, State(state), reason="a test")

    def until(self, text):
        entry = self.journal.wait_for({"kind": "hook", "text": text}, self.world.clock.deadline(10))
        assert entry, [seen.summary for seen in self.journal.entries()]
        return entry

    @staticmethod
    def _raise(error):
        raise error

    def close(self):
        self.outbox.close()
        self.timers.close()
        self.world.close()


@pytest.fixture(name="house")
def _house(inbox):
    house = _House(inbox.url)
    yield house
    house.close()


def test_the_hooks_of_a_broadcast_arrive_in_order(house, inbox):
    house.move("starting", "live", "stopping", "idle")

    assert ["stream.started", "stream.stopped", "stream.idle"] == inbox.until(3)


def test_a_hook_says_which_stream_and_when(house, inbox):
    house.move("live")
    inbox.until(1)

    assert {
        "event": "stream.started", "stream_id": house.stream.id, "stream_name": "A stream",
        "timestamp": rfc3339(1_000_000.0),
    } == json.loads(inbox.arrived[0][1])  # fmt: skip


def test_a_hook_is_signed_over_the_bytes_that_travel(house, inbox):
    house.move("live")
    inbox.until(1)
    headers, body = inbox.arrived[0]

    assert f"sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}" == headers["X-Webhook-Signature"]


def test_coming_back_from_reconnecting_sends_nothing(house, inbox):
    house.move("live", "reconnecting", "live", "errored")

    assert ["stream.started", "stream.error"] == inbox.until(2)


def test_a_failed_attempt_waits_for_the_clouds_clock(house, inbox):
    inbox.statuses = [500]
    house.move("live")
    house.until("500 (waiting)")
    early = len(inbox.arrived)
    house.world.clock.advance(5)
    house.until("200 (delivered)")

    assert (1, 2) == (early, len(inbox.arrived))


def test_after_three_failures_a_hook_is_given_up(house, inbox):
    inbox.statuses = [500, 404, 302]
    house.move("live")
    house.until("500 (waiting)")
    house.world.clock.advance(5)
    house.until("404 (waiting)")
    house.world.clock.advance(25)
    house.until("302 (given_up)")

    assert ["given_up"] == [parcel.state for parcel in house.world.find(OUTBOX)]


def test_nobody_listening_is_told_in_the_journal(inbox):
    house = _House("http://127.0.0.1:1/nobody")
    house.move("live")
    entry = house.until("waiting")
    house.close()

    assert "ConnectionRefusedError" in entry.details["error"]


def test_a_stream_without_a_url_sends_nothing(inbox):
    house = _House(None)
    house.move("live")
    count = house.world.count(OUTBOX)
    house.close()

    assert 0 == count


def test_a_move_that_is_undone_sends_nothing(house):
    with pytest.raises(ZeroDivisionError), house.world.transaction():
        house.move("live")
        1 / 0  # noqa: B018 - the failure

    assert 0 == house.world.count(OUTBOX)


def test_a_parcel_of_an_earlier_run_is_taken_up(house, inbox):
    inbox.statuses = [500]
    house.move("live")
    house.until("waiting")
    house.world.clock.advance(5)
    house.outbox.start()

    assert ["stream.started"] * 2 == inbox.until(2)
