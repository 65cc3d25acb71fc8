"""Publishers over WebRTC that nobody here wrote: FFmpeg, aiortc and Chromium, from their offer to what plays."""

import asyncio
import os
import random
import signal
import subprocess
import threading
from array import array
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import pairwise
from urllib.parse import urljoin

import av
import httpx
import imageio_ffmpeg
import m3u8
import pytest
from browsing import CAMERA, CHROMIUM, FLAGS, chromium, publish_from

from offair.emulator.core.clock import Deadline
from offair.emulator.emulator import Emulator
from offair.emulator.media.ingest.whip.door import reachable
from offair.emulator.media.ingest.whip.transport import WhipPort
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media
WHEEL = imageio_ffmpeg.get_ffmpeg_exe()
PATIENCE = 30.0
PICTURE = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25"]
TONE = ["-re", "-f", "lavfi", "-i", "sine=r=48000"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline",
        "-pix_fmt", "yuv420p", "-g", "25"]  # fmt: skip
FLASHES = ["-re", "-f", "lavfi", "-i", "color=black:s=160x90:r=25,geq=lum='if(lt(mod(T,1),0.12),235,16)':cb=128:cr=128"]
BEEPS = ["-re", "-f", "lavfi", "-i", "aevalsrc='if(lt(mod(t,1),0.12),sin(6283*t),0)':s=48000"]
BRIGHT, LOUD = 100, 0.1
OPUS = ["-c:a", "libopus", "-ac", "2"]
SHRINK = """async (by) => {
  const {sender} = window, parameters = sender.getParameters();
  parameters.encodings[0].scaleResolutionDownBy = by;
  await sender.setParameters(parameters);
}"""


REPEATED = """async () => {
  const reports = [...(await pc.getStats()).values()];
  return reports.reduce((sum, {retransmittedPacketsSent}) => sum + (retransmittedPacketsSent || 0), 0);
}"""


def eventually(look):
    """Look until there is something to see, and give it."""
    deadline, pause = Deadline(PATIENCE), threading.Event()
    while not (seen := look()):
        assert not deadline.is_over, f"the last look saw {seen!r}"
        pause.wait(0.05)
    return seen


class Room:
    """A room, as its house and its audience see it."""

    def __init__(self, api, made) -> None:
        self.api, self.made = api, made
        self.url = f"{api.base_url}rooms/{made['room']}/whip"

    @property
    def state(self) -> str:
        return self.api.get(f"/rooms/{self.made['room']}").json()["state"]

    def until(self, state: str) -> "Room":
        eventually(lambda: self.state == state)
        return self

    def playlist(self) -> m3u8.M3U8:
        """The playlist of its pictures."""
        master = m3u8.loads(httpx.get(self.made["watch"]).raise_for_status().text, uri=self.made["watch"])
        return self._read(urljoin(self.made["watch"], master.playlists[0].uri))

    def sound(self) -> m3u8.M3U8:
        """The playlist of its sound."""
        master = m3u8.loads(httpx.get(self.made["watch"]).raise_for_status().text, uri=self.made["watch"])
        return self._read(urljoin(self.made["watch"], master.media[0].uri))

    def frames(self, playlist: m3u8.M3U8, tmp_path) -> list[av.frame.Frame]:
        """Decode all that a playlist lists, run by run."""
        found = []
        runs = dict.fromkeys(segment.init_section.absolute_uri for segment in playlist.segments)
        for run in runs:
            parts = [run, *(s.absolute_uri for s in playlist.segments if s.init_section.absolute_uri == run)]
            path = tmp_path / "run.mp4"
            path.write_bytes(b"".join(httpx.get(part).raise_for_status().content for part in parts))
            with av.open(str(path)) as container:
                found += list(container.decode(container.streams[0]))
        return found

    def _read(self, url: str) -> m3u8.M3U8:
        return m3u8.loads(httpx.get(url).raise_for_status().text, uri=url)


@pytest.fixture(name="room")
def _room(api, make_room):
    return Room(api, make_room())


