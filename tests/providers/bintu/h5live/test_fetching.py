"""The progressive MP4 and the playlists of H5Live: chosen by the name alone, whatever else the query says."""

import subprocess
from urllib.parse import urljoin

import av
import httpx
import m3u8
import pytest
from playhouse import RUNG, make_stream

pytestmark = pytest.mark.media
PATIENCE = 30.0
EXTRAS = ["", "&cid=1&pid=2", "&url=rtmp%3A%2F%2Flocalhost%2Fplay", "&token=a&expires=1&options=15&tag=t&jwtoken=a.b.c"]


@pytest.fixture(scope="module", name="live")
def _live(emulator, publish_for_all):
    stream = make_stream(emulator, "Fetched-once", video=[RUNG])
    publish_for_all(stream)
    return stream


def follow(url):
    """Go from the entry to a media playlist and its init section, as a player does; give all URLs and both texts."""
    master = httpx.get(url, timeout=PATIENCE).raise_for_status().text
    inner = urljoin(url, m3u8.loads(master).playlists[0].uri)
    media = httpx.get(inner, timeout=PATIENCE).raise_for_status().text
    return inner, m3u8.loads(media), media


@pytest.mark.parametrize("folder", ["http", "authhttp"])
@pytest.mark.parametrize("extra", EXTRAS)
def test_a_playlist_leads_to_media_with_the_same_query(root, live, folder, extra):
    inner, playlist, _ = follow(f"{root}/h5live/{folder}/playlist.m3u8?stream={live.key}{extra}")
    first = urljoin(inner, playlist.segment_map[0].uri)
    content = httpx.get(first, timeout=PATIENCE).raise_for_status().content

    assert (b"ftyp", True) == (content[4:8], first.endswith(f"?stream={live.key}{extra}"))


def test_a_playlist_is_low_latency_and_waits_for_what_comes(root, live):
    inner, playlist, text = follow(f"{root}/h5live/http/playlist.m3u8?stream={live.key}")
    msn = playlist.media_sequence + len(playlist.segments)
    later = httpx.get(f"{inner}&_HLS_msn={msn}&_HLS_part=0", timeout=PATIENCE).raise_for_status()

    assert ("#EXT-X-PART-INF" in text, False) == (True, "_HLS_" in later.text)


@pytest.mark.parametrize(("variant", "size"), [("source", (320, 180)), ("90p", (160, 90))])
def test_each_rendition_has_its_own_name(root, live, player_size, variant, size):
    query = f"?stream={live.key}.{variant}"

    assert [size, size] == [
        player_size(f"{root}/h5live/http/{name}{query}") for name in ("stream.mp4", "playlist.m3u8")
    ]


@pytest.fixture(name="player_size")
def _player_size():
    """Look at the first picture."""

    def look(url):
        with av.open(url, timeout=PATIENCE) as container:
            frame = next(container.decode(video=0))
            return frame.width, frame.height

    return look


@pytest.mark.parametrize("extra", EXTRAS)
def test_ffmpeg_plays_the_progressive_mp4(root, live, executable, extra):
    url = f"{root}/h5live/http/stream.mp4?stream={live.key}{extra}"
    argv = [str(executable), "-v", "error", "-nostdin", "-i", url, "-t", "1", "-f", "null", "-"]
    seen = subprocess.run(argv, capture_output=True, timeout=PATIENCE, check=False)

    assert (0, b"") == (seen.returncode, seen.stderr)


@pytest.mark.parametrize("name", ["playlist.m3u8", "stream.mp4"])
@pytest.mark.parametrize("query", ["", "?stream=nobody", "?url=rtmp%3A%2F%2Flocalhost%2Fplay"])
def test_nothing_is_where_no_name_is_known(root, name, query):
    answer = httpx.get(f"{root}/h5live/http/{name}{query}")

    assert (404, ["sorry"]) == (answer.status_code, list(answer.json()))


@pytest.mark.parametrize(
    "path", ["", "/h5live/stream.mp4", "/h5live/http/../x", "/h5live/http/%2e%2e/x?stream=Fetched-once"]
)
def test_what_is_nothing_says_so(root, path):
    assert 404 == httpx.get(f"{root}{path}").status_code


def test_a_page_of_another_origin_may_read_it(root, live):
    url = f"{root}/h5live/http/playlist.m3u8?stream={live.key}"

    assert [(204, "*"), (200, "*")] == [
        (answer.status_code, answer.headers["Access-Control-Allow-Origin"])
        for answer in (httpx.options(url), httpx.get(url, headers={"Origin": "https://player.example"}))
    ]


def test_a_guarded_stream_asks_for_its_token_at_every_file(root, put_on, publish):
    stream = put_on(extra={"guarded": "sesame"})
    publish(stream)
    url = f"{root}/h5live/http/playlist.m3u8?stream={stream.key}"
    inner, playlist, _ = follow(f"{url}&token=sesame")
    segment = urljoin(inner, playlist.segment_map[0].uri)
    refused = [
        httpx.get(each.replace("sesame", "wrong")).status_code for each in (f"{url}&token=sesame", inner, segment)
    ]

    assert [403, 403, 403] == refused
