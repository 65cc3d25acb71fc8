"""A broadcast that was recorded can be had again: as a file that seeks, and as HLS from its beginning."""

import io
import os
import signal
import subprocess
from contextlib import closing

import av
import boto3
import httpx
import imageio_ffmpeg
import pytest
from free_ports import free_port
from moto.server import ThreadedMotoServer
from streams import stream as described

from offair.emulator.core.streams import STREAMS, Capture, Ladder, Motion
from offair.emulator.emulator import Emulator
from offair.emulator.media.formats.boxes import boxes
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media
LIBRARY = {"enabled": True, "target": "library", "library_id": "lib_1"}
PATIENCE = 30.0
FRAMES, FPS, SECONDS = 240, 24, 10.0  # of the clip
WITHIN = 1.0  # seconds: a fragment, and what an encoder that is killed has in its hands


@pytest.fixture(scope="module", name="emulator")
def _emulator(tmp_path_factory):
    """A stand-in that copies, and keeps recordings where the user said."""
    folder = tmp_path_factory.mktemp("recordings")
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough", recordings_dir=folder)) as emulator:
        yield emulator


@pytest.fixture(scope="session", name="send")
def _send(ffmpeg, clips):
    """Send a clip to its end, as fast as it goes."""

    def send(url: str) -> None:
        argv = [ffmpeg, "-v", "error", "-i", str(clips["both"]), "-c", "copy", "-f", "flv", url]
        subprocess.run(argv, check=True, timeout=60)

    return send


def recordings_of(customer, stream):
    """What the control surface says."""
    control = customer.emulator.ready()["control_url"]
    return httpx.get(f"{control}/recordings", params={"stream": stream["id"]}, timeout=PATIENCE).json()["recordings"]


@pytest.fixture(scope="module", name="until_recorded")
def _until_recorded(eventually):
    """Wait until a stream's last recording is in a state, and give it."""

    def until(customer, stream, state="ready"):
        def look():
            found = recordings_of(customer, stream)
            return found and found[-1]["state"] == state and found[-1]

        return eventually(look)

    return until


def packets(url, kind="video"):
    with av.open(url) as container:
        return sum(1 for packet in container.demux(**{kind: 0}) if packet.size)


@pytest.fixture(scope="module", name="recorded")
def _recorded(emulator, customers_of_all, body, send, until_recorded):
    """A customer, a stream whose broadcast is over, and its recording."""
    customer = customers_of_all(emulator)
    stream = customer.create(body(recording=LIBRARY))
    send(customer.url(stream))
    return customer, stream, until_recorded(customer, stream)


def test_pictures_in_are_pictures_out(recorded):
    assert FRAMES == packets(recorded[2]["files"]["recording.mp4"])


def test_a_recording_is_as_long_as_what_was_sent(recorded):
    assert pytest.approx(SECONDS, abs=0.1) == recorded[2]["seconds"]


def test_an_mp4_can_be_sought_over_http(recorded):
    with av.open(recorded[2]["files"]["recording.mp4"]) as container:
        container.seek(5_000_000)
        frame = next(container.decode(video=0))

    assert 4.4 <= frame.time <= 5.0


def test_an_mp4_has_its_index_in_front(recorded, player):
    kinds = [box.kind for box in boxes(player.fetch(recorded[2]["files"]["recording.mp4"]).content)]

    assert kinds.index(b"moov") < kinds.index(b"mdat")


@pytest.mark.parametrize("name", ["replay_url", "latest"])
def test_a_replay_plays_the_whole_broadcast(recorded, player, name):
    _, stream, recording = recorded
    latest = stream["playback"]["hls"].replace("master.m3u8", "replay.m3u8")
    url = latest if name == "latest" else recording["replay_url"]
    (media,) = player.variants(url)

    assert ("vod", True) == (player.playlist(media).playlist_type, player.playlist(media).is_endlist)
    assert FRAMES == len(player.frames(url, "video", most=FRAMES + 1))


@pytest.mark.parametrize("name", ["replay_url", "index.m3u8"])
def test_a_replay_plays_to_its_end_in_the_newest_ffmpeg(recorded, name):
    """Of ranges that touch, FFmpeg 9.0 plays the first alone, whoever serves them."""
    url = recorded[2]["replay_url"] if name == "replay_url" else recorded[2]["files"][name]
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", url, "-map", "v", "-c", "copy", "-f", "framecrc", "-"]
    played = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=PATIENCE)

    assert FRAMES == sum(not line.startswith("#") for line in played.stdout.splitlines())


def test_a_recording_has_a_picture(recorded, player):
    answer = player.fetch(recorded[2]["files"]["thumbnail.jpg"])

    assert ("image/jpeg", b"\xff\xd8") == (answer.headers["Content-Type"], answer.content[:2])


