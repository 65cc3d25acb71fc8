"""The webhook: asked before an encoder is let in, while it goes on, and told of its end."""

import pytest

from offair.contracts.checks.webhook import check_webhook
from offair.contracts.contract import promise
from offair.contracts.exchange import Exchange
from offair.emulator.core.events import ViewerLeft
from offair.emulator.core.ports import Knock
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.viewing import Viewing
from offair.emulator.emulator import Emulator
from offair.emulator.providers.bintu import hooks
from offair.emulator.providers.bintu.people import organisation_of

FORM = "application/x-www-form-urlencoded"


def _simulate(control, stream, to):
    return control.post(f"/streams/{stream['id']}/simulate", json={"to": to})


def _stream(emulator, shown):
    return emulator.world.get(STREAMS, shown["id"])


def test_who_may_publish_is_asked_in_a_form_before_anybody_is_let_in(inbox, stream, simulate):
    simulate(stream, "live")
    asked = inbox.wait("publish")

    assert (FORM, ["call", "name", "app", "addr", "clientid"], stream["ingest"]["rtmp"]["streamname"], "live") == (
        asked.headers["Content-Type"],
        list(asked.body),
        asked.body["name"],
        asked.body["app"],
    )


def test_what_was_said_behind_the_name_goes_first_as_it_was_said(emulator, inbox, stream):
    name = stream["ingest"]["rtmp"]["streamname"]
    knock = Knock(protocol="rtmp", app="live", name=name, peer="10.0.0.9:5000", query="b=%5B1%5D&a=x+y&b=2")
    question = hooks.admit(knock, _stream(emulator, stream), emulator.rooms["bintu"])
    body = question.delivery.content.decode()

    assert body.startswith(f"b=%5B1%5D&a=x+y&b=2&call=publish&name={name}&app=live&addr=10.0.0.9&clientid=")


@pytest.mark.parametrize("status", [403, 500, 204, 302])
def test_anything_but_200_denies(inbox, stream, control, status):
    inbox.answers["publish"] = (status, "")

    assert 409 == _simulate(control, stream, "live").status_code


def test_a_dead_host_denies(api, stream, control):
    api.put("/organisation/webhook", json={"webhook": "http://127.0.0.1:9/"})

    assert 409 == _simulate(control, stream, "live").status_code


def test_nobody_is_asked_where_no_webhook_is_set(api, inbox, stream, simulate):
    api.put("/organisation/webhook", json={"webhook": ""})
    simulate(stream, "live")

    assert [] == inbox.arrived


@pytest.mark.parametrize(("status", "state"), [(200, "live"), (500, "live"), (403, "ended")])
def test_a_403_alone_ends_what_goes_on(emulator, api, inbox, stream, simulate, until, status, state):
    simulate(stream, "live")
    inbox.answers["update_publish"] = (status, "")
    emulator.clock.advance(30.0)
    asked = inbox.wait("update_publish").body
    if status == 403:
        until("stopping to idle", stream=stream["id"])
    emulator.clock.reset()

    assert (30, ["call", "time", "timestamp", "name", "app", "addr", "clientid"], state) == (
        int(asked["time"]),
        list(asked),
        api.get(f"/stream/{stream['id']}").json()["state"],
    )


def test_the_end_is_told_once_with_bytes_and_the_same_client(inbox, stream, simulate):
    inbox.answers["publish_done"] = (500, "")
    simulate(stream, "live", "ended")
    done, asked = inbox.wait("publish_done").body, inbox.wait("publish").body

    assert (asked["clientid"], "0", "0") == (done["clientid"], done["bytes_in"], done["bytes_out"])


def test_what_is_sent_keeps_the_promise(emulator, inbox, stream, simulate):
    simulate(stream, "live")
    emulator.clock.advance(30.0)
    inbox.wait("update_publish")
    emulator.clock.reset()
    simulate(stream, "ended")
    inbox.wait("publish_done")
    broken = [
        violation
        for one in inbox.arrived
        for violation in check_webhook(
            promise("bintu"),
            Exchange(method="POST", path="/hooks", status=200, request_headers=one.headers, request_body=one.content),
        )
    ]

    assert [] == broken