@pytest.fixture(name="encode")
def _encode(make_user):
    """Have FFmpeg publish to a room until the test is over."""
    muxers = subprocess.run([WHEEL, "-hide_banner", "-muxers"], capture_output=True, text=True, check=True).stdout
    if "whip" not in muxers:
        pytest.skip("this ffmpeg has no WHIP muxer")
    running = []

    def encode(room, *options, source=(*PICTURE, *TONE)):
        bearer = make_user("admin")[1]["Authorization"].removeprefix("Bearer ")
        media = [*source, *H264, *OPUS, "-authorization", bearer]
        argv = [WHEEL, "-v", "error", "-nostdin", *media, *options, "-f", "whip", room.url]
        running.append(subprocess.Popen(argv, stderr=subprocess.DEVNULL))
        return running[-1]

    yield encode
    for process in running:
        process.kill()
        process.wait(PATIENCE)


@pytest.mark.parametrize("role", [[], ["-whip_flags", "dtls_active"]], ids=["passive", "active"])
def test_ffmpeg_is_seen_and_heard_in_either_role(room, encode, role, tmp_path):
    encode(room, *role)
    room.until("on")
    eventually(lambda: len(room.playlist().segments) >= 3)
    pictures, sounds = (room.frames(playlist, tmp_path) for playlist in (room.playlist(), room.sound()))
    started = [float(frames[0].pts * frames[0].time_base) for frames in (pictures, sounds)]

    assert ({(320, 180)}, {48_000}) == (
        {(frame.width, frame.height) for frame in pictures}, {frame.sample_rate for frame in sounds},
    )  # fmt: skip
    assert started[0] == pytest.approx(started[1], abs=0.1)
    assert {Fraction(1, 15)} == {
        Fraction(after.pts - before.pts) * before.time_base for before, after in pairwise(pictures)
    }


def onsets(moments):
    """Where in (seconds, is it so) something begins."""
    return [at for (_, before), (at, now) in pairwise(moments) if now and not before]


def is_bright(frame) -> bool:
    shown = bytes(frame.reformat(format="gray").planes[0])
    return sum(shown) > BRIGHT * len(shown)


def is_loud(frame) -> bool:
    heard = array("f", bytes(frame.planes[0])[: frame.samples * 4])
    return max(map(abs, heard)) > LOUD


def test_sound_and_pictures_come_together(everybody, encode, tmp_path):
    settings = Settings(port=0, rtmp_port=0, media_profile="passthrough")
    with Emulator(settings, everybody) as emulator, _house(emulator) as api:
        room = Room(api, api.post("/rooms/", json={"title": "a room"}).json())
        user = api.post("/users", json={"name": "Ann", "role": "admin"}).json()
        encode(room, "-authorization", user["bearer"], source=(*FLASHES, *BEEPS))
        room.until("on")
        eventually(lambda: len(room.playlist().segments) >= 4)
        pictures, sounds = (room.frames(playlist, tmp_path) for playlist in (room.playlist(), room.sound()))
        flashes = onsets([(float(frame.pts * frame.time_base), is_bright(frame)) for frame in pictures])
        beeps = onsets([(float(frame.pts * frame.time_base), is_loud(frame)) for frame in sounds])

        assert len(flashes) >= 2
        assert flashes[1:] == pytest.approx(
            [min(beeps, key=lambda beep: abs(beep - at)) for at in flashes[1:]], abs=0.06
        )


def test_ffmpegs_end_is_the_rooms_end(room, encode):
    process = encode(room)
    room.until("on")
    process.send_signal(signal.SIGINT)
    room.until("over")


