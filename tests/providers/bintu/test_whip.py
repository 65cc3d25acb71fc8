"""Publishing to Bintu's streams from a browser: by a stream's name and the RTMP address that an encoder would take."""

import httpx
import pytest
import webrtc

from offair.emulator.media.ingest.whip.dtls import make_identity

LIVE = "rtmp://bintu-stream.nanocosmos.de:1935/live"
PAGE = {"Origin": "https://page.example"}


@pytest.fixture(scope="module", name="sdp")
def _sdp():
    return webrtc.offer(make_identity())


@pytest.fixture(name="offer")
def _offer(emulator):
    """Offer something to a name, as the vendor's own web client does; what is let in ends with the test."""
    opened = []
    url = f"{emulator.addresses('bintu').services['whip']}/p/webrtc"

    def offer(name, content, *, address=LIVE, media_type="text/plain", **query):
        asked = {"stream_name": name, "stream_url": address, **query}
        answer = httpx.post(url, params=asked, content=content, headers={"Content-Type": media_type, **PAGE})
        opened.append(answer.headers.get("Location"))
        return answer

    yield offer
    for location in filter(None, opened):
        httpx.delete(location)


def name_of(stream):
    return stream["ingest"]["rtmp"]["streamname"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/sdp"])
def test_an_offer_is_answered_whatever_it_calls_itself(offer, stream, sdp, media_type):
    answer = offer(name_of(stream), sdp, media_type=media_type, audio_bitrate=64_000)

    assert (201, "application/sdp", "v=0") == (answer.status_code, answer.headers["Content-Type"], answer.text[:3])


def test_a_page_may_read_the_whole_url_that_ends_it(offer, stream, sdp, emulator):
    headers = offer(name_of(stream), sdp).headers

    assert headers["Location"].startswith(f"{emulator.addresses('bintu').services['whip']}/p/webrtc/")
    assert ("*", "Location") == (headers["Access-Control-Allow-Origin"], headers["Access-Control-Expose-Headers"])


def test_it_ends_once(offer, stream, sdp):
    location = offer(name_of(stream), sdp).headers["Location"]

    assert [200, 404] == [httpx.delete(location, headers={"Content-Type": "text/plain"}).status_code for _ in range(2)]


def test_two_publishers_are_one_too_many(offer, stream, sdp):
    assert [201, 409] == [offer(name_of(stream), sdp).status_code for _ in range(2)]


@pytest.mark.parametrize(
    ("name", "address", "status"),
    [
        ("nobody-knows", LIVE, 404),
        (None, LIVE.replace("live", "elsewhere"), 404),
        (None, LIVE.replace("live", "rec"), 201),
    ],
)
def test_the_name_and_the_application_lead_to_a_stream(offer, stream, sdp, name, address, status):
    assert status == offer(name or name_of(stream), sdp, address=address).status_code


@pytest.mark.parametrize(("content", "status"), [("hello", 400), ("v=0\r\ns=-\r\n", 422)])
def test_what_is_no_offer_is_refused_in_words(offer, stream, content, status):
    answer = offer(name_of(stream), content)

    assert (status, ["error"]) == (answer.status_code, list(answer.json()))


def test_the_organisations_server_is_asked_first(offer, stream, sdp, inbox):
    inbox.answers["publish"] = (403, "no")
    answer = offer(f"{name_of(stream)}?who=me", sdp)

    assert (403, "me") == (answer.status_code, inbox.arrived[0].body["who"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH"])
def test_what_neither_url_knows_is_said_with_what_it_does(offer, stream, sdp, method):
    """A session that takes no candidates afterwards says so (RFC 9725, 4.3)."""
    session = httpx.URL(offer(name_of(stream), sdp).headers["Location"])
    answers = [httpx.request(method, url) for url in (str(session).rpartition("/")[0], session)]

    assert [(405, "POST"), (405, "DELETE")] == [(one.status_code, one.headers["Allow"]) for one in answers]


def test_a_preflight_says_what_may_be_posted(emulator):
    url = f"{emulator.addresses('bintu').services['whip']}/p/webrtc"
    answer = httpx.options(url, headers={**PAGE, "Access-Control-Request-Method": "POST"})

    assert (204, "application/sdp, text/plain") == (answer.status_code, answer.headers["Accept-Post"])


def test_an_empty_offer_is_told_what_to_send(offer, stream):
    assert "send application/sdp" in offer(name_of(stream), b"").json()["error"]


def _say(location, body):
    return httpx.post(f"{location}/metadata", json=body).status_code


def test_something_may_be_said_in_what_is_published(offer, stream, sdp):
    location = offer(name_of(stream), sdp).headers["Location"]

    assert [200, 200] == [_say(location, {"handlerName": name, "payload": {"a": [1, {"b": None}]}})
                          for name in ("onMetaData", "onCuePoint")]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        {"handlerName": "onTextData", "payload": {}},
        {"handlerName": "onMetaData"},
        {"handlerName": "onMetaData", "payload": "text"},
        {"handlerName": "onMetaData", "payload": {"a": {"b": {"c": {"d": {"e": {"f": {}}}}}}}},
        {"handlerName": "onMetaData", "payload": {"long": "x" * 65_536}},
        {"handlerName": "onMetaData", "payload": {"large": 10**400}},
    ],
    ids=["another-name", "nothing", "no-object", "too-deep", "too-long", "too-large"],
)
def test_what_a_stream_cannot_say_is_refused(offer, stream, sdp, body):
    assert 400 == _say(offer(name_of(stream), sdp).headers["Location"], body)


def test_nothing_is_said_where_nobody_publishes(emulator):
    url = f"{emulator.addresses('bintu').services['whip']}/p/webrtc/{'0' * 32}"

    assert 404 == _say(url, {"handlerName": "onMetaData", "payload": {}})


def test_the_server_says_its_version(emulator):
    answer = httpx.get(f"{emulator.addresses('bintu').services['whip']}/p/webrtc/status.json")

    assert (200, "server_version") == (answer.status_code, *answer.json())


@pytest.fixture(name="show_token")
def _show_token(emulator, tenant, sdp):
    """Offer something with nothing in the query but what is given, and a webcaster token for a name."""
    services = emulator.addresses("bintu").services

    def show_token(name, spoil="", **query):
        wish = {"streamname": name, "ingesturl": LIVE}
        made = httpx.post(f"{services['webcaster']}/webcaster", json=wish, headers=tenant.headers).json()
        headers = {"Authorization": f"Bearer {made['data']['token']}{spoil}", "Content-Type": "text/plain"}
        return httpx.post(f"{services['whip']}/p/webrtc", params=query, content=sdp, headers=headers)

    return show_token


def test_a_webcaster_token_says_where_to(show_token, stream):
    answer = show_token(name_of(stream), stream_url="rtmp://elsewhere/nowhere")
    httpx.delete(answer.headers["Location"])

    assert 201 == answer.status_code


def test_a_token_that_was_tampered_with_opens_nothing(show_token, stream):
    assert 401 == show_token(name_of(stream), spoil="x", stream_name=name_of(stream), stream_url=LIVE).status_code


def test_an_offer_that_says_nowhere_is_told_what_it_lacks(emulator, sdp):
    url = f"{emulator.addresses('bintu').services['whip']}/p/webrtc"
    answer = httpx.post(url, params={"stream_name": "A-B"}, content=sdp, headers={"Content-Type": "text/plain"})

    assert (400, True) == (answer.status_code, "stream_url" in answer.json()["error"])
