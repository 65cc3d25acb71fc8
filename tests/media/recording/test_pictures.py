"""Thumbnails and clips that decode, when they are due and when somebody asks."""

import io
import threading

import av
import pytest
from streams import stream

from offair.emulator.core.clock import Deadline
from offair.emulator.core.streams import Capture, Motion
from offair.emulator.media.packager.plan import PackagePlan, TrackPlan, VariantPlan
from offair.emulator.media.recording.pictures import Pictures

pytestmark = pytest.mark.media
VIDEO = TrackPlan(name="source", kind="video", bitrate=0, peak_bitrate=0, frame_rate=None)
SOUND = TrackPlan(name="audio", kind="audio", bitrate=0, peak_bitrate=0, frame_rate=None)


def plan_of(track):
    variant = VariantPlan(name="v", **{"video": None, "audio": None, track.kind: track.name})
    return PackagePlan(tracks=(track,), variants=(variant,), segment=1.0, hls=None, dash=None)


class Room:
    """Pictures of one stream's broadcast, and the folder of its recording."""

    def __init__(self, folder, kit):
        self.folder = folder
        self.journal = kit.journal
        self.pictures = Pictures(kit)

    def broadcast(self, content, capture, *, folder=None):
        finder = self.pictures.open(stream(capture=capture), plan_of(VIDEO), folder)
        finder.begin()["source"](content)
        finder.finish()

    def until(self, name):
        """Wait for a file of the recording."""
        deadline, pause = Deadline(20), threading.Event()
        while not (self.folder / name).is_file():
            assert not deadline.is_over, (sorted(self.folder.rglob("*")), self.journal.entries())
            pause.wait(0.02)
        return (self.folder / name).read_bytes()


@pytest.fixture(name="room")
def _room(tmp_path, kit):
    room = Room(tmp_path, kit)
    yield room
    room.pictures.close()


@pytest.fixture(name="content")
def _content(broadcasts):
    return broadcasts["first"]["source"]


def shape(content):
    kind = "gif" if content[:3] == b"GIF" else "mjpeg"
    with av.open(io.BytesIO(content), format=kind) as container:
        frames = list(container.decode(video=0))
    return kind, frames[0].width, frames[0].height, len(frames)


def test_any_stream_has_a_thumbnail_when_somebody_asks(room, content):
    room.broadcast(content, Capture())

    assert ("mjpeg", 320, 180, 1) == shape(room.pictures.thumbnail("a-stream"))


def test_nobody_asks_no_thumbnail_is_made(room, content):
    room.broadcast(content, Capture())

    assert room.pictures._albums["a-stream"].thumbnail is None


def test_a_fresh_thumbnail_is_not_made_again(room, content):
    room.broadcast(content, Capture())

    assert room.pictures.thumbnail("a-stream") is room.pictures.thumbnail("a-stream")


def test_a_stream_that_was_never_on_air_has_none(room):
    assert room.pictures.thumbnail("nobody") is None


def test_a_stream_of_sound_has_none(room):
    assert room.pictures.open(stream(), plan_of(SOUND), None) is None


def test_a_deleted_stream_has_none(room, content):
    room.broadcast(content, Capture())
    room.pictures.forget("a-stream")

    assert room.pictures.thumbnail("a-stream") is None


def test_a_recording_gets_the_first_picture(room, content):
    room.broadcast(content, Capture(recording=True), folder=room.folder)

    assert "mjpeg" == shape(room.until("thumbnail.jpg"))[0]


def test_interval_thumbnails_are_counted_in_seconds_of_the_broadcast(room, content):
    """The pictures come all at once here: what is due while one is being made is that one."""
    capture = Capture(recording=True, thumbnails=2.0)
    finder = room.pictures.open(stream(capture=capture), plan_of(VIDEO), room.folder)
    sink = finder.begin()["source"]
    half = len(content) // 2
    sink(content[:half])
    room.until("thumbnails/0000.jpg")
    sink(content[half:])

    assert "mjpeg" == shape(room.until("thumbnails/0001.jpg"))[0]
    assert not (room.folder / "thumbnails" / "0002.jpg").exists()


def test_a_motion_clip_moves_for_as_long_as_was_asked_for(room, content):
    room.broadcast(content, Capture(motion=Motion(interval=10, duration=1.0)), folder=room.folder)

    assert ("gif", 320, 180, 10) == shape(room.until("clip.gif"))
    assert room.pictures.clip("a-stream") == room.until("clip.gif")


def test_a_stream_that_asked_for_no_clip_has_none(room, content):
    room.broadcast(content, Capture())

    assert room.pictures.clip("a-stream") is None


def test_a_recording_that_was_forgotten_gets_no_picture(room, content, tmp_path):
    room.broadcast(content, Capture(recording=True), folder=tmp_path / "gone")
    room.pictures.thumbnail("a-stream")

    assert not (tmp_path / "gone").exists()


def test_without_an_ffmpeg_the_journal_says_so(tmp_path, content, kit_with):
    room = Room(tmp_path, kit_with(tmp_path / "no-ffmpeg"))
    room.broadcast(content, Capture())
    thumbnail = room.pictures.thumbnail("a-stream")
    room.pictures.close()
    (entry,) = room.journal.entries({"kind": "publication"})

    assert (None, True) == (thumbnail, "no-ffmpeg" in entry.summary)
    assert [] == room.journal.entries({"kind": "trouble"})
