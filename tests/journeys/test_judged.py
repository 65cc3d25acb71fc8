"""Streams of many shapes, watched at the same time and judged by the standards of HLS, low-latency HLS and DASH."""

import pytest
from judging import BUSY, broken

from offair.contracts.contract import promise

pytestmark = pytest.mark.media
WATCHED = 9.0  # seconds


def sound(channels, sample_rate, kbps=64):
    return {"codec": "aac", "channels": channels, "sample_rate_hz": sample_rate, "audio_bitrate_kbps": kbps}


def radio(hls):
    published = next(e for e in promise("tenbyte").examples if e.name == "create-audio-push").request_body
    rungs = [
        {"name": name, **sound(channels, rate), "bitrate_kbps": kbps}
        for name, channels, rate, kbps in (("low", 1, 22_050, 64), ("high", 2, 44_100, 128))
    ]
    for rung in rungs:
        del rung["audio_bitrate_kbps"]
    return {**published, "ladder": {"audio": rungs}, "packaging": {"hls": {"segment_format": hls, "playlist_size": 6}}}


@pytest.fixture(name="shapes")
def _shapes(body):
    """What is asked for, by what is special about it; and the clip that is sent."""
    small, large = {"name": "small", "gop": 24}, {"name": "large", "width": 640, "height": 360, "gop": 24}
    return {
        "two codecs": (body(small, large | {"codec": "h265"}, hls="fmp4"), "both"),
        "two rates of pictures": (body(small, large | {"fps": 60, "gop": 60}), "both"),
        "six channels and one": (
            body(small | {"audio": sound(6, 48_000, 128)}, large | {"audio": sound(1, 22_050)}, hls="fmp4"),
            "both",
        ),
        "no sound": (body(small), "video"),
        "sound alone": (radio("fmp4"), "audio"),
    }


@pytest.mark.parametrize("is_fast", [False, True], ids=["ordinary", "low latency"])
def test_streams_of_every_shape_keep_every_rule(customer, shapes, encode, is_fast):
    streams = {}
    for name, (asked, clip) in shapes.items():
        asked["packaging"]["hls"]["low_latency"] = is_fast
        streams[name] = customer.create(asked)
        encode(customer.url(streams[name]), clip)
    for stream in streams.values():
        customer.until(stream, "live")
    urls = {(name, url): url for name, stream in streams.items() for url in stream["playback"].values()}

    assert {} == broken(urls, seconds=WATCHED, ignore=BUSY)