def test_what_lies_beside_a_recording_is_not_served(recorded, player):
    customer, stream, recording = recorded
    root = f"{customer.emulator.addresses('tenbyte').cdn}/{stream['id']}/recordings/{recording['id']}"

    assert [404, 404, 404] == [
        player.fetch(f"{root}/{name}").status_code for name in ("recording.json", "%2e%2e/x.mp4", "source/9.mp4")
    ]


def test_a_recording_is_found_below_its_own_stream_only(recorded, player):
    customer, _, recording = recorded
    url = f"{customer.emulator.addresses('tenbyte').cdn}/another/recordings/{recording['id']}/recording.mp4"

    assert 404 == player.fetch(url).status_code


def test_deleting_a_stream_keeps_its_recordings(customer, body, send, until_recorded, player):
    stream = customer.create(body(recording=LIBRARY))
    send(customer.url(stream))
    recording = until_recorded(customer, stream)
    customer.until(stream, "idle")
    customer.delete(stream)

    assert 200 == player.fetch(recording["files"]["recording.mp4"]).status_code


def test_a_reset_forgets_recordings_with_their_files(customer, body, send, until_recorded, player):
    stream = customer.create(body(recording=LIBRARY))
    send(customer.url(stream))
    recording = until_recorded(customer, stream)
    customer.emulator.tenancy.reset(customer.tenant.id)

    assert ([], 404) == (recordings_of(customer, stream), player.fetch(recording["replay_url"]).status_code)
    assert not (customer.emulator.settings.recordings_dir / recording["id"]).exists()


def test_a_stream_that_asked_for_none_has_no_recording(customer, body, send):
    stream = customer.create(body())
    send(customer.url(stream))
    customer.until(stream, "idle")

    assert [] == recordings_of(customer, stream)


@pytest.mark.parametrize("kind", [None, LIBRARY])
def test_every_stream_on_air_has_a_picture(customer, body, encode, player, kind):
    stream = customer.create(body(**{"recording": kind} if kind else {}))
    encode(customer.url(stream))
    customer.until(stream, "live")
    control = customer.emulator.ready()["control_url"]
    url = player.fetch(f"{control}/streams/{stream['id']}").json()["thumbnail_url"]
    (frame,) = player.frames(url, "video")

    assert (320, 180) == (frame.width, frame.height)


def test_while_on_air_a_replay_begins_at_the_beginning(customer, body, encode, player, eventually):
    stream = customer.create(body(recording=LIBRARY))
    encode(customer.url(stream))
    customer.until(stream, "live")
    url = stream["playback"]["hls"].replace("master.m3u8", "replay.m3u8")
    (media,) = eventually(lambda: player.fetch(url).status_code == 200 and player.variants(url))
    playlist = eventually(lambda: len((now := player.playlist(media)).segments) >= 4 and now)

    assert ("event", False, 0) == (playlist.playlist_type, playlist.is_endlist, playlist.media_sequence)
    assert 12 == len(player.frames(media, "video", most=12))


def test_a_file_that_still_grows_is_served_by_range_as_it_is(customer, body, encode, player, eventually):
    """Whoever takes compressed answers too gets the bytes that the playlist counts."""
    stream = customer.create(body(recording=LIBRARY))
    encode(customer.url(stream))
    customer.until(stream, "live")
    url = stream["playback"]["hls"].replace("master.m3u8", "replay.m3u8")
    (media,) = eventually(lambda: player.fetch(url).status_code == 200 and player.variants(url))
    init = player.playlist(media).segments[0].init_section
    end = int(init.byterange.partition("@")[0]) - 1
    answer = player.fetch(init.absolute_uri, **{"Range": f"bytes=0-{end}", "Accept-Encoding": "gzip"})

    assert (206, [b"ftyp", b"moov"]) == (answer.status_code, [box.kind for box in boxes(answer.content)])


def test_an_encoder_that_comes_back_is_joined(customer, body, encode, until_recorded, eventually):
    stream = customer.create(body(recording=LIBRARY))
    before = encode(customer.url(stream))
    customer.until(stream, "live")
    before.kill()
    customer.until(stream, "reconnecting")
    after = encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    after.end()
    recording = until_recorded(customer, stream)
    with av.open(recording["files"]["recording.mp4"]) as container:
        times = [frame.time for frame in container.decode(video=0)]

    assert "recording-2.mp4" not in recording["files"]
    assert pytest.approx(times[-1], abs=0.3) == recording["seconds"]
    assert pytest.approx(len(times) / FPS, abs=0.5) == recording["seconds"]


@pytest.mark.troubled
def test_a_killed_ffmpeg_costs_a_fragment(stand_in, customers, body, encode, until_recorded, eventually, player):
    """A ladder of two: the better one is an MP4, and both are HLS."""
    customer = customers(stand_in())
    larger = {"name": "360p", "width": 640, "height": 360, "bitrate_kbps": 600}
    stream = customer.create(body({}, larger, recording=LIBRARY))
    clock = customer.emulator.clock
    started = clock.now()
    encode(customer.url(stream))
    customer.until(stream, "live")
    replay = stream["playback"]["hls"].replace("master.m3u8", "replay.m3u8")
    kept = eventually(lambda: (seconds := player.seconds(replay)) > 3 and seconds)
    os.kill(customer.transcoder(stream), signal.SIGKILL)
    killed = clock.now()
    recording = until_recorded(customer, stream)

    assert 2 == len(player.variants(recording["files"]["index.m3u8"]))
    assert kept <= recording["seconds"] <= killed - started + WITHIN
    assert pytest.approx(recording["seconds"], abs=WITHIN) == packets(recording["files"]["recording.mp4"]) / 15


