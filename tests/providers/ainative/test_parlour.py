"""A chat as the control surface shows it, and takes part in it."""

import pytest

from offair.emulator.providers.ainative.nouns.people import PEOPLE


@pytest.fixture(name="room")
def _room(control, stream):
    return lambda: control.get(f"/chat/{stream['id']}").json()


def test_every_stream_has_a_room(control, stream, tenant):
    (found,) = [one for one in control.get("/chat").json()["rooms"] if one["id"] == stream["id"]]

    assert ("ainative", tenant.id, stream["title"], 0, stream["id"]) == (
        found["cloud"], found["tenant"], found["title"], found["present"], found["stream"],
    )  # fmt: skip


def test_what_was_said_over_the_clouds_own_call_is_read(api, stream, room):
    api.post(f"/streams/{stream['id']}/chat", json={"content": "hello <b>"}).raise_for_status()

    assert ["hello <b>"] == [line["text"] for line in room()["said"]]


def test_what_is_said_as_somebody_is_heard_by_everybody(control, live, enter, hear):
    talk = enter(live["id"])
    first = control.get(f"/chat/{live['id']}").json()["people"][0]
    answer = control.post(f"/chat/{live['id']}", json={"as": first["id"], "text": "from outside"})

    assert (201, first["name"], "from outside") == (
        answer.status_code, answer.json()["name"], hear(talk)["data"]["content"],
    )  # fmt: skip


def test_who_is_in_a_room_is_counted(control, live, enter):
    enter(live["id"])

    assert 1 == control.get(f"/chat/{live['id']}").json()["present"]


def test_nobody_speaks_as_a_stranger(control, stream, room, emulator):
    other = emulator.tenancy.invite("ainative", "another")
    theirs = next(one.id for one in emulator.world.find(PEOPLE, tenant=other.id))
    answers = [control.post(f"/chat/{stream['id']}", json={"as": who, "text": "x"}) for who in ("nobody", theirs)]

    assert ([404, 404], []) == ([answer.status_code for answer in answers], room()["said"])


def test_a_room_that_is_not_there_is_told(control):
    answer = control.get("/chat/nowhere")

    assert (404, True) == (answer.status_code, "no chat room nowhere" in answer.json()["error"])
