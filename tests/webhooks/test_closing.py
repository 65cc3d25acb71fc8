"""The whole stand-in, while a hook hangs: it closes at once; and a restored snapshot has its hooks tried again."""

import queue
import threading
from dataclasses import replace

import httpx
import pytest

from offair.contracts.contract import promise
from offair.emulator.emulator import Emulator
from offair.emulator.provider.hooks import Delivery, Question
from offair.emulator.settings import Settings
from offair.emulator.webhooks.outbox import OUTBOX

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise

NOBODY = "http://127.0.0.1:1/hook"  # a port that nobody listens on
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def _go_live(emulator, hook_url):
    tenant = emulator.tenancy.invite("tenbyte", "a test")
    body = next(e for e in promise("tenbyte").examples if e.name == "create-video-push").request_body
    with httpx.Client(base_url=emulator.addresses("tenbyte").api, headers=dict(tenant.headers), timeout=30) as api:
        made = api.post("/streams", json=body | {"webhook_url": hook_url})
        assert 201 == made.status_code, made.text
    stream = made.json()["data"]
    emulator.simulation.go(stream["id"], "live")
    return stream


@pytest.fixture(name="stand_in")
def _stand_in():
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="light")) as emulator:
        yield emulator


def test_a_hook_that_hangs_does_not_hold_the_end(stand_in, black_hole, soon):
    _go_live(stand_in, f"http://{black_hole}/")
    soon(lambda: stand_in.outbox._sender._open)
    clock = stand_in.clock
    start = clock.monotonic()
    stand_in.close()

    assert clock.monotonic() - start < AT_ONCE


def test_a_question_that_hangs_does_not_hold_the_end(providers, black_hole, soon):
    """A player waits for it, and the server for the player."""
    delivery = Delivery(event="may I", url=f"http://{black_hole}/", body={})
    asking = replace(providers["tenbyte"], usher=lambda *_: Question(delivery=delivery, timeout=30))
    answers = queue.SimpleQueue()
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="light"), providers=[asking]) as emulator:
        url = _go_live(emulator, NOBODY)["playback"]["hls"]
        player = threading.Thread(target=lambda: answers.put(httpx.get(url, timeout=30).status_code))
        player.start()
        soon(lambda: [entry for entry in threading.enumerate() if entry.name == "offair-asking"])
        start = emulator.clock.monotonic()
        emulator.close()
        seconds = emulator.clock.monotonic() - start
    player.join(30)

    assert (403, True) == (answers.get(timeout=0), seconds < AT_ONCE), seconds


def test_a_hook_that_waits_in_a_snapshot_is_tried_again_after_a_restore(stand_in, answering):
    stand_in.clock.freeze()
    inbox = answering(OK)
    _go_live(stand_in, NOBODY)
    assert stand_in.journal.wait_for({"kind": "hook", "text": "(waiting)"}, stand_in.clock.deadline(30))
    with stand_in.world.transaction():
        (parcel,) = stand_in.world.find(OUTBOX)
        stand_in.world.put(OUTBOX, replace(parcel, url=inbox.url))
    snapshot = stand_in.world.snapshot()
    stand_in.world.delete(OUTBOX)
    stand_in.clock.advance(5)
    stand_in.restore(snapshot)
    found = stand_in.journal.wait_for({"kind": "hook", "text": "200 (delivered)"}, stand_in.clock.deadline(30))

    assert (True, 1) == (found is not None, len(inbox.heard))
