"""Chat: who hears what, in which order, and who keeps order."""

import time

import httpx
import pytest
from talk import RefusedError, Talk

from offair.emulator.emulator import Emulator

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise


def test_history_is_oldest_first_and_then_comes_what_is_live(api, enter, hear, live):
    for number in range(3):
        api.post(f"/streams/{live['id']}/chat", json={"content": str(number)}).raise_for_status()
    talk = enter(live["id"])
    talk.say(type="message", content="3")

    assert (["0", "1", "2"], "3") == ([m["content"] for m in talk.first[0]["data"]], hear(talk)["data"]["content"])


def test_what_is_said_over_rest_is_heard(api, enter, hear, live):
    talk = enter(live["id"])
    said = api.post(f"/streams/{live['id']}/chat", json={"content": "from afar"}).json()

    assert {"type": "message", "data": said} == hear(talk)


def test_the_web_clients_word_for_a_message_is_taken_too(enter, hear, live):
    talk = enter(live["id"])
    talk.say(type="chat_message", content="hello")

    assert "message" == hear(talk)["type"]


def test_viewers_are_counted_as_they_come_and_go(api, enter, live):
    ann = enter(live["id"])
    bob = enter(live["id"], token="other_token")
    counts = [ann.first[1]["data"]["count"], ann.hear()["data"]["count"], bob.first[1]["data"]["count"]]
    bob.close()
    counts.append(ann.hear()["data"]["count"])

    assert ([1, 2, 2, 1], 2) == (counts, api.get(f"/streams/id/{live['id']}").json()["peak_viewers"])


def test_viewers_are_counted_every_so_often():
    with Emulator({"ainative.count_seconds": 0.05}) as alone:
        tenant, url = alone.tenancy.invite("ainative"), alone.addresses("ainative").api
        made = httpx.post(f"{url}/streams/", json={"title": "x"}, headers=dict(tenant.headers)).json()
        path = f"/streams/{made['id']}/chat/ws?token={tenant.credentials['token']}"
        with Talk(url.replace("http", "ws", 1) + path) as talk:
            frames = [talk.hear()["type"] for _ in range(5)]

    assert ["history", *["viewer_count"] * 4] == frames


@pytest.mark.parametrize(
    "frame", ["nonsense", '{"type": "sing"}', "[]", '{"type": "message"}', '{"type": "message", "content": 5}']
)
def test_what_is_no_frame_is_told_to_its_sender_alone(enter, live, frame):
    ann, bob = enter(live["id"]), enter(live["id"], token="other_token")
    ann.hear()
    ann.send(frame)
    told = ann.hear()
    for talk in (ann, bob):
        talk.say(type="ping")

    assert ("error", True, [{"type": "pong"}] * 2) == (
        told["type"], isinstance(told["data"]["message"], str), [talk.hear() for talk in (ann, bob)],
    )  # fmt: skip


def test_html_is_carried_and_not_touched(enter, hear, live):
    talk = enter(live["id"])
    talk.say(type="message", content="<script>alert(1)</script>")

    assert "<script>alert(1)</script>" == hear(talk)["data"]["content"]


def test_an_unknown_stream_is_told_by_a_code(enter):
    assert 4004 == enter("00000000-0000-4000-8000-000000000000", frames=0).ended()


def test_a_stream_that_is_gone_sends_everybody_away(control, tenant, enter, live):
    talk = enter(live["id"])
    control.post("/reset", json={"tenant": tenant.id}).raise_for_status()

    assert 4004 == talk.ended()


def test_an_access_token_opens_the_chat_too(anybody, tenant, enter, live):
    asked = {"email": tenant.credentials["email"], "password": tenant.credentials["password"]}

    assert (
        "history"
        == enter(live["id"], token=anybody.post("/auth/login", json=asked).json()["access_token"]).first[0]["type"]
    )


