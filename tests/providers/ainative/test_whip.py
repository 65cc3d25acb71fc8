"""Publishing by WHIP: what the web client's proxy sends and expects, and how the media layer says no."""

import httpx
import pytest
import webrtc

from offair.emulator.media.ingest.whip.dtls import make_identity

SDP = {"Content-Type": "application/sdp"}


@pytest.fixture(scope="module", name="identity")
def _identity():
    return make_identity()


@pytest.fixture(name="publish")
def _publish(anybody):
    """Offer something to a stream; what is let in ends with the test."""
    opened = []

    def publish(stream, content, headers=SDP):
        answer = anybody.post(stream["ingest"]["webrtc_url"], content=content, headers=headers)
        opened.append(answer.headers.get("Location"))
        return answer

    yield publish
    for location in filter(None, opened):
        anybody.delete(location)


@pytest.mark.parametrize("media_type", ["application/sdp", "text/plain"])
def test_an_offer_is_answered_whatever_it_calls_itself(publish, stream, identity, media_type):
    answer = publish(stream, webrtc.offer(identity), {"Content-Type": media_type})

    assert (201, "application/sdp", "v=0\r\n") == (answer.status_code, answer.headers["Content-Type"], answer.text[:5])


def test_the_session_has_a_whole_url_that_the_web_client_forwards_to(publish, stream, identity):
    answer = publish(stream, webrtc.offer(identity), {**SDP, "Origin": "https://page.example"})
    url = httpx.URL(answer.headers["Location"])

    assert (True, True) == (url.is_absolute_url, "cloudflarestream.com" in str(url))
    assert answer.headers["Access-Control-Expose-Headers"] in {"*", "Location"}


def test_a_session_is_ended_once(publish, stream, identity, anybody):
    location = publish(stream, webrtc.offer(identity)).headers["Location"]

    assert [200, 404] == [anybody.delete(location).status_code for _ in range(2)]


def test_credentials_are_refused_as_the_url_is_all_that_counts(publish, stream, identity, api):
    refused = publish(stream, webrtc.offer(identity), {**SDP, "Authorization": "Bearer anything"})
    location = publish(stream, webrtc.offer(identity)).headers["Location"]

    assert (401, False, 401) == (
        refused.status_code, "WWW-Authenticate" in refused.headers, api.delete(location).status_code,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "application/sdp", 400),
        (b"hello", "application/sdp", 400),
        (b"v=0\r\n", "application/json", 415),
        (b"v=0\r\ns=-\r\n", "application/sdp", 422),
    ],
)
def test_what_is_no_offer_is_refused_in_a_sentence(publish, stream, content, media_type, status):
    answer = publish(stream, content, {"Content-Type": media_type})

    assert (status, True) == (answer.status_code, isinstance(answer.json()["detail"], str))


def test_an_offer_of_vp8_alone_is_told_what_to_offer(publish, stream, identity):
    answer = publish(stream, webrtc.offer(identity, codec="VP8"))

    assert (422, True) == (answer.status_code, "H.264 or VP9" in answer.json()["detail"])


def test_a_second_publisher_and_a_stream_that_is_over_conflict(publish, make, api, identity):
    taken, over = make("taken"), make("over")
    publish(taken, webrtc.offer(identity))
    api.post(f"/streams/{over['id']}/end").raise_for_status()

    assert [409, 409] == [publish(stream, webrtc.offer(identity)).status_code for stream in (taken, over)]


def test_a_wrong_secret_leads_nowhere(anybody, stream, identity):
    url = stream["ingest"]["webrtc_url"].replace("/webRTC", "x/webRTC")

    assert 404 == anybody.post(url, content=webrtc.offer(identity), headers=SDP).status_code


def test_the_web_client_may_call_start_before_anything_is_seen(publish, stream, identity, api):
    publish(stream, webrtc.offer(identity))

    assert "live" == api.post(f"/streams/id/{stream['id']}/start").raise_for_status().json()["status"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH"])
def test_what_neither_url_knows_is_said_with_what_it_does(publish, stream, identity, anybody, method):
    session = publish(stream, webrtc.offer(identity)).headers["Location"]
    answers = [anybody.request(method, url) for url in (stream["ingest"]["webrtc_url"], session)]

    assert [(405, "POST"), (405, "DELETE")] == [(one.status_code, one.headers["Allow"]) for one in answers]


def test_a_preflight_says_what_may_be_posted(stream, anybody):
    asked = {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}

    assert "application/sdp" in anybody.options(stream["ingest"]["webrtc_url"], headers=asked).headers["Accept-Post"]
