"""The judge on somebody else's origin: it finds what is known to be wrong with it, and nothing else."""

import subprocess
import threading
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import imageio_ffmpeg
import pytest
from judging import BUSY

from offair.contracts.checks.media import explain, judge
from offair.emulator.core.clock import Clock
from offair.emulator.watching import get, watch

TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t"}
PICTURES = ("-re", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10")
CODED = ("-t", "30", "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-sc_threshold", "0")
HLS = ("-f", "hls", "-hls_time", "1", "-hls_list_size", "3", "-hls_flags", "delete_segments", "live.m3u8")


class StaticFiles(SimpleHTTPRequestHandler):
    """A folder, with the headers that a player needs."""

    extensions_map = TYPES

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-cache" if self.path.endswith(("m3u8", "mpd")) else "max-age=60")
        super().end_headers()

    def do_GET(self):
        if self.path == "/dripping":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with suppress(OSError):  # whoever reads hangs up
                while not self.server.is_over.wait(0.02):
                    self.wfile.write(b"a")
        elif self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/old.m3u8?a=b")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture(name="site")
def _site(tmp_path):
    """A static server over a temporary folder: its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(StaticFiles, directory=tmp_path)) as server:
        server.is_over = threading.Event()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.is_over.set()
        server.shutdown()
        thread.join()


@pytest.mark.media
def test_ffmpeg_deletes_segments_too_soon_and_does_nothing_else_wrong(site, tmp_path):
    """Its hls muxer keeps a segment for one more than is listed; RFC 8216 asks for a whole playlist more.

    That is too little by either count of the time, by a hair's breadth in one of them.
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *PICTURES, *CODED, *HLS]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.DEVNULL) as ffmpeg:
        clock = Clock()
        deadline = clock.deadline(30)
        while not get(f"{site}/live4.ts", clock).is_good and not deadline.is_over:
            clock.sleep(0.1)
        seen = watch(f"{site}/live.m3u8", 9)
        ffmpeg.kill()

    found = judge(seen.entry, seen.fetches, ignore=BUSY)
    assert {"hls/segment-kept-after"} == {one.rule for one in found} - {"hls/segment-kept"}, explain(found)


def test_what_is_found_elsewhere_is_relative_to_there(site, tmp_path):
    (tmp_path / "old.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nold/1.ts\n#EXT-X-ENDLIST\n")

    seen = watch(f"{site}/elsewhere", 1)

    assert f"{site}/old/1.ts" in {fetch.url for fetch in seen.fetches}


def test_a_server_without_ranges_is_asked_for_them_all_the_same(site, tmp_path):
    (tmp_path / "all.ts").write_bytes(bytes(range(200)))

    assert (bytes(range(10, 20)), 200) == ((found := get(f"{site}/all.ts#bytes=10-19", Clock())).body, found.status)


def test_a_body_that_comes_byte_by_byte_is_none_after_the_time_for_all_of_it(site):
    clock = Clock()
    deadline = clock.deadline(10)

    assert (0, False) == (get(f"{site}/dripping", clock, timeout=0.3).status, deadline.is_over)


@pytest.mark.parametrize("scheme", ["file", "ftp", "FILE"])
def test_nobodys_file_is_read_however_a_playlist_names_it(tmp_path, scheme):
    (tmp_path / "secret").write_text("secret")

    assert (0, b"") == ((found := get(f"{scheme}://{tmp_path}/secret", Clock())).status, found.body)


def test_what_a_manifest_holds_itself_can_be_fetched():
    assert (200, b"abc") == ((found := get("data:video/mp4;base64,YWJj", Clock())).status, found.body)


def test_a_stage_tells_every_rule_that_an_origin_breaks(site, tmp_path, offair):
    (tmp_path / "long.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:9,\n1.ts\n#EXT-X-ENDLIST\n")
    report = offair.watch(f"{site}/long.m3u8", seconds=1)
    ignored = {"hls/target-covers", "hls/segment-answers", "player/decodes"}

    assert (False, ignored) == (report.kept, {one.rule.name for one in report.errors})
    assert [] == [name for name in ignored if name not in str(report)]
    assert offair.watch(f"{site}/long.m3u8", seconds=1, ignore=ignored).kept


def test_a_stage_says_where_nothing_plays(site, offair):
    with pytest.raises(LookupError, match=r"nothing plays at .*nothing.m3u8: it answers 404"):
        offair.watch(f"{site}/nothing.m3u8", seconds=1)
