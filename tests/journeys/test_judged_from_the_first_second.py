"""What the quick start makes keeps every rule from its first playable second on, in every profile and container.

Some watches only: `bench/media/judged.py` makes hundreds, begun at random moments.
"""

import pytest
from judging import BUSY, OF_COPIES, broken

pytestmark = pytest.mark.media
WATCHED = 4.0  # seconds
QUICK_START = {"width": 640, "height": 360, "fps": 25, "gop": 25, "bitrate_kbps": 600}
LEFT_OUT = BUSY - {"dash/not-ahead"}


@pytest.mark.parametrize("profile", ["faithful", "light", "passthrough"])
def test_a_short_watch_from_the_first_second_on_finds_nothing(stand_in, customers, body, encode, profile):
    customer = customers(stand_in(media_profile=profile))
    streams = []
    for hls in ("mpegts", "fmp4"):
        for is_fast in (False, True):
            asked = body(QUICK_START, hls=hls)
            asked["packaging"]["hls"]["low_latency"] = is_fast
            streams.append(customer.create(asked))
            encode(customer.url(streams[-1]), "both")
    for stream in streams:
        customer.until(stream, "live")
    urls = {url: url for stream in streams for url in stream["playback"].values()}
    left_out = LEFT_OUT | (OF_COPIES if profile == "passthrough" else frozenset())

    assert {} == broken(urls, seconds=WATCHED, ignore=left_out)
