"""Low-latency HLS over the whole way: what a player may ask, what it gets, and when."""

import re
from statistics import median
from urllib.parse import urljoin

import pytest

from offair.emulator.core.clock import Deadline

pytestmark = pytest.mark.media
FORMATS = ["fmp4", "mpegts"]
PART = 0.2  # seconds


@pytest.fixture(scope="module", name="fast_body")
def _fast_body(body):
    """Write the body of a create call that asks for low latency."""

    def write(*rungs, hls="fmp4", **shape):
        asked = body(*rungs, hls=hls, **shape)
        asked["packaging"]["hls"]["low_latency"] = True
        return asked

    return write


@pytest.fixture(scope="module", name="live")
def _live(customers_of_all, fast_body, encode_for_all):
    """A live stream of each format, and the URL of its first media playlist."""
    customer, streams = customers_of_all(), {}
    for hls in FORMATS:
        streams[hls] = customer.create(fast_body({"gop": 24}, hls=hls))
        encode_for_all(customer.url(streams[hls]))
    for stream in streams.values():
        customer.until(stream, "live")
    return streams


@pytest.fixture(params=FORMATS, name="playlist")
def _playlist(live, player, request):
    """The URL of a media playlist with pictures."""
    master = live[request.param]["playback"]["hls"]
    return player.variants(master)[0]


def edge(text):
    """The number of the open segment, and how many parts it has."""
    sequence = int(re.search(r"MEDIA-SEQUENCE:(\d+)", text)[1])
    whole = text.count("#EXTINF")
    return sequence + whole, text[text.rfind("#EXTINF") :].count("#EXT-X-PART:")


def test_a_reload_is_held_until_the_part_is_there_and_no_longer(player, playlist):
    """A busy machine may be late for one part, and not for most."""
    held = []
    for _ in range(5):
        sequence, parts = edge(player.text(playlist))
        deadline = Deadline(10.0)
        reloaded = player.text(f"{playlist}?_HLS_msn={sequence}&_HLS_part={parts}")
        held.append(10.0 - deadline.remaining)
        assert edge(reloaded) >= (sequence, parts + 1)

    assert median(held) < 4 * PART, held


def test_a_reload_for_a_segment_is_held_until_it_is_whole(player, playlist):
    sequence, _ = edge(player.text(playlist))

    assert (sequence + 1, 0) <= edge(player.text(f"{playlist}?_HLS_msn={sequence}"))


@pytest.mark.parametrize("query", ["_HLS_part=0", "_HLS_msn=x", "_HLS_msn=100000", "_HLS_msn=-1", "_HLS_skip=maybe"])
def test_an_absurd_request_is_refused_at_once_with_a_reason(player, playlist, query):
    answer = player.fetch(f"{playlist}?{query}")

    assert 400 == answer.status_code
    assert "_HLS_" in answer.text
    assert "*" == answer.headers["Access-Control-Allow-Origin"]


def test_the_part_that_is_hinted_at_can_be_asked_for_before_it_is_there(player, playlist):
    for _ in range(5):
        hint = re.search(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', player.text(playlist))[1]
        answer = player.fetch(urljoin(playlist, hint))
        assert 200 == answer.status_code
        assert hint in player.text(playlist)


def test_players_that_know_nothing_of_parts_play_it_too(live, player):
    for stream in live.values():
        assert 24 == len(player.frames(stream["playback"]["hls"], "video"))


def test_the_first_part_is_there_long_before_the_first_segment(customer, fast_body, encode, player, eventually):
    stream = customer.create(fast_body({"gop": 240}))
    encode(customer.url(stream))
    eventually(lambda: player.fetch(stream["playback"]["hls"]).status_code == 200)

    assert "starting" == customer.status(stream)  # whose first whole segment takes ten seconds


def test_an_encoder_that_returns_goes_on_in_the_same_low_latency_playlist(customer, fast_body, encode, player):
    stream = customer.create(fast_body({"gop": 24}, listed=100))
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.kill()
    customer.until(stream, "reconnecting")
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    text = player.text(player.variants(stream["playback"]["hls"])[0])
    numbers = [int(number) for number in re.findall(r"#EXT-X-PART:[^\n]*-part-(\d+)", text)]

    assert 1 == text.count("#EXT-X-DISCONTINUITY\n")
    assert list(range(numbers[0], numbers[0] + len(numbers))) == numbers


def test_irregular_key_frames_are_passed_through_and_their_parts_say_so(stand_in, customers, fast_body, encode, player):
    customer = customers(stand_in(media_profile="passthrough"))
    stream = customer.create(fast_body({"gop": 24}))
    encode(customer.url(stream), "irregular")
    customer.until(stream, "live")
    text = player.text(f"{player.variants(stream['playback']['hls'])[0]}?_HLS_msn=2&_HLS_part=0")
    target = float(re.search(r"PART-TARGET=([\d.]+)", text)[1])
    parts = re.findall(r"#EXT-X-PART:DURATION=([\d.]+),URI=\"[^\"]+\"(,INDEPENDENT=YES)?", text)

    assert all(float(duration) <= target for duration, _ in parts)
    assert {"", ",INDEPENDENT=YES"} == {mark for _, mark in parts}
    assert 1 < len(set(re.findall(r"#EXTINF:([\d.]+)", text)))
