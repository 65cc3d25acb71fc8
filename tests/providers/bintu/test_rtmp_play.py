"""A player of RTMP pulls what the answers say: the rendition of the name, for as long as it may."""

import re
import signal
import subprocess
from contextlib import contextmanager

import pytest

from offair.emulator.core.clock import Deadline

pytestmark = pytest.mark.media

PROFILES = [{"profile": "vtrans2-852x480x800x25"}, {"profile": "vtrans2-640x360x400x25"}]
PATIENCE = 30.0


@pytest.fixture(name="watch")
def _watch(executable):
    """Be an RTMP player for as long as the context lasts; it gives the process."""

    @contextmanager
    def watch(url, *options):
        argv = [executable, "-hide_banner", "-nostdin", *options, "-i", url, "-f", "null", "-"]
        with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as player:
            try:
                yield player
            finally:
                player.kill()

    return watch


@pytest.fixture(name="pull")
def _pull(executable):
    """Let ffmpeg play a second of an RTMP URL; gives how many pictures it saw, and what it says."""

    def pull(url, *options):
        argv = [executable, "-hide_banner", "-nostdin", *options, "-i", url, "-t", "1", "-f", "null", "-"]
        told = subprocess.run(argv, capture_output=True, check=False, text=True, timeout=PATIENCE).stderr
        return int((re.findall(r"frame= *(\d+)", told) or ["0"])[-1]), told

    return pull


@pytest.fixture(name="secure")
def _secure(create, publish, rtmp_of, until):
    stream = create(secure=True)
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        yield stream


def _url(stream, place=0, query=""):
    entry = stream["playout"]["rtmp"][place]
    return f"{entry['url']}/{entry['streamname']}{query}"


def _ticket(service, stream, **wish):
    return service("token", "/splay", {"groupid": stream["id"], **wish}).json()["data"]["token"]


def test_every_rendition_of_a_group_plays_over_rtmp(create, rtmp_of, publish, until, pull):
    stream = create(transcodes=PROFILES)
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        seen = [pull(_url(stream, place)) for place in range(3)]

    assert [] == [words for frames, words in seen if frames < 10]
    sizes = [re.search(r"Video: h264.*?, (\d+x\d+)", words)[1] for _, words in seen]
    assert ("320x180", True) == (sizes[0], sizes[1] != sizes[2])
    assert [] == [words for _, words in seen if "Audio: aac (LC), 48000 Hz" not in words]


def test_it_plays_over_rtmps_too(emulator, create, rtmp_of, publish, until, pull):
    stream = create()
    name = stream["ingest"]["rtmp"]["streamname"]
    trust = ["-ca_file", str(emulator.media.await_ca_file()), "-tls_verify", "1"]
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        frames, words = pull(f"{emulator.rtmps_url}/play/{name}", *trust)

    assert frames >= 10, words


@pytest.mark.parametrize("why", ["not on air", "no such name", "another application"])
def test_what_does_not_play_is_not_found(create, pull, why):
    url = _url(create())
    urls = {"not on air": url, "no such name": f"{url}x", "another application": url.replace("/play/", "/elsewhere/")}
    frames, words = pull(urls[why])

    assert 0 == frames
    assert re.search("nothing is on air|there is no stream", words), words


def test_a_secure_stream_plays_for_who_shows_a_token_behind_the_name(secure, service, pull):
    assert secure["playout"]["rtmp"][0]["url"].endswith("/splay")
    refused, words = pull(_url(secure))
    frames, _ = pull(_url(secure, query=f"?jwtoken={_ticket(service, secure)}"))

    assert (0, True, True) == (refused, "this stream is secure" in words, frames >= 10)


def test_a_token_for_an_address_and_a_page_is_good_there_alone(secure, service, pull):
    token = _ticket(service, secure, ip="127.0.0.1", domain="page.example")
    url = _url(secure, query=f"?jwtoken={token}")
    elsewhere, words = pull(url, "-rtmp_pageurl", "http://another.example/")
    frames, _ = pull(url, "-rtmp_pageurl", "http://page.example/watch")

    assert (0, True, True) == (elsewhere, "another page" in words, frames >= 10)


def test_taking_a_token_back_cuts_who_plays_with_it(emulator, secure, service, watch):
    token = _ticket(service, secure, revocable=True, exp=int(emulator.clock.now()) + 600)
    with watch(_url(secure, query=f"?jwtoken={token}")) as player:
        _count(emulator, secure, 1)
        assert 204 == service("token", "/splay/revoke", {"token": token}).status_code
        player.wait(timeout=PATIENCE)


def test_a_player_is_a_viewer_until_it_leaves(emulator, create, rtmp_of, publish, until, watch):
    stream = create()
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        with watch(_url(stream)):
            _count(emulator, stream, 1)
        _count(emulator, stream, 0)


def test_a_player_that_reads_no_more_is_let_go(emulator, create, rtmp_of, publish, until, watch):
    stream = create()
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        with watch(_url(stream)) as player:
            _count(emulator, stream, 1)
            player.send_signal(signal.SIGSTOP)
            until("took too little", kind="publication", stream=stream["id"])
            _count(emulator, stream, 0)


def test_the_end_of_the_broadcast_ends_the_player(emulator, create, rtmp_of, publish, until, watch):
    stream = create()
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        with watch(_url(stream)) as player:
            _count(emulator, stream, 1)
            emulator.media.studio.end_all("the test is over")

            assert 0 == player.wait(timeout=PATIENCE)


def _count(emulator, stream, wanted):
    deadline = Deadline(PATIENCE)
    while emulator.audience.numbers(stream["id"]).viewers != wanted:
        assert not deadline.is_over, f"there are not {wanted} viewers"
        emulator.clock.sleep(0.05)
