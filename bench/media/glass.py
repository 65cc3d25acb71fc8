"""The viewer's glass: a player in Chromium, and the number that each shown picture carries."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from clips import CODE_BITS, CODE_HEIGHT, CODE_WIDTH

CHROMIUM = Path("/usr/bin/chromium")
PLAYERS = Path(__file__).parents[2] / "tests/journeys/players"
SCRIPTS = {
    "hls.js": PLAYERS / "node_modules/hls.js/dist/hls.min.js",
    "shaka": PLAYERS / "node_modules/shaka-player/dist/shaka-player.compiled.js",
    "h5live": Path(__file__).parents[1] / "h5live/player.js",
}
FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-gpu"]
WATCHED = 12.0  # seconds, of which the second half counts
PAGE = f"""<!doctype html>
<video id="video" muted autoplay playsinline width="{CODE_WIDTH}"></video>
<script src="/script/%(player)s"></script>
<script>
  const video = document.getElementById("video"), asked = new URLSearchParams(location.search);
  const url = asked.get("url"), lowLatencyMode = asked.has("fast"), seen = [], fatal = [];
  const start = {{
    "hls.js": () => {{
      const player = new Hls({{lowLatencyMode}});
      player.on(Hls.Events.ERROR, (_, error) => error.fatal && fatal.push(error.details));
      player.loadSource(url);
      player.attachMedia(video);
    }},
    "shaka": async () => {{
      shaka.polyfill.installAll();
      const player = new shaka.Player();
      await player.attach(video);
      player.configure({{streaming: {{lowLatencyMode}}}});
      await player.load(url).catch((error) => fatal.push(`${{error.stack || error}}`));
    }},
    "h5live": () => playSocket(video, url, fatal),
  }};
  const canvas = new OffscreenCanvas({CODE_WIDTH}, {CODE_HEIGHT});
  const context = canvas.getContext("2d", {{willReadFrequently: true}});
  const look = (now) => {{
    context.drawImage(video, 0, 0, {CODE_WIDTH}, {CODE_HEIGHT});
    const line = context.getImageData(0, {CODE_HEIGHT} / 2, {CODE_WIDTH}, 1).data;
    let number = 0;
    for (let bit = 0; bit < {CODE_BITS}; bit++) number |= (line[4 * (32 * bit + 16)] > 120) << bit;
    seen.push([(performance.timeOrigin + now) / 1000, number]);
    video.requestVideoFrameCallback(look);
  }};
  video.requestVideoFrameCallback(look);
  start["%(player)s"]();
</script>
"""
Sight = tuple[float, int]  # when a picture was shown, in seconds since the epoch, and its number
Watch = Callable[..., list[Sight]]


def missing() -> str:
    """Say what is not installed, and how it is; nothing when all is there."""
    if not CHROMIUM.exists():
        return f"glass to glass is left out, as there is no {CHROMIUM}: apt-get install chromium"
    if not all(script.is_file() for script in SCRIPTS.values()):
        return f"glass to glass is left out for want of players: npm ci --prefix {PLAYERS}"
    return ""


@contextmanager
def browsing() -> Iterator[Watch]:
    """Open a browser; ``watch(url, player, is_fast=…)`` plays and gives what was seen. RuntimeError if nothing was."""
    from playwright.sync_api import sync_playwright

    with _site() as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)

        def watch(url: str, player: str, *, is_fast: bool) -> list[Sight]:
            with browser.new_page() as page:
                page.goto(f"{root}/{player}?url={url}{'&fast' if is_fast else ''}")
                time.sleep(WATCHED)
                seen, fatal = page.evaluate("[seen, fatal]")
            if not seen or fatal:
                raise RuntimeError(f"{player} showed {len(seen)} pictures of {url}: {fatal}")
            return seen[len(seen) // 2 :]

        yield watch
        browser.close()


@contextmanager
def _site() -> Iterator[str]:
    """Serve a page for each player, and the players."""

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            player = path.rpartition("/")[2]
            is_script = path.startswith("/script/")
            content = b""
            if player in SCRIPTS:
                content = SCRIPTS[player].read_bytes() if is_script else (PAGE % {"player": player}).encode()
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
