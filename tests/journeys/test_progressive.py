"""The endless MP4 of a running stream: many readers, each from a key frame on, and none who holds the others up."""

import shutil
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from urllib.parse import urlsplit

import av
import httpx
import pytest

from offair.emulator.core.clock import Deadline
from offair.emulator.core.streams import STREAMS
from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media
PATIENCE = 30.0
READERS = 20
AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    """The encoder's own pictures, so that many streams cost little."""
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


def root(emulator, stream):
    return f"{emulator.addresses('tenbyte').cdn}/{stream['id']}"


@pytest.fixture(name="url")
def _url(emulator, live):
    return f"{root(emulator, live)}/stream.mp4"


def packets(url, count):
    """The first packets, as libav reads them: kind, seconds, key frame or not."""
    seen = []
    with av.open(url, timeout=PATIENCE) as container:
        for packet in container.demux():
            seen.append((packet.stream.type, float(packet.pts * packet.time_base), packet.is_keyframe))
            if len(seen) == count:
                break
    return seen


@pytest.fixture(scope="module", name="seen")
def _seen(emulator, live):
    """What a late reader gets in its first seconds."""
    return packets(f"{root(emulator, live)}/stream.mp4", 150)


def times(seen, kind):
    return [at for of, at, _ in seen if of == kind]


def test_a_late_reader_begins_at_a_key_frame_at_time_zero(seen):
    at, is_key = next((at, is_key) for kind, at, is_key in seen if kind == "video")

    assert (pytest.approx(0, abs=0.15), True) == (at, is_key)


def test_time_goes_on_without_a_gap(seen):
    steps = {kind: [b - a for a, b in pairwise(times(seen, kind))] for kind in ("video", "audio")}

    assert max(steps["video"]) < 0.05
    assert max(steps["audio"]) < 0.03


def test_sound_and_picture_begin_together(seen):
    assert times(seen, "video")[0] == pytest.approx(times(seen, "audio")[0], abs=0.15)


def test_every_variant_has_one_of_its_own(emulator, live, player):
    seen = player.frames(f"{root(emulator, live)}/source/stream.mp4", "video", most=3)

    assert (320, 180) == (seen[0].width, seen[0].height)


def test_ffmpeg_reads_it(ffmpeg, url):
    argv = [ffmpeg, "-v", "error", "-nostdin", "-i", url, "-t", "2", "-f", "null", "-"]
    seen = subprocess.run(argv, capture_output=True, timeout=PATIENCE, check=False)

    assert (0, b"") == (seen.returncode, seen.stderr)


def test_gstreamer_plays_it_in_real_time(url):
    """The pictures leave on a clock, so one that thinks that the stream began long ago would wait as long."""
    if not shutil.which("gst-launch-1.0"):
        pytest.skip("there is no gst-launch-1.0")
    argv = ["gst-launch-1.0", "-q", "souphttpsrc", f"location={url}", "is-live=true", "!", "qtdemux", "name=d",
            "d.video_0", "!", "h264parse", "!", "fakesink", "sync=true", "num-buffers=36"]  # fmt: skip
    seen = subprocess.run(argv, capture_output=True, timeout=PATIENCE, check=False)

    assert (0, b"") == (seen.returncode, seen.stderr)


def test_the_answer_is_endless_and_never_cached(url):
    with httpx.stream("GET", url, timeout=PATIENCE) as answer:
        headers = answer.headers

        assert (200, "video/mp4", "chunked") == (
            answer.status_code,
            headers["Content-Type"],
            headers["Transfer-Encoding"],
        )
        assert ("no-store", "*", None) == (
            headers["Cache-Control"],
            headers["Access-Control-Allow-Origin"],
            headers.get("Content-Length"),
        )


def test_a_look_at_the_headers_reads_nothing(emulator, live, url, player, eventually):
    answer = player.fetch(url, "HEAD")

    assert (200, "video/mp4", b"") == (answer.status_code, answer.headers["Content-Type"], answer.content)
    assert eventually(lambda: emulator.media.monitor.numbers(live["id"]).readers == 0)


def test_a_browser_may_ask_first(url, player):
    answer = player.fetch(url, "OPTIONS")

    assert (204, "*") == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])


def test_a_variant_that_is_not_there_is_not_found(emulator, live, player, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.broadcast.studio.HELD", 0.1)

    assert 404 == player.fetch(f"{root(emulator, live)}/other/stream.mp4").status_code


def test_a_stream_that_is_not_on_air_is_not_found(emulator, customer, body, player):
    answer = player.fetch(f"{root(emulator, customer.create(body()))}/stream.mp4")

    assert (404, "*") == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])


def test_who_asks_while_the_stream_starts_waits_for_its_first_key_frame(emulator, customer, body, encode, player):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "starting")

    assert 5 == len(player.frames(f"{root(emulator, stream)}/stream.mp4", "video", most=5))


def test_many_read_at_once_and_leave_no_trace(emulator, live, url, eventually):
    with ThreadPoolExecutor(READERS) as pool:
        seen = list(pool.map(lambda _: packets(url, 60), range(READERS)))

    assert {True} == {next(is_key for kind, _, is_key in one if kind == "video") for one in seen}
    assert eventually(lambda: emulator.media.monitor.numbers(live["id"]).readers == 0)


