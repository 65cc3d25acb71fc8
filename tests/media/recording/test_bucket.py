"""Recordings and a real S3-speaking server: they arrive, now or later, or the words say why not."""

import socket
import socketserver
import threading
from contextlib import closing, contextmanager

import boto3
import pytest
from botocore.config import Config
from free_ports import free_port
from moto.server import ThreadedMotoServer
from streams import stream
from trickling import trickling
from urllib3 import HTTPConnectionPool

from offair.emulator.core.archive import Archive
from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.core.journal import Journal
from offair.emulator.core.recordings import RecordingState
from offair.emulator.core.streams import Bucket, Capture
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.media.recording import bucket
from offair.emulator.media.recording.bucket import (
    ForbiddenError,
    InterruptedUploadError,
    UnreachableError,
    upload,
)
from offair.emulator.media.recording.shipping import Shipper

FILES = {"recording.mp4": bytes(range(256)) * 100, "source/index.m3u8": b"#EXTM3U\n"}
BIG = 9 << 20  # above what goes in one request


def open_server(port=0):
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    return server


@pytest.fixture(scope="module", name="endpoint")
def _endpoint():
    server = open_server()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@contextmanager
def parroting(content):
    """Answer whatever is asked with the same bytes; give the URL."""

    class Parrot(socketserver.StreamRequestHandler):
        def handle(self):
            while self.rfile.readline().strip():
                pass
            self.wfile.write(content)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Parrot) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def client_of(endpoint):
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k",
                        aws_secret_access_key="s", config=Config(s3={"addressing_style": "path"}))  # fmt: skip


def bucket_at(endpoint, **given):
    plain = {"name": "vods", "region": "us-east-1", "access_key_id": "k", "secret_access_key": "s3cret-s3cret"}
    return Bucket(endpoint=endpoint, **{**plain, **given})


@pytest.fixture(name="client")
def _client(endpoint):
    client = client_of(endpoint)
    client.create_bucket(Bucket="vods")
    yield client
    client.close()


@pytest.fixture(name="folder")
def _folder(tmp_path):
    (tmp_path / "source").mkdir()
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def always():
    return True


def test_files_arrive_under_their_prefix_with_their_media_types(endpoint, client, folder):
    upload(bucket_at(endpoint), folder, tuple(FILES), prefix="a/b/", go_on=always)
    there = {name: client.get_object(Bucket="vods", Key=f"a/b/{name}") for name in FILES}

    assert FILES == {name: answer["Body"].read() for name, answer in there.items()}
    assert ["video/mp4", "application/vnd.apple.mpegurl"] == [answer["ContentType"] for answer in there.values()]


def test_files_get_the_storage_class_that_was_asked_for(endpoint, client, folder):
    upload(bucket_at(endpoint, storage_class="STANDARD_IA"), folder, ("recording.mp4",), prefix="c/", go_on=always)

    assert "STANDARD_IA" == client.head_object(Bucket="vods", Key="c/recording.mp4")["StorageClass"]


def test_a_large_file_arrives_whole(endpoint, client, folder):
    (folder / "recording.mp4").write_bytes(bytes(BIG))
    upload(bucket_at(endpoint), folder, ("recording.mp4",), prefix="large/", go_on=always)

    assert BIG == client.head_object(Bucket="vods", Key="large/recording.mp4")["ContentLength"]


def test_an_unknown_bucket_refuses(endpoint, folder):
    with pytest.raises(ForbiddenError, match=r"refuses the bucket 'nobodys' \(NoSuchBucket"):
        upload(bucket_at(endpoint, name="nobodys"), folder, tuple(FILES), prefix="", go_on=always)


def test_a_server_that_is_not_there_is_unreachable(folder):
    with pytest.raises(UnreachableError, match="cannot be reached"):
        upload(bucket_at("http://127.0.0.1:1"), folder, tuple(FILES), prefix="", go_on=always)


