"""WHIP over HTTP (RFC 9725): what an offer is answered with, where it ends, and how it is refused."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import webrtc

from offair.emulator.media.ingest.whip.dtls import make_identity

SDP = {"Content-Type": "application/sdp"}
PAGE = {"Origin": "https://page.example"}


@pytest.fixture(scope="module", name="identity")
def _identity():
    return make_identity()


@pytest.fixture(name="publish")
def _publish(api, anybody):
    """Offer something to a room; what is let in ends with the test."""
    opened = []

    def publish(room, content, headers=SDP):
        answer = api.post(f"/rooms/{room['room']}/whip", content=content, headers=headers)
        opened.append(answer.headers.get("Location"))
        return answer

    yield publish
    for location in filter(None, opened):
        anybody.delete(location)


@pytest.mark.parametrize("media_type", ["application/sdp", "text/plain", "text/plain;charset=UTF-8"])
def test_an_offer_is_answered_whatever_it_calls_itself(publish, make_room, identity, media_type):
    answer = publish(make_room(), webrtc.offer(identity), {"Content-Type": media_type})

    assert (201, "application/sdp", "v=0\r\n") == (answer.status_code, answer.headers["Content-Type"], answer.text[:5])


def test_the_session_has_a_whole_url_that_a_page_may_read(publish, make_room, identity, emulator):
    answer = publish(make_room(), webrtc.offer(identity), {**SDP, **PAGE})

    assert answer.headers["Location"].startswith(f"{emulator.addresses('toy').api}/rooms/")
    assert ("*", "*") == tuple(answer.headers[f"Access-Control-{name}"] for name in ("Allow-Origin", "Expose-Headers"))


def test_the_session_is_ended_once_by_whoever_knows_its_url(publish, make_room, identity, anybody):
    location = publish(make_room(), webrtc.offer(identity)).headers["Location"]
    answers = [anybody.delete(location, headers={"Content-Type": "text/plain"}).status_code for _ in range(2)]

    assert [200, 404] == answers


def test_a_page_may_ask_whether_it_may_end_it(publish, make_room, identity, anybody):
    location = publish(make_room(), webrtc.offer(identity)).headers["Location"]
    asked = {**PAGE, "Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "content-type"}
    answer = anybody.options(location, headers=asked)

    assert (204, "DELETE") == (answer.status_code, answer.headers["Access-Control-Allow-Methods"])


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "application/sdp", 400),
        (b"hello", "application/sdp", 400),
        (b"\xff\xfe", "application/sdp", 400),
        (b'{"sdp": "v=0"}', "text/plain", 400),
        (b"v=0\r\n", "application/json", 415),
        (b"v=0\r\ns=-\r\n", "application/sdp", 422),
        (b"v=0\r\n" + b"s=-\r\n" * 100_000, "application/sdp", 413),
    ],
)
def test_what_is_no_offer_is_refused(publish, make_room, content, media_type, status):
    answer = publish(make_room(), content, {"Content-Type": media_type})

    assert (status, ["detail"] if status == 422 else ["oops"]) == (answer.status_code, list(answer.json()))


def test_an_offer_of_vp8_alone_is_refused_in_words(publish, make_room, identity):
    (told,) = publish(make_room(), webrtc.offer(identity, codec="VP8")).json()["detail"]

    assert "the video track must be H.264 or VP9, and offers VP8" == told["msg"]


def test_a_locked_room_says_why_before_anything_is_set_up(publish, make_room, identity, api):
    room = make_room()
    api.put(f"/rooms/{room['room']}/door", data={"open": "false", "why": "we are cleaning"})
    answer = publish(room, webrtc.offer(identity))

    assert (409, {"oops": "we are cleaning"}) == (answer.status_code, answer.json())


def test_a_second_publisher_is_refused(publish, make_room, identity):
    room = make_room()
    publish(room, webrtc.offer(identity))
    answer = publish(room, webrtc.offer(identity))

    assert (409, True) == (answer.status_code, "in use" in answer.json()["oops"])


def test_nobody_publishes_to_a_room_of_others(anybody, make_room, identity):
    path = f"/rooms/{make_room()['room']}/whip"
    strangers = anybody.post(path, content=webrtc.offer(identity), headers=SDP)

    assert 401 == strangers.status_code


def test_who_is_asked_about_at_the_door_holds_up_nobody_else(publish, make_room, identity, api, inbox):
    inbox.answers["asks"] = None  # never
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(publish, make_room(), webrtc.offer(identity))
        inbox.wait("asks")
        others = [api.get("/rooms/").status_code, api.post("/rooms/", json={"title": "meanwhile"}).status_code]
        is_waiting = not waiting.done()
        answer = waiting.result(30)

    assert ([200, 201], True, 409) == (others, is_waiting, answer.status_code)


def test_what_the_house_says_of_a_publisher_is_its_answer(publish, make_room, identity, inbox):
    inbox.answers["asks"] = (403, "")
    answer = publish(make_room(), webrtc.offer(identity))

    assert (409, True) == (answer.status_code, "403" in answer.json()["oops"])


def test_a_publisher_is_in_the_journal(publish, make_room, identity, emulator):
    room = make_room()
    publish(room, webrtc.offer(identity))
    knocks = emulator.journal.entries({"kind": "publication", "stream": room["room"]})

    assert ["whip"] == [entry.details["protocol"] for entry in knocks if "protocol" in entry.details]


def test_the_ready_line_says_where_media_comes_to(emulator):
    url = httpx.URL(emulator.ready()["whip_media_url"])

    assert ("udp", emulator.media.edge.whip_port) == (url.scheme, url.port)