def test_who_takes_nothing_is_dropped_and_nobody_else_notices(emulator, live, url, until, eventually, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.listening.progressive.tap.LONGEST_LAG", 3.0)
    monkeypatch.setattr("offair.emulator.web.hearer.UNSENT", 1 << 12)
    address = urlsplit(url)
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 11)
        stuck.connect((address.hostname, address.port))
        stuck.sendall(f"GET {address.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        others = threading.Thread(target=packets, args=(url, 300))
        others.start()
        until("dropped", kind="publication", stream=live["id"])
        others.join()
        numbers = emulator.media.monitor.numbers(live["id"])

    assert numbers.readers_dropped >= 1
    assert eventually(lambda: emulator.media.monitor.numbers(live["id"]).source.fps == pytest.approx(24, rel=0.1))


def test_an_encoder_that_returns_is_read_on(emulator, customer, body, encode):
    stream = customer.create(body())
    first = encode(customer.url(stream))
    customer.until(stream, "live")
    with av.open(f"{root(emulator, stream)}/stream.mp4", timeout=PATIENCE) as container:
        sent = []
        for packet in container.demux(video=0):
            sent.append(float(packet.dts * packet.time_base))
            if len(sent) == 24:
                first.kill()
                customer.until(stream, "reconnecting")
                encode(customer.url(stream))
            if len(sent) == 100:
                break

    steps = [b - a for a, b in pairwise(sent)]
    assert (True, True) == (min(steps) > 0, max(steps) < 0.2)


def test_who_hangs_up_while_nothing_comes_is_gone_too(emulator, customer, body, encode, eventually):
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    with httpx.stream("GET", f"{root(emulator, stream)}/stream.mp4", timeout=PATIENCE) as answer:
        pieces = answer.iter_bytes()
        next(pieces)
        encoder.kill()
        customer.until(stream, "reconnecting")
        before = emulator.media.monitor.numbers(stream["id"]).readers
    eventually(lambda: emulator.media.monitor.numbers(stream["id"]).readers == 0)

    assert (1, "reconnecting") == (before, emulator.world.get(STREAMS, stream["id"]).state)


def test_other_media_from_an_encoder_that_returns_ends_the_answer(emulator, customer, body, encode):
    stream = customer.create(body())
    first = encode(customer.url(stream))
    customer.until(stream, "live")
    deadline = Deadline(PATIENCE)
    with httpx.stream("GET", f"{root(emulator, stream)}/stream.mp4", timeout=PATIENCE) as answer:
        pieces = answer.iter_bytes()
        next(pieces)
        first.kill()
        customer.until(stream, "reconnecting")
        encode(customer.url(stream), "both", "-c:v", "libx264", "-preset", "ultrafast", "-s", "160x90", "-g", "12")
        for _ in pieces:
            assert not deadline.is_over, "the answer goes on"
    with av.open(f"{root(emulator, stream)}/stream.mp4", timeout=PATIENCE) as container:
        assert 160 == container.streams.video[0].width


def test_the_end_of_the_broadcast_ends_the_answer_properly(emulator, customer, body, encode):
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    with httpx.stream("GET", f"{root(emulator, stream)}/stream.mp4", timeout=PATIENCE) as answer:
        pieces = answer.iter_bytes()
        next(pieces)
        encoder.end()
        rest = list(pieces)  # an answer that breaks off would raise

    assert rest


@pytest.mark.parametrize(("clip", "kinds"), [("audio", ["audio"]), ("video", ["video"])])
def test_half_of_it_is_read_too(emulator, customer, body, encode, clip, kinds):
    stream = customer.create(body())
    encode(customer.url(stream), clip)
    customer.until(stream, "live")
    with av.open(f"{root(emulator, stream)}/stream.mp4", timeout=PATIENCE) as container:
        assert kinds == [one.type for one in container.streams]
        assert 10 == sum(1 for _, frame in zip(range(10), container.decode(), strict=False) if frame)


def test_a_ladder_gives_its_best_and_each_rung(stand_in, customers, body, encode, player):
    """Rungs of h264 and h265, with B frames that are shown later than they are sent."""
    customer = customers(stand_in())
    rungs = ({"name": "low", "bframes": 2}, {"name": "high", "codec": "h265", "bitrate_kbps": 900})
    stream = customer.create(body(*rungs, hls="fmp4"))
    encode(customer.url(stream))
    customer.until(stream, "live")
    base = root(customer.emulator, stream)
    seen = {}
    for name in ("stream.mp4", "low/stream.mp4", "high/stream.mp4"):
        with av.open(f"{base}/{name}", timeout=PATIENCE) as container:
            frames = [frame.time for _, frame in zip(range(8), container.decode(video=0), strict=False)]
            seen[name] = (container.streams.video[0].codec_context.name, len(frames), frames == sorted(frames))

    assert {
        "stream.mp4": ("hevc", 8, True),
        "low/stream.mp4": ("h264", 8, True),
        "high/stream.mp4": ("hevc", 8, True),
    } == seen


def test_closing_ends_every_reader_at_once(stand_in, customers, body, encode):
    emulator = stand_in(media_profile="passthrough")
    customer = customers(emulator)
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    url = urlsplit(f"{root(emulator, stream)}/stream.mp4")
    with socket.create_connection((url.hostname, url.port)) as stuck:
        stuck.sendall(f"GET {url.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        with httpx.stream("GET", url.geturl(), timeout=PATIENCE) as answer:
            pieces = answer.iter_bytes()
            next(pieces)
            began = emulator.clock.monotonic()
            emulator.close()
            took = emulator.clock.monotonic() - began

    assert took < AT_ONCE
    emulator.start()  # for the fixtures, which clear up after the customer