def test_a_switch_refuses_the_handshake_instead():
    with Emulator({"ainative.unauthorized_close": 0}) as alone, pytest.raises(RefusedError) as refused:
        Talk(f"{alone.addresses('ainative').api.replace('http', 'ws', 1)}/streams/x/chat/ws")

    assert 401 == refused.value.status


def test_history_is_paged_by_its_cursor(api, live):
    path = f"/streams/{live['id']}/chat"
    for number in range(5):
        api.post(path, json={"content": str(number)}).raise_for_status()
    pages, before = [], None
    while not pages or before:
        shown = api.get(f"{path}/history", params={"limit": 2, **({"before": before} if before else {})}).json()
        pages.append([message["content"] for message in shown["messages"]])
        before = shown["next_cursor"]

    assert [["3", "4"], ["1", "2"], ["0"]] == pages


def test_history_is_paged_by_a_time(api, control, live):
    path = f"/streams/{live['id']}/chat"
    for number in range(3):
        api.post(path, json={"content": str(number)}).raise_for_status()
        control.post("/clock/advance", json={"seconds": 2})
    last = api.get(path).json()["messages"][-1]["created_at"]

    assert ["0", "1"] == [m["content"] for m in api.get(f"{path}/history", params={"before": last}).json()["messages"]]


def test_who_is_no_moderator_takes_nothing_away(api, other, live):
    message = api.post(f"/streams/{live['id']}/chat", json={"content": "mine"}).json()

    assert 403 == other.delete(f"/streams/{live['id']}/chat/{message['id']}").status_code


def test_a_moderator_takes_away_and_wears_a_badge(api, other, tenant, live):
    who, root = tenant.credentials["other_user_id"], f"/streams/{live['id']}"
    message = api.post(f"{root}/chat", json={"content": "mine"}).json()
    made = api.post(f"{root}/moderators", json={"user_id": who, "is_vip": True}).json()
    badges = [badge["type"] for badge in api.get(f"{root}/users/{who}/badges").json()]

    assert (who, ["moderator", "vip"], 204) == (
        made["user_id"], badges, other.delete(f"{root}/chat/{message['id']}").status_code,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["user_id", "id"])
def test_a_moderator_is_let_go_by_either_id(api, tenant, live, name):
    root = f"/streams/{live['id']}/moderators"
    made = api.post(root, json={"user_id": tenant.credentials["other_user_id"]}).json()
    gone = api.delete(f"{root}/{made[name]}").status_code

    assert (204, []) == (gone, api.get(root).json())


def test_only_the_streamer_appoints(other, tenant, live):
    body = {"user_id": tenant.credentials["other_user_id"]}

    assert 403 == other.post(f"/streams/{live['id']}/moderators", json=body).status_code


def test_a_chat_survives_a_restart(tmp_path):
    settings = {"state_dir": tmp_path}
    with Emulator(settings) as first:
        tenant, url = first.tenancy.house("ainative"), first.addresses("ainative").api
        made = httpx.post(f"{url}/streams/", json={"title": "x"}, headers=dict(tenant.headers)).json()
        httpx.post(f"{url}/streams/{made['id']}/chat", json={"content": "still here"}, headers=dict(tenant.headers))
    with Emulator(settings) as second:
        url = second.addresses("ainative").api.replace("http", "ws", 1)
        with Talk(f"{url}/streams/{made['id']}/chat/ws?token={tenant.credentials['token']}") as talk:
            history = talk.hear()

    assert ["still here"] == [message["content"] for message in history["data"]]


@pytest.mark.slow
def test_two_hundred_hear_at_once(enter, hear, live):
    """Ten messages, from the one who says it to the last who hears it."""
    talks = [enter(live["id"], frames=1) for _ in range(200)]
    took = []
    for number in range(10):
        began = time.monotonic()
        talks[0].say(type="message", content=str(number))
        heard = {hear(talk)["data"]["content"] for talk in talks}
        took.append(time.monotonic() - began)

        assert {str(number)} == heard
    assert max(took) < AT_ONCE, took
