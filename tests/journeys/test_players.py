"""The players that people use, in a real browser: the pictures move, and nothing fatal happens.

``npm ci`` in the folder ``players`` beside this file brings the players.
"""

import itertools
import os
import re
import subprocess
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from browsing import PLAYS_BY_ITSELF, chromium

from offair.emulator.core.clock import Clock
from offair.emulator.core.streams import STREAMS
from offair.emulator.media.formats import flv
from offair.emulator.media.testcard.publisher import Publisher
from offair.emulator.media.testcard.sources import Looped

pytestmark = [pytest.mark.media, pytest.mark.browser]
MODULES = Path(__file__).parent / "players" / "node_modules"
SCRIPTS = {
    "hls.js": MODULES / "hls.js/dist/hls.min.js",
    "dash.js": MODULES / "dashjs/dist/modern/umd/dash.all.min.js",
    "shaka": MODULES / "shaka-player/dist/shaka-player.compiled.js",
}
BARE = ("src", "mse")  # what a browser can do without any of them
PLAYED = 3.0  # seconds
FRAMES = 40  # of the 15 a second that the light profile makes
TIMEOUT = 30_000.0  # milliseconds
PAGE = """<!doctype html>
<title>%(name)s</title>
<video id="video" muted autoplay playsinline width="640"></video>
%(library)s
<script>
  const video = document.getElementById("video"), fatal = [], asked = new URLSearchParams(location.search);
  const isFast = asked.has("fast");
  const start = {
    "hls.js": (url) => {
      const player = new Hls({lowLatencyMode: isFast, maxLiveSyncPlaybackRate: isFast ? 1.5 : 1});
      player.on(Hls.Events.ERROR, (_, error) => error.fatal && fatal.push(`${error.type} ${error.details}`));
      player.loadSource(url);
      player.attachMedia(video);
    },
    "dash.js": (url) => {
      const player = dashjs.MediaPlayer().create();
      player.on(dashjs.MediaPlayer.events.ERROR, (event) => fatal.push(`${event.error.code} ${event.error.message}`));
      player.initialize(video, url, true);
    },
    "shaka": async (url) => {
      const player = new shaka.Player(), fail = (error) => fatal.push(`${error.code} ${error.message}`);
      await player.attach(video);
      player.addEventListener("error", (event) => fail(event.detail));
      player.configure({streaming: {lowLatencyMode: isFast}});
      await player.load(url).catch(fail);
    },
    "src": (url) => { video.src = url; },
    "mse": async (url) => {
      const source = new MediaSource(), opened = new Promise((done) => { source.onsourceopen = done; });
      video.src = URL.createObjectURL(source);
      await opened;
      const buffer = source.addSourceBuffer('video/mp4; codecs="avc1.42c00d,mp4a.40.2"');
      const reader = (await fetch(url)).body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        const appended = new Promise((done, fail) => { buffer.onupdateend = done; buffer.onerror = fail; });
        buffer.appendBuffer(piece.value);
        await appended.catch(() => fatal.push("what came cannot be appended"));
      }
    },
  };
  video.addEventListener("error", () => fatal.push(video.error.message));
  start["%(name)s"](asked.get("url"));
</script>
"""


def site():
    """Serve a page for each player, and the players."""

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].removeprefix("/")
            player, dot, _ = name.rpartition(".html")
            is_page = dot and player in {*SCRIPTS, *BARE}
            library = f'<script src="/{player}"></script>' if player in SCRIPTS else ""
            content = (PAGE % {"name": player, "library": library}).encode() if is_page else b""
            if name in SCRIPTS:
                content = SCRIPTS[name].read_bytes()
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", "text/html" if is_page else "text/javascript")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Requests)


@pytest.fixture(scope="module", name="pages")
def _pages():
    missing = [name for name, script in SCRIPTS.items() if not script.is_file()]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed; run npm ci in {MODULES.parent}")
    server = site()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module", name="browser")
def _browser():
    with chromium(PLAYS_BY_ITSELF, "--disable-quic") as browser:
        yield browser


@pytest.fixture(scope="module", name="live")
def _live(customers_of_all, body, encode_for_all):
    """One live stream for each HLS segment format, with low latency or without, and DASH."""
    customer = customers_of_all()
    streams = {}
    for segment_format, is_fast in itertools.product(("mpegts", "fmp4"), (False, True)):
        rungs = {"name": "high", "gop": 24, "height": 360, "width": 640}, {"name": "low", "gop": 24}
        asked = body(*rungs, hls=segment_format)
        asked["packaging"]["hls"]["low_latency"] = is_fast
        streams[segment_format, is_fast] = customer.create(asked)
        encode_for_all(customer.url(streams[segment_format, is_fast]))
    for stream in streams.values():
        customer.until(stream, "live")
    return streams