@pytest.mark.parametrize(
    ("app", "query", "is_recorded"),
    [("live", "", False), ("rec", "", True), ("", "record", True), ("live", "record", True)],
)
def test_an_encoder_may_ask_to_be_recorded(emulator, stream, app, query, is_recorded):
    name = stream["ingest"]["rtmp"]["streamname"]
    knock = Knock(protocol="rtmp", app=app, name=name, peer="127.0.0.1:1", query=query)
    admitted = emulator.publications.admit(knock)
    kept = admitted.stream.capture.recording
    emulator.publications.lost(admitted.publication)

    assert is_recorded == kept


@pytest.fixture(scope="module", name="chosen")
def _chosen():
    """A stand-in with the older webhooks."""
    with Emulator({"port": 0, "rtmp_port": 0, "bintu.play_hooks": True, "bintu.old_hook_fields": True}) as emulator:
        yield emulator


def test_older_webhooks_are_a_matter_of_choice(chosen):
    import httpx

    tenant, url = chosen.tenancy.invite("bintu", "a test"), chosen.addresses("bintu").api
    shown = httpx.post(f"{url}/stream", headers=dict(tenant.headers)).json()
    hook = {"webhook": "http://127.0.0.1:9/"}
    httpx.put(f"{url}/organisation/webhook", headers=dict(tenant.headers), json=hook).raise_for_status()
    stream, rooms = _stream(chosen, shown), chosen.rooms["bintu"]
    viewing = Viewing(stream=stream.id, name="source/index.m3u8", protocol="http", peer="10.0.0.9")
    knock = Knock(protocol="rtmp", app="live", name=stream.key, peer="10.0.0.9:1")
    asked = [hooks.admit(knock, stream, rooms).delivery, hooks.ask_to_play(viewing, stream, rooms).delivery]
    told = list(hooks.on_left(ViewerLeft(viewing, seconds=3.0, size=700), rooms))

    assert ("type=live&tcurl=rtmp", "call=play&name=", "call=play_done") == (
        asked[0].body[asked[0].body.index("type=") :][:20],
        asked[1].body[:15],
        told[0].body[:14],
    )
    assert "bytes_out=700" in told[0].body


@pytest.mark.parametrize("call", ["publish", "update_publish", "publish_done"])
def test_every_hook_can_be_triggered_and_the_stream_stays_as_it_is(emulator, inbox, stream, control, call):
    before = _stream(emulator, stream)
    answer = control.post(f"/streams/{stream['id']}/trigger", json={"event": call})
    told = inbox.wait(call)
    exchange = Exchange(method="POST", path="/", status=200, request_headers=told.headers, request_body=told.content)

    assert (202, [], before) == (
        answer.status_code,
        check_webhook(promise("bintu"), exchange),
        _stream(emulator, stream),
    )


def test_a_hook_is_triggered_to_a_url_where_the_organisation_has_none(emulator, control):
    tenant = emulator.tenancy.invite("bintu", "without a webhook")
    made = control.post(f"{emulator.addresses('bintu').api}/stream", headers=dict(tenant.headers), json={})
    url = f"{emulator.ready()['control_url']}/inbox/pointed"
    answer = control.post(f"/streams/{made.json()['id']}/trigger", json={"event": "publish_done", "url": url})

    assert ([url], None) == (
        [one["url"] for one in answer.json()["deliveries"]],
        organisation_of(emulator.world, tenant.id).webhook,
    )


def test_a_hook_that_a_switch_keeps_back_is_not_triggered(inbox, stream, control):
    answer = control.post(f"/streams/{stream['id']}/trigger", json={"event": "play"})

    assert (409, True, []) == (
        answer.status_code,
        "a switch keeps this one back" in answer.json()["error"],
        inbox.arrived,
    )
