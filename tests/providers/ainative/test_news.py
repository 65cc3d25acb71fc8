"""News of live inputs, which the media layer sends to whoever a switch names, in Cloudflare's form."""

import json

import httpx
import pytest

from offair.contracts.contract import promise
from offair.emulator.core.ports import Knock
from offair.emulator.core.publication import Totals
from offair.emulator.emulator import Emulator
from offair.emulator.webhooks.outbox import OUTBOX

URL = "http://127.0.0.1:9/news"  # nobody takes it: what is sent is read from the outbox


@pytest.fixture(scope="module", name="telling")
def _telling():
    with Emulator({"ainative.live_input_url": URL}) as emulator:
        emulator.clock.freeze()  # nothing is sent again
        yield emulator


@pytest.fixture(name="broadcast")
def _broadcast(telling):
    """Make a stream, move it, and give what was sent of it."""
    with (
        httpx.Client(base_url=f"{telling.http_url}/_offair", timeout=30) as control,
        httpx.Client(base_url=telling.addresses("ainative").api, timeout=30) as client,
    ):
        tenant = control.post("/tenants", json={"cloud": "ainative"}).json()

        def broadcast(*moves):
            made = client.post("/streams/", json={"title": "a stream"}, headers=tenant["headers"]).json()
            for move in moves:
                control.post(f"/streams/{made['id']}/simulate", json={"to": move}).raise_for_status()
            sent = control.get("/deliveries", params={"stream": made["id"]}).json()["deliveries"]
            return made, sent

        yield broadcast


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        (("live",), ["connected"]),
        (("live", "ended"), ["connected", "disconnected"]),
        (("live", "error"), ["connected", "disconnected", "errored"]),
    ],
)
def test_an_encoder_that_comes_and_goes_is_news(broadcast, moves, told):
    _, sent = broadcast(*moves)

    assert [f"live_input.{one}" for one in told] == [one["event"] for one in sent]


def test_an_encoder_that_comes_to_a_stream_which_the_api_started_is_news(telling):
    tenant = telling.tenancy.house("ainative")
    with httpx.Client(base_url=telling.addresses("ainative").api, headers=dict(tenant.headers), timeout=30) as client:
        made = client.post("/streams/", json={"title": "a stream"}).json()
        client.post(f"/streams/id/{made['id']}/start").raise_for_status()
        before = telling.world.find(OUTBOX, stream=made["id"])
        knock = Knock(protocol="rtmps", app="live", name=made["ingest"]["stream_key"], peer="127.0.0.1:9")
        admitted = telling.publications.admit(knock)
        telling.publications.ended(admitted.publication, Totals())
        sent = telling.world.find(OUTBOX, stream=made["id"])

    assert ([], ["live_input.connected", "live_input.disconnected"]) == (before, [one.event for one in sent])


def test_news_has_cloudflares_form(broadcast):
    made, (one,) = broadcast("live")
    broken = promise("ainative").webhooks[one["event"]].violations("application/json", one["body"].encode())

    assert ([], made["cloudflare_stream_id"]) == (broken, json.loads(one["body"])["data"]["input_id"])


def test_nobody_is_told_without_the_switch(emulator, live):
    sent = httpx.get(f"{emulator.http_url}/_offair/deliveries", params={"stream": live["id"]}).json()["deliveries"]

    assert [] == sent
