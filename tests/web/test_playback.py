"""What players fetch, over the real server, from files that a test put in place."""

from datetime import datetime

import httpx
import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.media.packager.shelf import Shelf
from offair.emulator.settings import Settings

SEGMENT = bytes(range(200)) * 50
LARGE = bytes(range(250)) * 20_000  # five megabytes: sent in blocks, and never read whole


@pytest.fixture(scope="module", name="house")
def _house(tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    with Emulator(Settings(port=0, rtmp_port=0, state_dir=state)) as emulator:
        folder = state / "media" / "a-stream"
        (folder / "720p").mkdir(parents=True)
        (folder / "audio.128k").mkdir()
        shelf = emulator.media.studio._shelves["a-stream"] = Shelf(folder, on_change=lambda: None)
        shelf.put_text("master.m3u8", "#EXTM3U\n")
        shelf.put_text("manifest.mpd", "<MPD/>")
        (folder / "720p" / "abc-0.ts").write_bytes(SEGMENT)
        (folder / "720p" / "abc-0.m4s").write_bytes(SEGMENT)
        (folder / "audio.128k" / "abc-0.m4s").write_bytes(SEGMENT)
        (folder / "720p" / "large.mp4").write_bytes(LARGE)
        (folder / "720p" / ".abc-1.ts").write_bytes(SEGMENT)
        (state / "secret.ts").write_bytes(SEGMENT)
        cloud = next(name for name, provider in emulator.providers.items() if provider.locate is None)
        with httpx.Client(base_url=f"{emulator.addresses(cloud).cdn}", timeout=30) as client:
            yield client


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("master.m3u8", "application/vnd.apple.mpegurl"),
        ("manifest.mpd", "application/dash+xml"),
        ("720p/abc-0.ts", "video/mp2t"),
        ("720p/abc-0.m4s", "video/mp4"),
        ("audio.128k/abc-0.m4s", "audio/mp4"),
    ],
)
def test_every_piece_has_its_media_type(house, name, media_type):
    assert media_type == house.get(f"/a-stream/{name}").headers["Content-Type"].partition(";")[0]


@pytest.mark.parametrize(
    ("name", "expected"), [("master.m3u8", "no-cache"), ("720p/abc-0.ts", "public, max-age=31536000, immutable")]
)
def test_manifests_are_fresh_and_segments_immutable(house, name, expected):
    assert expected == house.get(f"/a-stream/{name}").headers["Cache-Control"]


@pytest.mark.parametrize("name", ["master.m3u8", "720p/abc-0.ts", "missing.m3u8"])
def test_any_page_may_fetch(house, name):
    assert "*" == house.get(f"/a-stream/{name}").headers["Access-Control-Allow-Origin"]


def test_a_preflight_is_answered(house):
    answer = house.options("/a-stream/master.m3u8")

    assert (204, "GET, HEAD, OPTIONS") == (answer.status_code, answer.headers["Access-Control-Allow-Methods"])


def test_a_range_is_served(house):
    answer = house.get("/a-stream/720p/abc-0.ts", headers={"Range": "bytes=10-19"})

    assert (206, SEGMENT[10:20], f"bytes 10-19/{len(SEGMENT)}") == (
        answer.status_code, answer.content, answer.headers["Content-Range"],
    )  # fmt: skip


def test_a_large_file_is_served_whole(house):
    answer = house.get("/a-stream/720p/large.mp4")

    assert (200, str(len(LARGE)), True) == (
        answer.status_code, answer.headers["Content-Length"], LARGE == answer.content,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "begin", "end"), [("4000000-4000099", 4_000_000, 4_000_100), ("-7", len(LARGE) - 7, len(LARGE))]
)
def test_a_range_of_a_large_file_is_served(house, asked, begin, end):
    answer = house.get("/a-stream/720p/large.mp4", headers={"Range": f"bytes={asked}"})

    assert (206, LARGE[begin:end], f"bytes {begin}-{end - 1}/{len(LARGE)}", "*") == (
        answer.status_code, answer.content, answer.headers["Content-Range"],
        answer.headers["Access-Control-Allow-Origin"],
    )  # fmt: skip


def test_a_range_past_the_end_of_a_large_file_is_refused(house):
    answer = house.get("/a-stream/720p/large.mp4", headers={"Range": "bytes=99999999-"})

    assert (416, f"bytes */{len(LARGE)}") == (answer.status_code, answer.headers["Content-Range"])


def test_a_large_file_that_did_not_change_is_not_sent_again(house):
    tag = house.get("/a-stream/720p/large.mp4").headers["ETag"]

    assert 304 == house.get("/a-stream/720p/large.mp4", headers={"If-None-Match": tag}).status_code


def test_head_of_a_large_file_tells_its_length(house):
    answer = house.head("/a-stream/720p/large.mp4")

    assert (200, str(len(LARGE)), b"") == (answer.status_code, answer.headers["Content-Length"], answer.content)


def test_a_range_past_the_end_is_refused(house):
    assert 416 == house.get("/a-stream/720p/abc-0.ts", headers={"Range": "bytes=999999-"}).status_code


def test_head_tells_the_length_and_sends_nothing(house):
    answer = house.head("/a-stream/720p/abc-0.ts")

    assert (200, str(len(SEGMENT)), b"") == (answer.status_code, answer.headers["Content-Length"], answer.content)


def test_what_did_not_change_is_not_sent_again(house):
    tag = house.get("/a-stream/720p/abc-0.ts").headers["ETag"]

    assert 304 == house.get("/a-stream/720p/abc-0.ts", headers={"If-None-Match": tag}).status_code


@pytest.mark.parametrize(
    "path",
    [
        "/a-stream/720p/abc-7.ts",
        "/nobody/master.m3u8",
        "/a-stream/720p/.abc-1.ts",
        "/a-stream/%2e%2e/%2e%2e/secret.ts",
        "/a-stream/..%2f..%2fsecret.ts",
        "/%2e%2e/secret.ts",
        "/a-stream/720p",
        "/a-stream/720p/abc-0.ts%00",
        "/a-stream//720p/abc-0.ts",
    ],
)
def test_what_is_not_there_or_elsewhere_is_not_found(house, path):
    assert 404 == house.get(path).status_code


def test_the_next_segment_of_a_stream_that_is_off_air_is_not_waited_for(house):
    assert 404 == house.get("/a-stream/720p/abc-1.ts").status_code


def test_the_time_of_day_is_an_instant_in_utc(house):
    assert "+00:00" == datetime.fromisoformat(house.get("/time").text).isoformat()[-6:]


@pytest.mark.parametrize(
    ("asked", "status", "length"),
    [
        ("bytes=-99999999", 206, len(SEGMENT)),
        ("bytes=-10", 206, 10),
        ("chunks=1-2", 200, len(SEGMENT)),
        ("bytes=0-9,20-29", 200, len(SEGMENT)),
        ("nonsense", 200, len(SEGMENT)),
    ],
)
def test_a_range_is_read_as_http_has_it(house, asked, status, length):
    """RFC 9110, 14.1.2 and 14.2: unknown units are ignored, several ranges may be, a long suffix is the whole."""
    answer = house.get("/a-stream/720p/abc-0.ts", headers={"Range": asked})

    assert (status, length) == (answer.status_code, len(answer.content))
