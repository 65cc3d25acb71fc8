"""What a finished recording is: MP4 that seeks, HLS that ends; one file for runs that fit together."""

from itertools import pairwise
from xml.etree import ElementTree

import av
import m3u8
import pytest
from streams import stream

from offair.emulator.core.archive import Archive
from offair.emulator.core.recordings import RecordingState
from offair.emulator.core.streams import Bucket, Capture
from offair.emulator.core.world import World
from offair.emulator.media.formats.boxes import boxes
from offair.emulator.media.packager.dash import NAMESPACE
from offair.emulator.media.recording.finishing import Finisher
from offair.emulator.media.recording.reel import SPACER

pytestmark = pytest.mark.media
BUCKET = Bucket(endpoint="http://127.0.0.1:1", name="b", region="r", access_key_id="k", secret_access_key="s")


class Room:
    """An archive and a finisher, and what it made of a recording."""

    def __init__(self, folder, kit):
        self.folder = folder
        self.made = []
        self.world = World()
        self.archive = Archive(self.world)
        self.journal = kit.journal
        self.finisher = Finisher(self.archive, kit, folder_of=lambda _recording: folder, on_made=self.made.append)

    def finish(self, capture=Capture(recording=True), **facts):  # noqa: B008 - it is frozen
        """Finish what lies in the folder, and give the recording."""
        recording = self.archive.begin(stream(capture=capture), "a-publication")
        recording = self.archive.move(recording.id, RecordingState.PROCESSING, **facts)
        self.finisher.submit(recording)
        self.finisher.close(patience=30)
        found = self.archive.find(id=recording.id)
        return found[0] if found else None


@pytest.fixture(name="room")
def _room(desk, kit):
    room = Room(desk.folder, kit)
    yield room
    room.finisher.close(patience=0)
    room.world.close()


@pytest.fixture(name="finished")
def _finished(room, desk, broadcasts):
    desk.run(broadcasts["first"])
    return room.finish()


def packets(path, kind):
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(**{kind: 0}) if packet.size)


def test_a_recording_is_ready_with_its_length_and_files(finished, desk):
    assert (RecordingState.READY, None) == (finished.state, finished.words)
    assert pytest.approx(3, abs=0.05) == finished.seconds
    assert sum((desk.folder / name).stat().st_size for name in finished.files) == finished.size
    assert ["recording.mp4", "audio/0.mp4", "source/0.mp4", "thumbnail.jpg", "audio/index.m3u8",
            "source/index.m3u8", "manifest.mpd", "index.m3u8"] == list(finished.files)  # fmt: skip


def test_packets_in_are_packets_out(finished, desk, broadcasts, tmp_path):
    for name, kind in (("source", "video"), ("audio", "audio")):
        (tmp_path / name).write_bytes(broadcasts["first"][name])

        assert packets(tmp_path / name, kind) == packets(desk.folder / "recording.mp4", kind)


def test_an_mp4_has_its_index_in_front(finished, desk):
    kinds = [box.kind for box in boxes((desk.folder / "recording.mp4").read_bytes())]

    assert kinds.index(b"moov") < kinds.index(b"mdat")


def test_an_mp4_can_be_sought(finished, desk):
    with av.open(str(desk.folder / "recording.mp4")) as container:
        container.seek(1_500_000)
        frame = next(container.decode(video=0))

    assert 1.0 <= frame.time <= 1.5


def test_sound_and_picture_begin_together(finished, desk):
    with av.open(str(desk.folder / "recording.mp4")) as container:
        starts = [float((one.start_time or 0) * one.time_base) for one in container.streams]

    assert pytest.approx(starts[0], abs=0.03) == starts[1]


def test_hls_of_a_recording_is_vod(finished, desk):
    master = m3u8.load(str(desk.folder / "index.m3u8"))
    media = m3u8.load(str(desk.folder / master.playlists[0].uri))

    assert ("vod", True, 3) == (media.playlist_type, media.is_endlist, len(media.segments))


def test_hls_of_a_recording_decodes(finished, desk):
    with av.open(str(desk.folder / "index.m3u8"), options={"allowed_extensions": "ALL"}) as container:
        assert 75 == sum(1 for _ in container.decode(video=0))


