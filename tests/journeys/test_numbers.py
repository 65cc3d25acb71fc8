"""A stream's live numbers: from the encoder's bytes, from ffmpeg, and from what players fetch."""

from urllib.parse import urljoin

import httpx
import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Let rates be means over two seconds, so that nobody has to wait for five."""
    monkeypatch.setattr("offair.emulator.media.listening.numbers.rate.WINDOW", 2.0)


@pytest.fixture(name="publish")
def _publish(body, encode):
    """Bring a stream of some protocol live."""

    def publish(customer, *rungs, protocol="rtmp", clip="both", **members):
        stream = customer.create(body(*rungs, ingest={"kind": "push", "protocols": [protocol]}, **members))
        url = customer.url(stream) if protocol == "rtmp" else stream["ingest"]["srt"]
        encoder = encode(url, clip)
        customer.until(stream, "live")
        return stream, encoder

    return publish


def settled(customer, stream, eventually, is_so):
    """The numbers once three seconds' worth came, and the rates tell what ``is_so``: a busy machine gives in fits."""

    def look():
        numbers = customer.emulator.media.monitor.numbers(stream["id"])
        return numbers if numbers and numbers.source.frames >= 24 * 3 and is_so(numbers) else None

    return eventually(look)


def test_the_source_is_what_the_encoder_sends(customer, publish, eventually):
    def is_so(numbers):
        source, (video, audio) = numbers.source, numbers.renditions
        rates = [source.fps / 24, video.fps / 24, source.bitrate / (video.bitrate + audio.bitrate)]
        return rates == [pytest.approx(1, rel=within) for within in (0.05, 0.1, 0.2)]

    stream, _ = publish(customer)
    numbers = settled(customer, stream, eventually, is_so)
    source, (_, audio) = numbers.source, numbers.renditions

    assert ("avc1", 320, 180) == (source.video_codec, source.width, source.height)
    assert ("mp4a", 48_000, 2) == (source.audio_codec, source.sample_rate, source.channels)
    assert (True, (48_000, 2)) == (source.is_connected, (audio.sample_rate, audio.channels))


def test_a_rendition_is_what_came_out_and_the_transcoder_what_ffmpeg_says(stand_in, customers, publish, eventually):
    """Over SRT, where nothing but the bytes tells what comes in."""

    def is_so(numbers):
        shown = [one.fps / 15 for one in numbers.renditions if one.kind == "video"]
        rates = [numbers.source.fps / 24, *shown, numbers.transcoder.speed]
        return rates == [pytest.approx(1, rel=within) for within in (0.05, 0.1, 0.1, 0.4)]

    customer = customers(stand_in())
    rungs = {"name": "high", "width": 640, "height": 360}, {"name": "low"}
    stream, _ = publish(customer, *rungs, protocol="srt")
    numbers = settled(customer, stream, eventually, is_so)
    seen = {one.name: (one.kind, one.width, one.height, one.sample_rate) for one in numbers.renditions}
    source, transcoder = numbers.source, numbers.transcoder

    assert {
        "high": ("video", 320, 180, None),
        "low": ("video", 212, 120, None),
        "audio.64k": ("audio", None, None, 48_000),
    } == seen
    assert 0 == transcoder.restarts
    assert ("avc1", 320, 180) == (source.video_codec, source.width, source.height)
    assert ("mp4a", 48_000, 2) == (source.audio_codec, source.sample_rate, source.channels)


def test_an_encoder_that_is_lost_brings_the_rates_to_nothing_and_one_that_returns_counts_on(
    customer, publish, encode, eventually
):
    stream, encoder = publish(customer)
    monitor = customer.emulator.media.monitor
    encoder.kill()
    customer.until(stream, "reconnecting")
    lost = eventually(
        lambda: (numbers := monitor.numbers(stream["id"])).source.bitrate == numbers.source.fps == 0 and numbers
    )
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    returned = monitor.numbers(stream["id"])

    assert not lost.source.is_connected
    assert (True, 1) == (returned.source.is_connected, returned.transcoder.restarts)
    assert returned.source.frames > lost.source.frames
    assert returned.uptime > lost.uptime


def test_a_stream_that_is_not_on_air_has_no_numbers(customer, body):
    stream = customer.create(body())

    assert customer.emulator.media.monitor.numbers(stream["id"]) is None


def test_players_are_counted_by_who_they_are(customer, publish, player, eventually):
    stream, encoder = publish(customer)
    master = stream["playback"]["hls"]
    variant = player.variants(master)[0]
    segment = urljoin(variant, player.playlist(variant).segments[0].uri)
    for url in (master, variant, segment, f"{segment}?sid=another"):
        for agent in ("one", "two"):
            player.fetch(url, **{"User-Agent": agent})
    seen = customer.emulator.media.monitor.audience(stream["id"])
    encoder.end()
    customer.until(stream, "idle")

    assert (5, 5, 5) == (seen.viewers, seen.peak, seen.total)  # and the one that looked for the segment
    assert 5 == customer.emulator.media.monitor.audience(stream["id"]).total


def test_a_reader_of_the_progressive_mp4_watches_too(customer, publish):
    stream, _ = publish(customer)
    url = f"{customer.emulator.addresses('tenbyte').cdn}/{stream['id']}/stream.mp4"
    with httpx.stream("GET", url, timeout=30) as answer:
        pieces = answer.iter_bytes()  # who lets go of it hangs up
        next(pieces)

        assert 1 == customer.emulator.media.monitor.audience(stream["id"]).viewers


def test_what_is_not_there_has_no_viewer(customer, publish, player):
    stream, _ = publish(customer)
    player.fetch(urljoin(stream["playback"]["hls"], "nothing.ts"))
    player.fetch(stream["playback"]["hls"], "HEAD")

    assert 0 == customer.emulator.media.monitor.audience(stream["id"]).total


def test_the_control_surface_shows_them(customer, publish, control, player):
    stream, _ = publish(customer)
    player.fetch(stream["playback"]["hls"])
    shown = control.get(f"/streams/{stream['id']}").json()
    short = next(one for one in control.get("/state").json()["streams"] if one["id"] == stream["id"])["numbers"]

    assert (320, 180, 1) == (
        shown["numbers"]["source"]["width"],
        shown["numbers"]["source"]["height"],
        shown["audience"]["viewers"],
    )
    assert {"bitrate", "fps", "viewers", "uptime"} == short.keys()


def test_a_stream_off_air_shows_none(customer, body, control):
    stream = customer.create(body())
    shown = control.get(f"/streams/{stream['id']}").json()

    assert (None, {"viewers": 0, "peak": 0, "total": 0, "renditions": {}}) == (shown["numbers"], shown["audience"])
