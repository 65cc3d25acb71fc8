"""Twenty streams at once: each goes live, plays, has numbers of its own, and ends."""

import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media
STREAMS = 20


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


def test_twenty_streams_live_side_by_side(customer, body, encode, player, eventually):
    monitor = customer.emulator.media.monitor
    streams = [customer.create(body(name=f"stream {number}")) for number in range(STREAMS)]
    encoders = [encode(customer.url(stream)) for stream in streams]
    for stream in streams:
        customer.until(stream, "live")
    played = [len(player.frames(stream["playback"]["hls"], "video", most=6)) for stream in streams]
    numbers = [
        eventually(lambda stream=stream: (n := monitor.numbers(stream["id"])) and n.source.frames >= 72 and n)
        for stream in streams
    ]
    for stream in streams:  # a mean over five seconds, which a busy machine may disturb at first
        eventually(lambda stream=stream: monitor.numbers(stream["id"]).source.fps == pytest.approx(24, rel=0.15))
    for encoder in encoders:
        encoder.end()
    for stream in streams:
        customer.until(stream, "idle")

    assert [6] * STREAMS == played
    assert {(320, 180, 48_000)} == {(n.source.width, n.source.height, n.source.sample_rate) for n in numbers}
    assert [1] * STREAMS == [n.audience.total for n in numbers]
    assert STREAMS == len({n.publication for n in numbers})
    assert eventually(lambda: not any(monitor.numbers(stream["id"]) for stream in streams))