def test_a_killed_encoder_is_missed_and_may_come_back(make_user, everybody, encode):
    settings = Settings(port=0, rtmp_port=0, stale_after=3.0, switches={"toy": {"grace_seconds": 20.0}})
    with Emulator(settings, everybody) as emulator, _house(emulator) as api:
        room = Room(api, api.post("/rooms/", json={"title": "a room"}).json())
        user = api.post("/users", json={"name": "Ann", "role": "admin"}).json()
        first = encode(room, "-authorization", user["bearer"])
        room.until("on")
        first.kill()
        lost = emulator.journal.wait_for({"kind": "move", "text": "connection_lost"}, Deadline(PATIENCE))
        encode(room, "-authorization", user["bearer"])
        returned = emulator.journal.wait_for({"kind": "move", "text": "encoder_returned"}, Deadline(PATIENCE))

        assert (True, True, "on") == (bool(lost), bool(returned), room.state)


@contextmanager
def _house(emulator):
    ready = emulator.ready()["clouds"]["toy"]
    with httpx.Client(base_url=ready["base_url"], headers=ready["headers"], timeout=PATIENCE) as api:
        yield api


def test_an_independent_client_is_seen(room, api, tmp_path):
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
        answer = await asyncio.to_thread(lambda: api.post(room.url, **offer).raise_for_status())
        await connection.setRemoteDescription(aiortc.RTCSessionDescription(sdp=answer.text, type="answer"))
        await asyncio.to_thread(room.until, "on")
        frames = await asyncio.to_thread(lambda: room.frames(room.playlist(), tmp_path))
        await connection.close()
        return frames

    frames = asyncio.run(publish())
    room.until("over")

    assert (320, 180) == (frames[0].width, frames[0].height)


@pytest.fixture(scope="module", name="browser")
def _browser():
    with chromium(*CAMERA) as browser:
        yield browser


@pytest.fixture(name="page_of")
def _page_of(browser):
    """Open a page from which a browser may publish to a room: a camera is for pages of a safe origin."""
    contexts = []

    def page_of(room):
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(room.url.removesuffix("whip") + "page")
        return page

    yield page_of
    for context in contexts:
        context.close()


def go_live(page, room, codec="H264", size=(640, 360)):
    status, words = offer(page, room, codec, size)
    assert 201 == status, words


def offer(page, room, codec, size=(640, 360)):
    return publish_from(page, room.url, headers={"X-Toy": room.api.headers["X-Toy"]}, codec=codec, size=size)


@pytest.mark.browser
@pytest.mark.parametrize("codec", ["H264", "VP9"])
def test_a_browser_is_seen_and_heard(room, page_of, codec, tmp_path):
    go_live(page_of(room), room, codec)
    room.until("on")
    pictures, sounds = (room.frames(playlist, tmp_path) for playlist in (room.playlist(), room.sound()))

    assert ((320, 180), 48_000) == ((pictures[0].width, pictures[0].height), sounds[0].sample_rate)


@pytest.mark.browser
def test_a_browser_ends_by_the_url_that_it_was_given(room, page_of):
    page = page_of(room)
    go_live(page, room)
    room.until("on")
    status = page.evaluate("async () => (await fetch(session, {method: 'DELETE'})).status")
    room.until("over")

    assert 200 == status


@pytest.mark.browser
@pytest.mark.parametrize("how", ["pc.close()", "location.href = 'about:blank'"], ids=["closed", "left"])
def test_a_browser_that_stops_ends_it(room, page_of, how):
    page = page_of(room)
    go_live(page, room)
    room.until("on")
    page.evaluate(how)
    room.until("over")


@pytest.fixture(name="victim")
def _victim(browser, tmp_path):
    """A browser of its own process group, and a connection to it."""
    argv = [str(CHROMIUM), *FLAGS, *CAMERA, "--headless", "--remote-debugging-port=0",
            f"--user-data-dir={tmp_path / 'user'}"]  # fmt: skip
    process = subprocess.Popen([*argv, "about:blank"], stderr=subprocess.DEVNULL, start_new_session=True)
    told = tmp_path / "user" / "DevToolsActivePort"
    eventually(lambda: told.exists() and "\n" in told.read_text())
    port = told.read_text().splitlines()[0]
    connected = browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")

    def kill():
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    yield connected.contexts[0], kill
    kill()
    connected.close()


