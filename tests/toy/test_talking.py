"""People talk in a room of the toy: frames each way, judged, journalled, spoilt, and refused in the toy's words."""

import json
from contextlib import ExitStack

import httpx
import pytest
from talk import RefusedError, Talk

from offair.contracts.traffic import check_traffic, read_traffic

NOBODY = "6b0f2e8e-0d8e-4d0c-9c39-6a3c1d9a4f11"


@pytest.fixture(name="ticket")
def _ticket(control, tenant):
    return control.post("/tokens", json={"cloud": "toy", "tenant": tenant.id}).json()["token"]


@pytest.fixture(name="enter")
def _enter(emulator, ticket):
    """Go into a room, and be told that one has come."""
    with ExitStack() as leaving:

        def enter(room, *, ticket=ticket):
            talk = leaving.enter_context(Talk(_url(emulator, room, ticket)))
            talk.hear()
            return talk

        yield enter


def _url(emulator, room, ticket, prefix="v0"):
    root = f"ws{emulator.http_url.removeprefix('http')}/toy/{prefix}"
    room = room if isinstance(room, str) else room["room"]
    return f"{root}/rooms/{room}/chat" + ("" if ticket is None else f"?ticket={ticket}")


def _fault(control, tenant, operation, **fault):
    control.post("/faults", json={"tenant": tenant.id, "operation": operation, **fault}).raise_for_status()


def test_what_one_says_all_hear(enter, make_room):
    room = make_room()
    ann, bob = enter(room), enter(room)
    came = ann.hear()
    bob.say(kind="say", text="hello")
    heard = [talk.hear() for talk in (ann, bob)]

    assert ({"kind": "came", "who": "a test"}, "hello", heard[0]) == (came, heard[0]["text"], heard[1])


def test_all_hear_the_same_order(enter, make_room):
    room = make_room()
    talks = [enter(room) for _ in range(3)]
    for place, talk in enumerate(talks):
        for _ in range(len(talks) - 1 - place):
            talk.hear()
    for number in range(10):
        talks[number % 3].say(kind="say", text=str(number))
    heard = [[talk.hear()["text"] for _ in range(10)] for talk in talks]

    assert (heard[0], heard[0]) == (heard[1], heard[2])


def test_nobody_hears_another_room(enter, make_room):
    here, there = enter(make_room()), enter(make_room())
    there.say(kind="say", text="over there")
    here.say(kind="say", text="here")

    assert "here" == here.hear()["text"]


def test_who_goes_is_told_to_the_others(enter, make_room):
    room = make_room()
    ann, bob = enter(room), enter(room)
    ann.hear()
    bob.close()

    assert ({"kind": "went", "who": "a test"}, 1000) == (ann.hear(), bob.ended())


def test_a_user_talks_under_their_own_name(enter, make_room, make_user):
    _, headers = make_user("guest", "Bob")
    room = make_room()
    ann, _bob = enter(room), enter(room, ticket=headers["Authorization"][7:])

    assert "Bob" == ann.hear()["who"]


def test_a_binary_frame_goes_to_everybody(enter, make_room):
    talk = enter(make_room())
    talk.send(b"\x00\x01")

    assert b"\x00\x01" == talk.hear()


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        ("nonsense", "must be JSON: "),
        ('{"kind": "sing"}', "must say with 'kind' which frame it is"),
        ("[]", "must say with 'kind'"),
        ('{"kind": "say"}', "is missing"),
        ('{"kind": "say", "text": 5}', "must be a string"),
        ("", "must be JSON"),
        (json.dumps({"kind": "say", "text": "x" * 81}), "must be at most 80"),
        ('{"kind": "said", "text": "x"}', "must say"),
    ],
)
def test_what_is_no_frame_is_told_to_its_sender_alone(enter, make_room, frame, why):
    talk = enter(make_room())
    talk.send(frame)
    heard = talk.hear()

    assert ("oops", why) == (heard["kind"], heard["why"][: len(why)])


@pytest.mark.parametrize(
    ("room", "given", "status", "member"),
    [
        (NOBODY, "good", 404, "oops"),
        ("abc", "good", 422, "detail"),
        (None, "x.y.z", 401, "oops"),
        (None, None, 401, "oops"),
        (None, "", 401, "oops"),
    ],
)
def test_a_handshake_is_refused_in_the_toys_own_words(emulator, make_room, ticket, room, given, status, member):
    with pytest.raises(RefusedError) as refused:
        Talk(_url(emulator, room or make_room(), ticket if given == "good" else given))

    assert (status, [member]) == (refused.value.status, list(json.loads(refused.value.body)))


def test_a_socket_is_open_to_its_own_kind_of_credential_alone(emulator, make_room, tenant):
    with pytest.raises(RefusedError) as refused:
        Talk(_url(emulator, make_room(), None), headers=tenant.headers)

    assert 403 == refused.value.status


def test_a_socket_is_no_page(emulator, make_room, ticket):
    answer = httpx.get(_url(emulator, make_room(), ticket).replace("ws", "http", 1))

    assert (404, ["oops"]) == (answer.status_code, list(answer.json()))


