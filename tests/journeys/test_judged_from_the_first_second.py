"""What the quick start makes keeps every rule from its first playable second on, in every profile and container.

Some watches only: `bench/media/judged.py` makes hundreds, begun at random moments.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from offair.contracts.checks.media import explain, judge
from offair.emulator.watching import watch

pytestmark = pytest.mark.media
WATCHED = 4.0  # seconds
QUICK_START = {"width": 640, "height": 360, "fps": 25, "gop": 25, "bitrate_kbps": 600}
# How promptly playlists are renewed is no matter on a machine that runs other tests.
LEFT_OUT = frozenset(
    {
        "hls/refreshed",
        "hls/segment-prompt",
        "ll/part-refreshed",
        "ll/blocks-in-time",
        "dash/not-behind",
    }
)


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
    urls = [url for stream in streams for url in stream["playback"].values()]
    with ThreadPoolExecutor(len(urls)) as watchers:
        seen = watchers.map(lambda url: watch(url, WATCHED), urls)
    broken = {
        url: explain(judge(url, timeline.fetches, ignore=LEFT_OUT)) for url, timeline in zip(urls, seen, strict=True)
    }

    assert dict.fromkeys(urls, "") == broken
