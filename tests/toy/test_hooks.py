"""What the toy calls: news in forms and in signed JSON, and questions that it waits for."""

import hashlib
import hmac

import pytest

from offair.contracts.checks.webhook import check_webhook
from offair.contracts.exchange import Exchange
from offair.emulator.core.events import ViewerLeft
from offair.emulator.core.recordings import RecordingState
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.viewing import Viewing

FORM = "application/x-www-form-urlencoded"


def _state(api, room):
    return api.get(f"/rooms/{room['room']}").json()["state"]


def _simulate(control, room, to):
    return control.post(f"/streams/{room['room']}/simulate", json={"to": to})


def test_what_comes_keeps_the_promise(everybody, inbox, make_room, simulate):
    simulate(make_room(), "live", "ended")
    inbox.wait("ended")
    inbox.wait("moved", 4)
    promise = everybody[-1].promise
    broken = [
        violation
        for one in inbox.arrived
        for violation in check_webhook(
            promise,
            Exchange(method="POST", path="/hooks", status=200, request_headers=one.headers, request_body=one.content),
        )
    ]

    assert [] == broken


def test_news_in_a_form_has_no_signature(inbox, make_room, simulate):
    room = make_room()
    simulate(room, "live")
    began = inbox.wait("began")

    assert (FORM, {"call": "began", "room": room["room"]}, False) == (
        began.headers["Content-Type"],
        began.body,
        "X-Toy-Signature" in began.headers,
    )


def test_news_in_json_is_signed_over_its_bytes(inbox, make_room, simulate, tenant):
    simulate(make_room(), "live")
    moved = inbox.wait("moved")
    digest = hmac.new(tenant.credentials["token"].encode(), moved.content, hashlib.sha256).hexdigest()

    assert f"sha256={digest}" == moved.headers["X-Toy-Signature"]


def test_news_in_a_form_is_told_once_whatever_comes_of_it(inbox, make_room, simulate, control, tenant, until):
    inbox.answers["began"], room = (500, ""), make_room()
    simulate(room, "live")
    until("began to ", kind="hook", stream=room["room"])
    (told,) = [one for one in _deliveries(control, tenant) if one["event"] == "began"]

    assert ("given_up", 1) == (told["state"], len(told["attempts"]))


def test_news_in_json_is_told_again(emulator, inbox, make_room, simulate, control):
    inbox.answers["moved"], room = (500, ""), make_room()
    control.put("/clock", json={"rate": 0})
    simulate(room, "live", "ended")
    told = {"kind": "hook", "stream": room["room"], "text": "moved to "}
    assert emulator.journal.wait_for(
        lambda _entry: len(emulator.journal.entries(told)) == 4, emulator.clock.deadline(30)
    )
    emulator.clock.advance(1.0)
    inbox.wait("moved", 8)
    emulator.clock.reset()
    told = [one.content for one in inbox.all("moved")]

    assert sorted(told[:4]) == sorted(told[4:8])


def _deliveries(control, tenant):
    return control.get("/deliveries", params={"tenant": tenant.id}).json()["deliveries"]


def test_who_may_come_in_is_asked_with_what_the_encoder_said(inbox, make_room, simulate, api):
    room = make_room()
    simulate(room, "live")

    assert ({"call": "asks", "room": room["room"], "peer": "a simulation"}, "on") == (
        inbox.wait("asks").body,
        _state(api, room),
    )


def test_who_is_denied_is_told_the_houses_own_words(inbox, make_room, control, api):
    room = make_room()
    inbox.answers["asks"] = (403, "not tonight")
    refused = _simulate(control, room, "live")

    assert (409, "the encoder would be refused: not tonight", "waiting") == (
        refused.status_code,
        refused.json()["error"],
        _state(api, room),
    )


def test_no_answer_in_time_is_a_no_that_holds_nobody_else_up(inbox, make_room, control, api):
    inbox.answers["asks"] = None
    refused = _simulate(control, make_room(), "live")

    assert (409, True) == (refused.status_code, "the house says no (TimeoutError" in refused.json()["error"])


def test_a_house_that_is_away_says_no(api, make_room, control):
    api.put("/hook", json={"url": "http://127.0.0.1:9/"})
    refused = _simulate(control, make_room(), "live")

    assert (409, True) == (refused.status_code, "ConnectionRefusedError" in refused.json()["error"])


def test_a_question_is_journalled_with_its_answer(inbox, make_room, control, until, tenant):
    room = make_room()
    inbox.answers["asks"] = (403, "not tonight")
    _simulate(control, room, "live")
    entry = until("(not tonight)", kind="hook", stream=room["room"])

    assert ("refused", 403, tenant.id) == (entry.details["state"], entry.details["status"], entry.tenant)


def test_nobody_is_asked_about_a_room_that_is_locked(inbox, api, make_room, control):
    room = make_room()
    api.put(f"/rooms/{room['room']}/door", data={"open": "false", "why": "cleaning"})
    refused = _simulate(control, room, "live")

    assert ("the encoder would be refused: cleaning", []) == (refused.json()["error"], inbox.arrived)


def test_a_room_that_is_open_again_takes_an_encoder(api, make_room, simulate):
    room = make_room()
    for is_open in ("false", "true"):
        api.put(f"/rooms/{room['room']}/door", data={"open": is_open})
    simulate(room, "live")

    assert "on" == _state(api, room)