@pytest.fixture(name="watch")
def _watch(browser, pages, tmp_path):
    """Play a URL for some seconds; give what the page knows then, and where its picture is."""

    def watch(player: str, url: str, *, is_fast: bool) -> dict:
        with browser.new_page() as page:
            page.goto(f"{pages}/{player}.html?url={url}{'&fast' if is_fast else ''}")
            page.wait_for_function("video.readyState >= 3 || fatal.length", timeout=TIMEOUT)
            started_at = page.evaluate("video.currentTime")
            page.wait_for_function(  # a player may jump to the live edge, so pictures are counted too
                f"""end => fatal.length || (
                    video.currentTime >= end && video.getVideoPlaybackQuality().totalVideoFrames >= {FRAMES})""",
                arg=started_at + PLAYED,
                timeout=TIMEOUT,
            )
            page.screenshot(path=tmp_path / "played.png")
            return page.evaluate(
                """() => ({
                    fatal, width: video.videoWidth, frames: video.getVideoPlaybackQuality().totalVideoFrames,
                    sound: video.webkitAudioDecodedByteCount,
                })"""
            )

    return watch


PLAYERS = [
    ("hls.js", "hls", "mpegts", False),
    ("hls.js", "hls", "fmp4", False),
    ("hls.js", "hls", "mpegts", True),
    ("hls.js", "hls", "fmp4", True),
    ("shaka", "hls", "fmp4", False),
    ("shaka", "hls", "mpegts", True),
    ("shaka", "hls", "fmp4", True),
    ("shaka", "dash", "fmp4", False),
    ("dash.js", "dash", "mpegts", False),
]


@pytest.mark.parametrize(("player", "protocol", "segment_format", "is_fast"), PLAYERS)
def test_a_live_stream_plays(watch, live, player, protocol, segment_format, is_fast):
    seen = watch(player, live[segment_format, is_fast]["playback"][protocol], is_fast=is_fast)

    assert [] == seen["fatal"]
    assert seen["width"] in {320, 212}
    assert seen["frames"] >= FRAMES
    assert seen["sound"] > 0


@pytest.mark.parametrize(("player", "segment_format"), [("hls.js", "mpegts"), ("hls.js", "fmp4"), ("shaka", "fmp4")])
def test_a_stream_plays_whose_encoder_came_back_with_another_profile(
    stand_in, customers, body, encode, watch, eventually, player, segment_format
):
    """Its master playlist names both as long as segments of both are listed."""
    customer = customers(stand_in(media_profile="passthrough"))
    asked = body(hls=segment_format, dash=False)
    asked["packaging"]["hls"]["playlist_size"] = 30
    stream = customer.create(asked)
    before = encode(customer.url(stream), "unaligned")
    customer.until(stream, "live")
    before.kill()
    customer.until(stream, "reconnecting")
    encode(customer.url(stream), "both")
    url = stream["playback"]["hls"]
    eventually(lambda: len(re.findall(r"avc1\.", httpx.get(url).text)) == 2)
    seen = watch(player, url, is_fast=False)

    assert [] == seen["fatal"]
    assert seen["frames"] >= FRAMES
    assert seen["sound"] > 0


@pytest.fixture(scope="module", name="recorded")
def _recorded(customers_of_all, body, new_encoder, eventually):
    """Where a recording's playlist and manifest are, once it is ready."""
    customer = customers_of_all()
    stream = customer.create(body(recording={"enabled": True, "target": "library", "library_id": "lib_1"}))
    encoder = new_encoder(customer.url(stream))
    customer.until(stream, "live")
    (recording,) = customer.emulator.archive.find(stream=stream["id"])
    eventually(lambda: customer.emulator.clock.now() - recording.began_at > 2 * PLAYED)
    encoder.end()
    eventually(lambda: customer.emulator.archive.find(id=recording.id, state="ready"))
    root = urljoin(stream["playback"]["hls"], f"recordings/{recording.id}/")
    return {"hls": f"{root}index.m3u8", "dash": f"{root}manifest.mpd"}


@pytest.mark.parametrize(
    ("player", "protocol"), [("hls.js", "hls"), ("shaka", "hls"), ("shaka", "dash"), ("dash.js", "dash")]
)
def test_a_recording_plays(watch, recorded, player, protocol):
    seen = watch(player, recorded[protocol], is_fast=False)

    assert ([], 320) == (seen["fatal"], seen["width"])
    assert seen["frames"] >= FRAMES
    assert seen["sound"] > 0