def server_at(port=0):
    """A real S3-speaking server; it is closed by ``close``."""
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    server.close = server.stop
    return server


@pytest.fixture(name="bucket")
def _bucket():
    """A bucket as Tenbyte's call names it, and a client that looks into it."""
    server = server_at()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    config = {"endpoint": endpoint, "bucket": "vods", "region": "us-east-1", "access_key_id": "k",
              "secret_access_key": "a-secret-of-some-length", "prefix": "live",
              "storage_class": "STANDARD_IA"}  # fmt: skip
    with closing(
        boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
        )
    ) as client:
        client.create_bucket(Bucket="vods")
        yield config, client
    server.stop()


def test_a_recording_arrives_in_the_bucket(customer, body, send, until_recorded, bucket):
    config, client = bucket
    stream = customer.create(body(recording={"enabled": True, "target": "s3", "prefix": "news", "s3_config": config}))
    send(customer.url(stream))
    recording = until_recorded(customer, stream, "shipped")
    key = f"live/news/{recording['id']}/recording.mp4"
    content = client.get_object(Bucket="vods", Key=key)["Body"].read()

    assert FRAMES == packets(io.BytesIO(content))
    assert "STANDARD_IA" == client.head_object(Bucket="vods", Key=key)["StorageClass"]


def test_nobody_is_told_the_buckets_secret(customer, body, send, until_recorded, bucket):
    config, _ = bucket
    wrong = {**config, "bucket": "nobodys"}
    stream = customer.create(body(recording={"enabled": True, "target": "s3", "s3_config": wrong}))
    send(customer.url(stream))
    recording = until_recorded(customer, stream, "failed")
    told = [recording, customer.show(stream), customer.emulator.journal.entries()]

    assert "NoSuchBucket" in recording["words"]
    assert config["secret_access_key"] not in repr(told)


def test_after_a_restart_a_recording_still_gets_to_its_bucket(
    stand_in, customers, body, send, until_recorded, bucket, tmp_path, eventually
):
    """The server's buckets are one for the process, so a second server has the bucket that the first one made."""
    config, _ = bucket
    port = free_port()
    away = {**config, "endpoint": f"http://127.0.0.1:{port}"}
    customer = customers(stand_in(media_profile="passthrough", state_dir=tmp_path))
    stream = customer.create(body(recording={"enabled": True, "target": "s3", "s3_config": away}))
    send(customer.url(stream))
    words = eventually(lambda: until_recorded(customer, stream, "shipping")["words"])
    customer.emulator.close()
    with closing(server_at(port)):
        again = customer.emulator.start()
        (shipped,) = eventually(lambda: again.archive.find(stream=stream["id"], state="shipped"))

    assert (True, None) == ("trying again" in words, shipped.words)


def test_a_snapshot_knows_its_recordings(stand_in, customers, body, send, until_recorded, tmp_path):
    customer = customers(stand_in(media_profile="passthrough", state_dir=tmp_path))
    stream = customer.create(body(recording=LIBRARY))
    send(customer.url(stream))
    recording = until_recorded(customer, stream)
    snapshot = customer.emulator.world.snapshot()
    customer.emulator.archive.forget()
    customer.emulator.restore(snapshot)

    assert ["ready"] == [known["state"] for known in recordings_of(customer, stream)]
    assert recording["id"] == recordings_of(customer, stream)[0]["id"]


def test_clips_and_thumbnails_of_a_stream_that_asked_for_them(emulator, encode, eventually, player):
    """No cloud here asks for them: a stream made directly does."""
    capture = Capture(recording=True, thumbnails=1.0, motion=Motion(interval=2.0, duration=1.0))
    ladder = Ladder(source=True)
    stream = described(id="watched", cloud="tenbyte", key="watched-key", capture=capture, ladder=ladder)
    emulator.world.put(STREAMS, stream)
    encode(f"{emulator.rtmp_url}/live/watched-key")
    root = f"{emulator.addresses('tenbyte').cdn}/watched"
    clip = eventually(lambda: (answer := player.fetch(f"{root}/clip.gif")).status_code == 200 and answer)
    recording = emulator.archive.find(stream="watched")[0].id
    second = f"{root}/recordings/{recording}/thumbnails/0001.jpg"
    eventually(lambda: player.fetch(second).status_code == 200)

    assert ("image/gif", 10) == (clip.headers["Content-Type"], len(player.frames(f"{root}/clip.gif", "video")))
    emulator.tenancy.reset()