@pytest.mark.parametrize(
    ("given", "prefix", "words"),
    [
        ({"name": ".."}, "", "is no name of a bucket"),
        ({"name": "x" * 10_000}, "", "is no name of a bucket"),
        ({"name": "arn:aws:s3:us-east-1:123456789012:accesspoint/x"}, "", "is no name of a bucket"),
        ({"access_key_id": "k\nx"}, "", "the access key id has a line break"),
        ({"storage_class": "STANDARD\r\nx: y"}, "", "the storage class has a line break"),
        ({}, "../others/", "has a step of dots"),
        ({}, "a/./", "has a step of dots"),
        ({}, "ü" * 600, "a key of 1213 bytes"),
        ({"region": "a\n" * 999}, "", r"^http://127.0.0.1:1 cannot be used: [^\n]{9,250}$"),
        ({"endpoint": "http://" + "x" * 70_000}, "", r"^[^\n]{9,500}$"),
    ],
    ids=["dots", "long", "arn", "key id", "class", "up", "here", "long key", "region", "endpoint"],
)
def test_what_can_never_be_is_refused_in_a_line_before_anything_is_sent(folder, given, prefix, words):
    with pytest.raises(ForbiddenError, match=words):
        upload(
            bucket_at(**{"endpoint": "http://127.0.0.1:1", **given}), folder, tuple(FILES), prefix=prefix, go_on=always
        )


@pytest.mark.parametrize("prefix", ["a b/", "a%2fb/", "🙂/", "a\tb/", "con/", "a//", "..a/"])
def test_odd_prefixes_are_kept_as_they_are(endpoint, client, folder, prefix):
    upload(bucket_at(endpoint), folder, ("recording.mp4",), prefix=prefix, go_on=always)

    assert (
        len(FILES["recording.mp4"]) == client.head_object(Bucket="vods", Key=f"{prefix}recording.mp4")["ContentLength"]
    )


@pytest.mark.parametrize("given", [{"name": "no bucket's name"}, {"endpoint": "nowhere"}])
def test_a_bucket_that_cannot_be_is_told_from_one_that_is_not_there(endpoint, folder, given):
    with pytest.raises(ForbiddenError):
        upload(bucket_at(**{"endpoint": endpoint, **given}), folder, tuple(FILES), prefix="", go_on=always)


def test_an_upload_can_be_broken_off(endpoint, client, folder):
    (folder / "recording.mp4").write_bytes(bytes(BIG))
    looks = iter([True, True])
    with pytest.raises(InterruptedUploadError):
        upload(bucket_at(endpoint), folder, ("recording.mp4",), prefix="off/", go_on=lambda: next(looks, False))


TRICKLES = {
    "a head": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
    "a body": (b"HTTP/1.1 500 No\r\nContent-Length: 4000\r\n\r\n", b" "),
}


@pytest.mark.parametrize(("begun", "piece"), TRICKLES.values(), ids=TRICKLES)
def test_a_bucket_whose_answer_trickles_does_not_hold_up_those_of_others(monkeypatch, folder, begun, piece):
    """One thread ships, for everybody."""
    monkeypatch.setattr(bucket, "STALL", 0.3)
    with trickling(begun, piece) as url, pytest.raises(UnreachableError, match=r"has not answered within 0\.3 s"):
        upload(bucket_at(url), folder, tuple(FILES), prefix="", go_on=always)


END = b"\r\nConnection: close\r\n\r\n"
NO_ANSWERS = {
    "an error that is no text": b"HTTP/1.1 400 No" + END + b"<Error><Code>a</Code><Code>b</Code><Code/></Error>",
    "an error that ends early": b"HTTP/1.1 301 No" + END + b"<Error>",
    "a yes without a length": b"HTTP/1.1 200 OK" + END,
}