def test_runs_of_one_encoder_are_joined(room, desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.run(broadcasts["first"])
    recording = room.finish()

    assert (150, True) == (packets(desk.folder / "recording.mp4", "video"), "recording-2.mp4" not in recording.files)
    assert pytest.approx(6, abs=0.1) == recording.seconds


def test_joined_runs_go_on_in_time(room, desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.run(broadcasts["first"])
    room.finish()
    with av.open(str(desk.folder / "recording.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]

    assert 0.15 > max(after - before for before, after in pairwise(times))
    assert times == sorted(times)


def test_an_encoder_that_came_back_with_another_size_begins_a_second_mp4(room, desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.run(broadcasts["other"])
    recording = room.finish()

    assert ["recording.mp4", "recording-2.mp4"] == [name for name in recording.files if name.startswith("recording")]
    assert [75, 75] == [packets(desk.folder / name, "video") for name in recording.files[:2]]


@pytest.mark.parametrize("desk", [("source", "silent")], indirect=True)
def test_each_variant_that_is_named_has_an_mp4_of_its_own(room, desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.run(broadcasts["other"])
    recording = room.finish()
    made = [name for name in recording.files if name.startswith("recording")]
    with (
        av.open(str(desk.folder / "recording.source.mp4")) as loud,
        av.open(str(desk.folder / "recording.silent.mp4")) as silent,
    ):
        kinds = [[stream.type for stream in one.streams] for one in (loud, silent)]

    assert [["video", "audio"], ["video"]] == kinds
    assert ["recording.source.mp4", "recording.source-2.mp4", "recording.silent.mp4", "recording.silent-2.mp4"] == made


@pytest.mark.parametrize("desk", [("gone",)], indirect=True)
def test_where_no_variant_is_left_that_was_named_there_is_one_of_the_best(room, desk, broadcasts):
    desk.run(broadcasts["first"])

    assert "recording.source.mp4" in room.finish().files


def test_a_recording_without_a_picture_gets_its_first(finished, desk):
    with av.open(str(desk.folder / "thumbnail.jpg")) as picture:
        (frame,) = picture.decode(video=0)

    assert (320, 180) == (frame.width, frame.height)


def test_a_picture_that_the_broadcast_left_stays(room, desk, broadcasts):
    desk.run(broadcasts["first"])
    (desk.folder / "thumbnail.jpg").write_bytes(b"a picture")
    room.finish()

    assert b"a picture" == (desk.folder / "thumbnail.jpg").read_bytes()


def test_a_replay_alone_is_hls_without_an_mp4(room, desk, broadcasts):
    desk.run(broadcasts["first"])
    recording = room.finish(Capture(replay=True))

    assert (RecordingState.READY, False) == (recording.state, "recording.mp4" in recording.files)


def test_a_recording_for_a_bucket_is_shipping(room, desk, broadcasts):
    desk.run(broadcasts["first"])

    assert RecordingState.SHIPPING is room.finish(Capture(recording=True, bucket=BUCKET)).state


def test_without_an_ffmpeg_there_is_hls_and_a_sentence(desk, broadcasts, tmp_path, kit_with):
    desk.run(broadcasts["first"])
    room = Room(desk.folder, kit_with(tmp_path / "no-ffmpeg"))
    recording = room.finish()

    assert (RecordingState.FAILED, True) == (recording.state, "index.m3u8" in recording.files)
    assert "there is HLS and no MP4" in recording.words


def test_a_recording_in_which_nothing_came_is_forgotten(room):
    assert room.finish() is None


def test_a_recording_that_could_not_begin_says_why(room):
    recording = room.finish(words="the disk was full")

    assert (RecordingState.FAILED, "the disk was full") == (recording.state, recording.words)


def test_a_recording_whose_files_are_gone_says_so(room, desk):
    desk.folder.rmdir()

    assert "its files are gone" in room.finish().words


def test_what_is_not_finished_in_time_waits_for_the_next_start(room, desk, broadcasts, executable):
    desk.run(broadcasts["first"])
    recording = room.archive.begin(stream(capture=Capture(recording=True)), "a-publication")
    room.finisher.close(patience=0)
    room.finisher.submit(recording)

    assert (RecordingState.RECORDING, []) == (room.archive.find(id=recording.id)[0].state, room.made)


def test_whatever_becomes_of_it_a_recording_is_heard_of(room):
    room.finish()

    assert 1 == len(room.made)


def test_dash_of_a_recording_lists_every_byte_of_its_media_once(finished, desk):
    manifest = ElementTree.parse(desk.folder / "manifest.mpd")
    for representation in manifest.iter(f"{{{NAMESPACE}}}Representation"):
        base = representation.findtext(f"{{{NAMESPACE}}}BaseURL")
        listed = [found.get("range") or found.get("mediaRange") for found in representation.iter()]
        ranges = [tuple(map(int, one.split("-"))) for one in listed if one]
        (zero, *begins), ends = [begin for begin, _ in ranges], [end + 1 for _, end in ranges]

        assert (0, (desk.folder / base).stat().st_size) == (zero, ends.pop())
        assert [end + len(SPACER) for end in ends] == begins


def test_dash_of_a_recording_says_how_long_it_is(finished, desk):
    root = ElementTree.parse(desk.folder / "manifest.mpd").getroot()
    told = float(root.get("mediaPresentationDuration").removeprefix("PT").removesuffix("S"))

    assert ("static", pytest.approx(finished.seconds, abs=0.002)) == (root.get("type"), told)


def test_each_run_is_a_period_of_the_dash(room, desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.run(broadcasts["other"])
    room.finish()
    root = ElementTree.parse(desk.folder / "manifest.mpd").getroot()

    assert ["0", "1"] == [period.get("id") for period in root.iter(f"{{{NAMESPACE}}}Period")]