@pytest.mark.browser
def test_a_killed_browser_ends_when_it_was_silent_for_long_enough(everybody, victim):
    context, kill = victim
    settings = Settings(port=0, rtmp_port=0, stale_after=2.0)
    with Emulator(settings, everybody) as emulator, _house(emulator) as api:
        room = Room(api, api.post("/rooms/", json={"title": "a room"}).json())
        page = context.new_page()
        page.goto(room.url.removesuffix("whip") + "page")
        go_live(page, room)
        room.until("on")
        kill()
        room.until("over")

        assert emulator.journal.entries({"kind": "publication", "text": "no media for 2 s"})


@pytest.mark.browser
@pytest.mark.parametrize(
    ("profile", "codec", "sizes"),
    [("passthrough", "H264", 2), ("passthrough", "VP9", 1), ("light", "H264", 1), ("faithful", "H264", 1)],
)
def test_pictures_of_another_size_are_played_on(everybody, page_of, profile, codec, sizes, tmp_path):
    settings = Settings(port=0, rtmp_port=0, media_profile=profile)
    with Emulator(settings, everybody) as emulator, _house(emulator) as api:
        room = Room(api, api.post("/rooms/", json={"title": "a room"}).json())
        page = page_of(room)
        go_live(page, room, codec)
        room.until("on")
        newest = emulator.media.studio.newest_segment(room.made["room"])
        page.evaluate(SHRINK, 2)
        eventually(lambda: emulator.media.studio.newest_segment(room.made["room"]) >= newest + 3)
        playlist = room.playlist()
        frames = room.frames(playlist, tmp_path)
        seen = dict.fromkeys((frame.width, frame.height) for frame in frames)

        assert ("on", sizes) == (room.state, len(seen))
        assert sizes - 1 == sum(segment.discontinuity for segment in playlist.segments)


@pytest.fixture(name="bad_network")
def _bad_network(monkeypatch):
    """Lose one in thirty of the packets that carry media."""
    chance, receive = random.Random(1), WhipPort._receive
    lost = []

    def lose(port, datagram, address):
        if datagram[0] >= 128 and chance.random() < 1 / 30:
            lost.append(datagram)
        else:
            receive(port, datagram, address)

    monkeypatch.setattr(WhipPort, "_receive", lose)
    return lost


@pytest.mark.browser
def test_what_gets_lost_of_a_browsers_pictures_comes_again(everybody, page_of, bad_network, tmp_path):
    settings = Settings(port=0, rtmp_port=0, media_profile="passthrough")
    with Emulator(settings, everybody) as emulator, _house(emulator) as api:
        room = Room(api, api.post("/rooms/", json={"title": "a room"}).json())
        page = page_of(room)
        go_live(page, room)
        room.until("on")
        eventually(lambda: len(room.playlist().segments) >= 3)
        frames = room.frames(room.playlist(), tmp_path)
        repeated = page.evaluate(REPEATED)
        gaps = [float((after.pts - before.pts) * before.time_base) for before, after in pairwise(frames)]
        frozen = sum(gap for gap in gaps if gap > 0.25)  # half of it, if each was lost up to the next key frame

        assert (True, True) == (len(bad_network) > 0, repeated > 0)
        assert (False, True) == (any(frame.is_corrupt for frame in frames), frozen < sum(gaps) / 4)


def test_what_gets_lost_of_ffmpegs_pictures_comes_again(room, encode, bad_network, tmp_path):
    encode(room)
    room.until("on")
    eventually(lambda: len(room.playlist().segments) >= 3)

    assert (True, {(320, 180)}) == (
        len(bad_network) > 0, {(frame.width, frame.height) for frame in room.frames(room.playlist(), tmp_path)},
    )  # fmt: skip


@pytest.mark.browser
def test_vp8_alone_is_refused_before_it_begins(room, page_of):
    page = page_of(room)
    status, words = offer(page, room, "VP8")

    assert (422, True) == (status, "must be H.264 or VP9" in words)
