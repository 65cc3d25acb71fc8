"""Real media: an encoder over RTMPS moves a stream, its URLs play in Cloudflare's form, and what it sent is kept."""

import asyncio
import subprocess
import threading
from contextlib import contextmanager

import httpx
import imageio_ffmpeg
import pytest

from offair.emulator.core.clock import Deadline
from offair.emulator.core.streams import STREAMS
from offair.emulator.media.ingest.whip.door import reachable
from offair.emulator.media.testcard.playing import count_frames
from offair.emulator.media.transcoding.ffmpeg import choose

pytestmark = pytest.mark.media
PATIENCE = 40.0
CLIP = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=24", "-f", "lavfi", "-i", "sine=r=48000", "-c:v", "libx264",
        "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "24", "-c:a", "aac"]  # fmt: skip


def eventually(look):
    deadline, pause = Deadline(PATIENCE), threading.Event()
    while not (seen := look()):
        assert not deadline.is_over, f"nothing within {PATIENCE:g} s"
        pause.wait(0.05)
    return seen


@pytest.fixture(name="encode")
def _encode(emulator):
    """Be an encoder over RTMPS, as the create answer says, for as long as the context lasts."""

    @contextmanager
    def encode(stream, url=None):
        ca = ["-ca_file", str(emulator.media.await_ca_file())] if url is None else []
        to = url or stream["ingest"]["rtmps_url"] + stream["ingest"]["stream_key"]
        argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", *CLIP, "-f", "flv", *ca, to]
        with subprocess.Popen(argv, stderr=subprocess.PIPE) as encoder:
            try:
                yield encoder
            finally:
                encoder.terminate()
                encoder.communicate(timeout=20)

    return encode


@pytest.fixture(name="status")
def _status(anybody):
    return lambda stream, wanted: eventually(
        lambda: (shown := anybody.get(f"/streams/id/{stream['id']}").json())["status"] == wanted and shown
    )


def test_a_stream_goes_live_and_ends_by_itself_and_becomes_a_vod(api, anybody, control, stream, encode, status):
    root = stream["playback_url"].removesuffix("/manifest/video.m3u8")
    with encode(stream):
        live = status(stream, "live")
        plays = [count_frames(choose(None), f"{root}/manifest/video.{kind}", 1.0) > 0 for kind in ("m3u8", "mpd")]
        page = httpx.get(f"{root}/iframe")
        picture = httpx.get(f"{root}/thumbnails/thumbnail.jpg")
        watched = anybody.get(f"/streams/id/{stream['id']}").json()
    ended = status(stream, "ended")
    vod = eventually(
        lambda: (found := api.get(f"/streams/vods/{ended['vod_id']}").json())["status"] == "ready" and found
    )
    numbers = api.get(f"/streams/{stream['id']}/analytics").json()
    files = control.get(f"/streams/{stream['id']}").json()["recordings"][0]["files"]

    assert dict.fromkeys(files, 200) == {name: httpx.head(url).status_code for name, url in files.items()}
    assert ([True, True], True) == (plays, live["started_at"] is not None)
    assert (200, True, 200, "image/jpeg") == (
        page.status_code, "<video" in page.text, picture.status_code, picture.headers["Content-Type"],
    )  # fmt: skip
    assert (True, watched["peak_viewers"]) == (watched["peak_viewers"] >= 1, numbers["peak_concurrent_viewers"])
    hls = [vod["video_url"], stream["playback_url"]]
    kept = [*hls, *(url.replace(".m3u8", ".mpd") for url in hls)]
    frames = [count_frames(choose(None), url, 1.0) for url in kept]
    assert (True, True, 1) == (vod["duration"] > 1, frames[0] > 0, len(set(frames)))
    assert 200 == httpx.get(vod["thumbnail_url"]).status_code
    assert 200 == httpx.get(vod["video_url"].replace("manifest/video.m3u8", "downloads/default.mp4")).status_code
    assert count_frames(choose(None), stream["playback_url"], 1.0) > 0  # the stream's own URL plays on


def test_ending_by_the_api_sends_the_encoder_away(api, stream, encode, status):
    with encode(stream) as encoder:
        status(stream, "live")
        ended = api.post(f"/streams/{stream['id']}/end").json()
        gone = eventually(lambda: encoder.poll() is not None)

    assert ("ended", True) == (ended["status"], gone)


def test_an_encoder_takes_over_what_the_api_started(api, emulator, live, encode, status):
    """The web client marks a stream live, and its encoder may come later."""
    stream = emulator.world.get(STREAMS, live["id"])
    with encode(live, url=f"{emulator.rtmp_url}/live/{stream.key}"):
        eventually(lambda: httpx.get(live["playback_url"]).status_code == 200)

        assert "live" == api.get(f"/streams/id/{live['id']}").json()["status"]
    status(live, "ended")


def test_a_publisher_over_webrtc_goes_live_and_plays(anybody, stream, status):
    aiortc = pytest.importorskip("aiortc")
    mediastreams = pytest.importorskip("aiortc.mediastreams")
    if len(reachable("", "127.0.0.1")) < 2:
        pytest.skip("aiortc leaves the loopback out of its candidates, and this machine has no other address")

    async def publish():
        connection = aiortc.RTCPeerConnection()
        connection.addTransceiver(mediastreams.VideoStreamTrack(), direction="sendonly")
        connection.addTransceiver(mediastreams.AudioStreamTrack(), direction="sendonly")
        await connection.setLocalDescription(await connection.createOffer())
        offer = {"content": connection.localDescription.sdp, "headers": {"Content-Type": "application/sdp"}}
        answer = await asyncio.to_thread(lambda: anybody.post(stream["ingest"]["webrtc_url"], **offer))
        await connection.setRemoteDescription(aiortc.RTCSessionDescription(sdp=answer.text, type="answer"))
        await asyncio.to_thread(lambda: status(stream, "live"))
        frames = await asyncio.to_thread(lambda: count_frames(choose(None), stream["playback_url"], 1.0))
        ended = await asyncio.to_thread(lambda: anybody.delete(answer.headers["Location"]))
        await connection.close()
        return frames, ended.status_code

    frames, ended = asyncio.run(publish())
    status(stream, "ended")

    assert (True, 200) == (frames > 0, ended)