@pytest.mark.parametrize("path", ["/moods", "/rooms/", "/stairs"])
def test_a_page_is_no_socket(emulator, path):
    with pytest.raises(RefusedError) as refused:
        Talk(f"ws{emulator.http_url.removeprefix('http')}/toy/v0{path}")

    assert (404, ["oops"]) == (refused.value.status, list(json.loads(refused.value.body)))


def test_a_handshake_that_is_none_is_refused(emulator, make_room, ticket):
    url = _url(emulator, make_room(), ticket).replace("ws", "http", 1)
    answer = httpx.get(url, headers={"Upgrade": "websocket", "Connection": "Upgrade"})

    assert (400, {"oops": "this is no WebSocket handshake (RFC 6455, 4.2.1)"}) == (answer.status_code, answer.json())


def test_a_socket_is_below_every_prefix(emulator, make_room, ticket):
    with Talk(_url(emulator, make_room(), ticket, prefix="latest")) as talk:
        assert "came" == talk.hear()["kind"]


def test_a_room_that_is_removed_sends_everybody_away(api, enter, make_room):
    room = make_room()
    talk = enter(room)
    api.delete(f"/rooms/{room['room']}")

    assert 4404 == talk.ended()


def test_a_reset_sends_everybody_away(control, tenant, enter, make_room, simulate):
    room = make_room()
    talk = enter(room)
    simulate(room, "live")
    control.post("/reset", json={"tenant": tenant.id})
    running = [row for row in control.get("/state").json()["publications"] if row["stream"] == room["room"]]

    assert (4404, []) == (talk.ended(), running)


def test_every_frame_is_in_the_journal_once(emulator, enter, make_room, until):
    room = make_room()
    ann, bob = enter(room), enter(room)
    ann.hear()
    bob.say(kind="say", text="once")
    for talk in (ann, bob):
        talk.hear()
    frames = [e for e in emulator.journal.entries({"kind": "frame", "stream": room["room"]}) if "said" in e.summary]

    assert [("server", "once")] == [(entry.details["sender"], entry.details["body"]["text"]) for entry in frames]


@pytest.mark.parametrize("path", ["/journal", "/journal.har"])
def test_what_was_said_is_judged_wherever_the_journal_is_read(control, emulator, enter, make_room, tmp_path, path):
    room = make_room()
    ann = enter(room)
    ann.say(kind="sing", text="la")
    ann.say(kind="say", text="hello")
    while ann.hear()["kind"] != "said":
        pass
    written = tmp_path / "journal.json"
    written.write_text(control.get(path, params={"stream": room["room"]}).text)
    (talk,) = [one for one in read_traffic(written) if one.is_socket]
    report = check_traffic(emulator.providers["toy"].promise, [talk])

    assert ["sing", "say"] == [json.loads(text)["kind"] for side, text in talk.frames if side == "from_client"]
    assert ["requests/documented-frames"] == [one.rule.name for one in report.errors]


def test_the_handshake_and_the_goodbye_are_in_the_journal(emulator, enter, make_room, until, ticket):
    room = make_room()
    enter(room).close(1000)
    until("chat: closed by the client with 1000", kind="frame", stream=room["room"])
    shaken = until("/chat 101", kind="request", stream=room["room"])

    assert False is (ticket in str(shaken))


def test_a_frame_may_be_lost_with_the_connection(control, tenant, enter, make_room):
    talk = enter(make_room())
    _fault(control, tenant, "chat.said", kind="drop", remaining=1)
    talk.say(kind="say", text="hello")

    assert 1006 == talk.ended()


def test_a_frame_may_arrive_late_and_in_order(control, tenant, enter, make_room):
    talk = enter(make_room())
    _fault(control, tenant, "chat.said", kind="delay", seconds=0.1, remaining=1)
    talk.say(kind="say", text="late")
    talk.say(kind="say", text="later")

    assert ["late", "later"] == [talk.hear()["text"] for _ in range(2)]


def test_a_frame_may_be_rubbish(control, tenant, enter, make_room):
    talk = enter(make_room())
    _fault(control, tenant, "chat.*", kind="garbage", remaining=1)
    talk.say(kind="say", text="hello")

    assert b"\x00\xff" == talk.hear()[:2]


def test_half_of_a_frame_may_arrive(control, tenant, enter, make_room):
    talk = enter(make_room())
    _fault(control, tenant, "chat.said", kind="truncate", remaining=1)
    talk.say(kind="say", text="hello")

    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        talk.hear()


def test_a_handshake_may_go_wrong(control, tenant, emulator, make_room, ticket):
    room = make_room()
    _fault(control, tenant, "chat", kind="status", status=503, remaining=1)
    with pytest.raises(RefusedError) as refused:
        Talk(_url(emulator, room, ticket))

    assert 503 == refused.value.status


def test_a_conversation_ends_with_the_emulator(everybody):
    from offair.emulator.emulator import Emulator
    from offair.emulator.settings import Settings

    with Emulator(Settings(port=0, rtmp_port=0), everybody[-1:]) as alone:
        house, rooms = alone.tenancy.invite("toy"), alone.rooms["toy"]
        made = httpx.post(f"{rooms.addresses.api}/rooms/", json={"title": "x"}, headers=dict(house.headers)).json()
        token = alone.providers["toy"].mint(alone.world, house, 60, rooms.switches)
        talk = Talk(_url(alone, made, token))
        talk.hear()
    with talk:
        assert 1001 == talk.ended()
