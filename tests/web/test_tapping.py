"""Somebody stands between a client and a cloud, hears all that is asked there, and may answer."""

from dataclasses import replace

import httpx
import pytest

from offair.emulator.counterpart import counterpart_of


@pytest.fixture(name="cloud")
def _cloud(emulator, providers):
    return counterpart_of("tenbyte", emulator)


def asked(cloud, path="/streams?per_page=3", **more):
    return httpx.get(cloud.base_url + path, headers=cloud.headers, **more)


def test_what_passes_is_told_by_the_contracts_own_paths(cloud):
    heard = []

    def tap(service, request, proceed):
        heard.append((service, request.method, request.path, request.status))
        answer = proceed()
        heard.append(answer.status)
        return answer

    with cloud.tapped(tap):
        status = asked(cloud).status_code

    assert ([("", "GET", "/v1/livestream/streams?per_page=3", 0), 200], 200) == (heard, status)


def test_what_a_tap_says_reaches_the_client_instead(cloud):
    with cloud.tapped(lambda _service, request, _proceed: replace(request, status=503, response_body=b"away")):
        answer = asked(cloud)

    assert (503, b"away") == (answer.status_code, answer.content)


def test_no_answer_closes_the_connection(cloud):
    with cloud.tapped(lambda *_: None), pytest.raises(httpx.RemoteProtocolError):
        asked(cloud)


def test_a_body_that_is_sent_is_heard_and_still_reaches_the_cloud(cloud):
    heard = []

    def tap(_service, request, proceed):
        heard.append(request.request_body)
        return proceed()

    with cloud.tapped(tap):
        answer = httpx.post(cloud.base_url + "/streams", headers=cloud.headers, content=iter([b'{"na', b'me": 1}']))

    assert ([b'{"name": 1}'], 400) == (heard, answer.status_code)


def test_two_do_not_listen_at_once(cloud):
    def tap(_service, _request, proceed):
        return proceed()

    with cloud.tapped(tap), pytest.raises(RuntimeError, match="listens to tenbyte already"), cloud.tapped(tap):
        pass


def test_what_was_done_once_is_undone_and_the_clock_put_back(cloud):
    began = cloud.now()
    with cloud.once():
        cloud.advance(3600)
        tags = {"name": "for once"}
        httpx.post(cloud.base_url + "/streams", headers=cloud.headers, json=tags)

    assert (0, 0) == (round(cloud.now() - began, -2), asked(cloud).json()["meta"]["pagination"]["total"])