@pytest.mark.parametrize(("player", "protocol"), [("hls.js", "hls"), ("dash.js", "dash")])
def test_a_player_gets_over_a_missing_and_a_late_segment(emulator, watch, live, player, protocol):
    """Of the rung that it begins with; there is another."""
    stream = live["mpegts", False]
    tenant = emulator.world.get(STREAMS, stream["id"]).tenant
    address = {"tenant": tenant, "stream": stream["id"], "thing": "segment"}
    since = emulator.journal.write("fault", "players watch").number
    for fault in ({"kind": "status", "rendition": "high", "remaining": 1}, {"kind": "delay", "seconds": 0.4}):
        wanted = {**address, "remaining": 3, **fault}
        answer = httpx.post(f"{emulator.ready()['control_url']}/playback-faults", json=wanted)
        assert 201 == answer.status_code, answer.text
    seen = watch(player, stream["playback"][protocol], is_fast=False)
    hits = [e.details["fault"] for e in emulator.journal.entries({"kind": "fault", "after": str(since)})]

    assert ([], True) == (seen["fatal"], seen["frames"] >= FRAMES)
    assert {"status": 1, "delay": 3} == Counter(hits)


@pytest.mark.parametrize(("player", "is_fast"), [("src", False), ("mse", True)])
def test_the_progressive_mp4_plays_without_any_library(watch, live, player, is_fast):
    url = urljoin(live["fmp4", is_fast]["playback"]["hls"], "stream.mp4")
    seen = watch(player, url, is_fast=is_fast)

    assert ([], 320) == (seen["fatal"], seen["width"])
    assert seen["frames"] >= FRAMES
    assert seen["sound"] > 0


RATE = 15  # numbered pictures a second, as many as the light profile keeps
BITS = 9
WIDTH = 32 * BITS
NUMBERED = f"geq=lum='16+219*mod(floor(N/pow(2,floor(X/32))),2)':cb=128:cr=128,scale={WIDTH}:162:flags=neighbor"
READ_NUMBERS = """([width, bits]) => {
  const canvas = document.createElement("canvas"), seen = window.seen = [];
  canvas.width = width; canvas.height = 4;
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const look = (now) => {
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const row = context.getImageData(0, 1, canvas.width, 1).data;
    let number = 0;
    for (let bit = 0; bit < bits; bit++) if (row[4 * (32 * bit + 16)] > 120) number |= 1 << bit;
    seen.push([(performance.timeOrigin + now) / 1000, number]);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}"""


LONGEST_DELAY = 3.0  # seconds
IS_SOON = """([began, rate, longest]) => {
  const latest = seen.slice(-2 * rate).map(([at, number]) => at - began - number / rate);
  return fatal.length || (latest.length === 2 * rate && Math.max(...latest) < longest);
}"""


@pytest.fixture(scope="module", name="numbered")
def _numbered(ffmpeg, customers_of_all, body, tmp_path_factory):
    """A low-latency stream whose pictures tell their numbers, and when the first one left the encoder."""
    clip = tmp_path_factory.mktemp("numbered") / "clip.flv"
    picture = ["-f", "lavfi", "-i", f"color=s={WIDTH}x2:r={RATE}:d={2**BITS // RATE}", "-vf", NUMBERED]
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(RATE), "-pix_fmt", "yuv420p"]
    sound = ["-f", "lavfi", "-i", f"sine=r=48000:d={2**BITS // RATE}", "-c:a", "aac"]
    subprocess.run(
        [ffmpeg, "-v", "error", *sound[:4], *picture, *encode, *sound[4:], str(clip)], check=True, timeout=60
    )
    customer, clock = customers_of_all(), Clock()
    asked = body({"gop": 24}, hls="fmp4", dash=False)
    asked["packaging"]["hls"]["low_latency"] = True
    stream = customer.create(asked)
    source = Looped(flv.read(clip.read_bytes()), clock=clock)
    publisher = Publisher(customer.url(stream), source, random_bytes=os.urandom, choose_ffmpeg=lambda: Path(ffmpeg))
    began, is_over = [], threading.Event()
    note = lambda progress: began or began.append(clock.wall() - progress.seconds)  # noqa: E731 - it is used once
    thread = threading.Thread(target=publisher.run, args=(note, is_over.is_set))
    thread.start()
    customer.until(stream, "live")
    yield stream["playback"]["hls"], began[0]
    is_over.set()
    thread.join()


@pytest.mark.parametrize("player", ["hls.js", "shaka"])
def test_a_picture_is_seen_soon_after_it_left_the_encoder(browser, pages, numbered, player):
    """Glass to glass, read back from the picture; half of this is meant, but tests run on busy machines.

    A player that began further behind, as it loaded slowly, has to catch up.
    """
    url, began = numbered
    with browser.new_page() as page:
        page.goto(f"{pages}/{player}.html?url={url}&fast")
        page.evaluate(READ_NUMBERS, [WIDTH, BITS])
        page.wait_for_function(IS_SOON, arg=[began, RATE, LONGEST_DELAY], timeout=TIMEOUT)
        fatal, seen = page.evaluate("[fatal, seen]")

    assert [] == fatal
    assert min(at - began - number / RATE for at, number in seen) > 0