@pytest.mark.parametrize("content", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_of_s3s_may_be_one_later(folder, content):
    """A proxy, or any other server, may stand where a bucket is looked for: that is no bug of ours."""
    with parroting(content) as url, pytest.raises(UnreachableError, match="answered what is no answer of S3's"):
        upload(bucket_at(url), folder, tuple(FILES), prefix="", go_on=always)


def test_what_breaks_botocore_is_no_answer_wherever_it_breaks(monkeypatch, folder):
    """As the endless redirects above do, whose recursion may end within a call of urllib3."""

    def break_it(*_args, **_kwargs):
        raise RecursionError

    monkeypatch.setattr(HTTPConnectionPool, "urlopen", break_it)
    with pytest.raises(UnreachableError, match="answered what is no answer of S3's"):
        upload(bucket_at("http://127.0.0.1:1"), folder, tuple(FILES), prefix="", go_on=always)


@pytest.fixture(name="archive")
def _archive():
    with closing(World()) as world:
        yield Archive(world)


@pytest.fixture(name="shipper")
def _shipper(archive, folder):
    timers = Timers(Clock(), on_error=lambda error: pytest.fail(repr(error)))
    timers.start()
    shipper = Shipper(archive, timers, Journal(Clock(), 100), lambda _recording: folder)
    yield shipper
    timers.close()
    shipper.close()


@pytest.fixture(name="ship")
def _ship(archive, shipper):
    """Enter a recording for a bucket and have it shipped."""

    def ship(bucket, prefix="news"):
        recording = archive.begin(stream(capture=Capture(recording=True, bucket=bucket, prefix=prefix)), "p")
        recording = archive.move(recording.id, RecordingState.SHIPPING, files=tuple(FILES))
        shipper.submit(recording, pause=0.05)
        return recording

    return ship


@pytest.fixture(name="until")
def _until(archive):
    def until(recording, state, *, with_words=False):
        deadline, pause = Deadline(20), threading.Event()
        while True:
            (now,) = archive.find(id=recording.id)
            if now.state is state and bool(now.words) is with_words:
                return now
            assert not deadline.is_over, now
            pause.wait(0.02)

    return until


def test_a_recording_is_shipped_under_every_prefix(endpoint, client, ship, until):
    recording = ship(bucket_at(endpoint, prefix="/archive/"))
    until(recording, RecordingState.SHIPPED)
    keys = [entry["Key"] for entry in client.list_objects_v2(Bucket="vods", Prefix="archive/news/")["Contents"]]

    assert sorted(f"archive/news/{recording.id}/{name}" for name in FILES) == sorted(keys)


def test_a_bucket_that_is_there_later_gets_the_recording_later(ship, until):
    port = free_port()
    recording = ship(bucket_at(f"http://127.0.0.1:{port}"))
    words = until(recording, RecordingState.SHIPPING, with_words=True).words
    server = open_server(port)
    client = client_of(f"http://127.0.0.1:{port}")
    client.create_bucket(Bucket="vods")
    until(recording, RecordingState.SHIPPED)
    client.close()
    server.stop()

    assert "trying again" in words


def test_a_bucket_that_refuses_fails_the_recording_and_keeps_its_files(endpoint, ship, until, folder):
    words = until(ship(bucket_at(endpoint, name="nobodys")), RecordingState.FAILED, with_words=True).words

    assert "the recording is kept here" in words
    assert FILES == {name: (folder / name).read_bytes() for name in FILES}


def test_what_a_bucket_says_does_not_tell_the_secret(endpoint, ship, until):
    words = until(ship(bucket_at(endpoint, name="nobodys")), RecordingState.FAILED, with_words=True).words

    assert "s3cret" not in words


def test_a_bucket_that_says_nothing_does_not_hold_the_end(archive, ship, shipper):
    """Containers are killed ten seconds after they were asked to stop."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(20)
        recording = ship(bucket_at(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        caller, _ = silent.accept()
        patience = Deadline(8.0)
        with caller:
            caller.recv(1)
            shipper.close()
            is_late = patience.is_over
    (left,) = archive.find(id=recording.id)

    assert (False, RecordingState.SHIPPING) == (is_late, left.state)


def test_a_bug_on_the_way_fails_the_recording_instead_of_leaving_it_there(endpoint, ship, until, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.recording.shipping.upload", lambda *_, **__: 1 / 0)
    words = until(ship(bucket_at(endpoint)), RecordingState.FAILED, with_words=True).words

    assert "ZeroDivisionError" in words