def test_a_broadcast_is_asked_about_every_so_often(emulator, inbox, make_room, simulate):
    emulator.clock.freeze()
    simulate(make_room(), "live")
    emulator.clock.advance(30.0)
    first = inbox.wait("beats").body
    emulator.clock.advance(30.0)
    second = inbox.wait("beats", 2).body
    emulator.clock.reset()

    assert ([30.0, 60.0], {"call", "room", "seconds"}) == (
        [float(body["seconds"]) for body in (first, second)],
        set(first),
    )


def test_a_beat_may_end_a_broadcast(emulator, inbox, make_room, simulate, api, until):
    room = make_room()
    simulate(room, "live")
    inbox.answers["beats"] = (403, "enough")
    emulator.clock.advance(30.0)
    until("to ended", stream=room["room"])
    emulator.clock.reset()

    assert "over" == _state(api, room)


def test_what_a_broadcast_came_to_is_told_and_kept(emulator, inbox, make_room, simulate, api):
    room = make_room()
    simulate(room, "live")
    emulator.clock.advance(12.0)
    simulate(room, "ended")
    ended = inbox.wait("ended").body
    emulator.clock.reset()
    line = api.get("/shows.csv").text.splitlines()[1].split(",")

    assert (12, "0", room["room"], "12") == (round(float(ended["seconds"])), ended["size"], line[0], line[2])


def test_the_houses_own_names_of_states_are_told(inbox, make_room, simulate):
    simulate(make_room(), "live", "lost", "back", "ended")
    inbox.wait("moved", 6)

    assert ["waiting", "on", "on", "on", "over", "over"] == [one.body["state"] for one in inbox.all("moved")]


def test_an_encoder_that_stays_away_ends_a_broadcast_for_good(api, make_room, simulate, until, control):
    room = make_room()
    simulate(room, "live", "lost")
    until("stopping to ended", stream=room["room"])

    assert ("over", 409) == (_state(api, room), _simulate(control, room, "live").status_code)


def test_media_that_fails_leaves_a_room_broken(api, make_room, simulate):
    room = make_room()
    simulate(room, "live", "error")

    assert "broken" == _state(api, room)


@pytest.mark.parametrize("targets", [(), ("live",), ("live", "lost")])
def test_a_host_may_end_a_room_whatever_it_does(api, make_room, simulate, until, targets):
    room = make_room()
    simulate(room, *targets)
    ended = api.put(f"/rooms/{room['room']}/end").status_code
    until("to ended", stream=room["room"])

    assert (200, "over", 409) == (ended, _state(api, room), api.put(f"/rooms/{room['room']}/end").status_code)


def test_a_room_that_is_removed_on_air_leaves_nothing_behind(api, make_room, simulate, control):
    room = make_room()
    simulate(room, "live")
    api.delete(f"/rooms/{room['room']}")
    state = control.get("/state").json()

    assert ([], 404) == (
        [one for one in state["publications"] if one["stream"] == room["room"]],
        api.get(f"/rooms/{room['room']}").status_code,
    )


def test_a_recording_that_can_be_seen_is_told(emulator, inbox, make_room):
    room = make_room()
    stream = emulator.world.get(STREAMS, room["room"])
    recording = emulator.archive.begin(stream, "a-broadcast")
    emulator.archive.move(recording.id, RecordingState.READY, seconds=4.0)

    assert {"call": "kept", "room": room["room"], "seconds": 4.0} == inbox.wait("kept").body


def test_a_viewer_who_came_and_went_is_told(emulator, inbox, make_room):
    room, now = make_room(), emulator.audience
    viewing = Viewing(stream=room["room"], name="master.m3u8", protocol="http", peer="192.0.2.7")
    now.begin(room["room"], 1.0)
    now.saw(room["room"], "a player", viewing=viewing, size=100)
    now.saw(room["room"], "a player", viewing=viewing, size=20)
    now.left(room["room"], "a player")

    assert ("192.0.2.7", "120") == (inbox.wait("came").body["peer"], inbox.wait("went").body["size"])


def test_nothing_is_told_of_a_room_that_is_gone(emulator, make_room, inbox, api):
    room = make_room()
    api.delete(f"/rooms/{room['room']}")
    viewing = Viewing(stream=room["room"], name="master.m3u8", protocol="http", peer=None)
    emulator.audience._tell(ViewerLeft(viewing, 1.0, 1))

    assert [] == inbox.all("went")


@pytest.mark.parametrize("event", ["moved", "began", "ended", "kept", "came", "went", "asks", "beats"])
def test_every_hook_can_be_triggered_and_leaves_nothing_else_behind(everybody, inbox, make_room, control, api, event):
    room = make_room()
    answer = control.post(f"/streams/{room['room']}/trigger", json={"event": event})
    told = inbox.wait(event)
    exchange = Exchange(
        method="POST", path="/hooks", status=200, request_headers=told.headers, request_body=told.content
    )

    assert (202, [event], [], "waiting", False) == (
        answer.status_code,
        [one["event"] for one in answer.json()["deliveries"]],
        check_webhook(everybody[-1].promise, exchange),
        _state(api, room),
        room["room"] in api.get("/shows.csv").text,
    )


def test_what_a_triggered_question_is_answered_has_no_effect(inbox, make_room, control, simulate, api, until):
    room = make_room()
    simulate(room, "live")
    inbox.answers["beats"] = (403, "go home")
    control.post(f"/streams/{room['room']}/trigger", json={"event": "beats"})
    until("beats to ", kind="hook", stream=room["room"])

    assert "on" == _state(api, room)
