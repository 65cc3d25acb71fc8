"""What changes in the middle of MPEG-TS over SRT begins another run, as it does over RTMP."""

import subprocess
import threading

import needing
import pytest

pytestmark = [
    pytest.mark.media,
    needing.program("srt-live-transmit"),
]


@pytest.fixture(name="send")
def _send(ffmpeg):
    """Send pictures of these sizes one after another, in real time, on one SRT connection."""
    ended = threading.Event()

    def send(url: str, *sizes: str) -> threading.Thread:
        options = ["-q", "-loglevel:error", "-chunk:1316", "-a:no"]
        thread = threading.Thread(target=feed, args=([*options, "file://con", url], sizes))
        thread.start()
        return thread

    def feed(argv, sizes) -> None:
        with subprocess.Popen(["srt-live-transmit", *argv], stdin=subprocess.PIPE) as caller:
            for size in sizes:
                inputs = [
                    "-re",
                    "-f",
                    "lavfi",
                    "-i",
                    f"testsrc2=s={size}:r=25:d=4",
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=r=48000:d=4",
                ]
                coding = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-c:a", "aac"]
                source = [ffmpeg, "-v", "error", "-nostdin", *inputs, *coding, "-f", "mpegts", "-"]
                subprocess.run(source, stdout=caller.stdin, check=False)
            ended.wait(30)
            caller.kill()

    yield send
    ended.set()


@pytest.mark.parametrize("profile", ["passthrough", "faithful"])
def test_another_size_over_srt_is_another_run_with_its_own_init_section(
    stand_in, customers, body, send, player, eventually, profile
):
    customer = customers(stand_in(media_profile=profile))
    stream = customer.create(body(hls="fmp4", listed=100))
    sending = send(stream["ingest"]["srt"], "320x180", "480x270")
    customer.until(stream, "live")
    (variant,) = player.variants(stream["playback"]["hls"])
    playlist = eventually(lambda: (p := player.playlist(variant)) and any(s.discontinuity for s in p.segments) and p)
    again = next(segment for segment in playlist.segments if segment.discontinuity)
    (entry,) = player.playlist(stream["playback"]["hls"]).playlists

    assert again.init_section.uri != playlist.segments[0].init_section.uri
    assert ((480, 270) if profile == "passthrough" else (426, 240)) == entry.stream_info.resolution
    customer.order("stop", stream)
    assert sending.is_alive()
