import errno
import os

import m3u8
import pytest

from offair.emulator.media.packager.plan import DashPlan
from offair.emulator.media.packager.shelf import Leftovers, Shelf, write_whole


class FullDisk:
    """Writes, until told that there is no room for files of a certain suffix."""

    def __init__(self):
        self.full_for = ""

    def __call__(self, path, content):
        if path.suffix == self.full_for:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write_whole(path, content)


def tracks(forge, seconds):
    video = forge.samples([3000] * 30 * seconds, keys=lambda number: number % 30 == 0)
    frames = forge.samples([1024] * (47 * seconds), start=0)
    sound = forge.track("audio", timescale=48_000)
    return {
        "180p": forge.record(forge.init(), forge.stream(forge.track(), video, every=15)),
        "audio": forge.record(forge.init("audio", timescale=48_000), forge.stream(sound, frames, every=24)),
    }


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "a" / "b.ts"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert b"two" == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_trace(tmp_path):
    path = tmp_path / "b.ts"
    write_whole(path, b"old")
    (tmp_path / ".c.ts").mkdir()
    with pytest.raises(OSError, match=r"\.c\.ts"):
        write_whole(tmp_path / "c.ts", b"new")
    assert b"old" == path.read_bytes()
    assert not (tmp_path / "c.ts").exists()


def test_only_a_manifest_that_changed_wakes_those_who_wait_for_it(tmp_path):
    seen = []
    shelf = Shelf(tmp_path, on_change=lambda: seen.append(shelf.text("x.m3u8")))
    for text in ("a", "a", "b"):
        shelf.put_text("x.m3u8", text)
    assert ["a", "b"] == seen


def test_a_shelf_lasts_as_long_as_its_longest_manifest(tmp_path):
    shelf = Shelf(tmp_path, on_change=lambda: None)
    shelf.put_text("v/playlist.m3u8", "#EXTINF:2.0,\na\n#EXTINF:1.5,\nb\n")
    shelf.put_text("manifest.mpd", '<MPD mediaPresentationDuration="PT3.25S">')
    assert 3.5 == shelf.seconds


@pytest.mark.parametrize("container", ["mpegts", "fmp4"])
@pytest.mark.parametrize("victim", [".m4s", ".ts"])
def test_a_full_disk_is_told_once_and_leaves_the_last_good_playlists(studio, forge, container, victim):
    disk = FullDisk()
    stage = studio(("v", "180p", "audio"), hls=container, dash=DashPlan(window=9.0, min_buffer=1.0), write=disk)
    recordings = tracks(forge, 6)
    stage.play(recordings, until=3.2)
    stage.packager.flush()
    sinks = stage.packager.begin()
    disk.full_for = victim
    for name, recording in recordings.items():
        sinks[name](recording.content)
    stage.packager.finish()
    expected = 0 if victim == ".ts" and container == "fmp4" else 1
    assert expected == len(stage.troubles)
    assert stage.has("master.m3u8")
    for name in ("v",) if container == "mpegts" else ("180p", "audio"):
        playlist = m3u8.loads(stage.text(f"{name}/playlist.m3u8"))
        assert playlist.is_endlist
        assert all((stage.folder / name / one.uri).exists() for one in playlist.segments)
    assert [] == list(stage.folder.rglob(".*"))


def test_a_run_that_could_not_be_written_may_be_followed_by_one_that_can(studio, forge):
    disk = FullDisk()
    stage = studio(("v", "180p", "audio"), write=disk)
    disk.full_for = ".m4s"
    stage.play(tracks(forge, 3))
    assert ([], 1) == (stage.playable, len(stage.troubles))
    assert errno.ENOSPC == stage.troubles[0].errno
    disk.full_for = ""
    stage.play(tracks(forge, 3))
    stage.packager.finish()
    assert (1, 1) == (len(stage.playable), len(stage.troubles))
    assert 3 == len(m3u8.loads(stage.text("180p/playlist.m3u8")).segments)


def test_segments_of_a_broadcast_before_go_when_their_time_is_over(tmp_path):
    write_whole(tmp_path / "v" / "a-0.ts", b"")
    lapse = Lapse()
    leftovers = Leftovers(tmp_path, lapse)
    write_whole(tmp_path / "v" / "b-0.ts", b"")
    leftovers.sweep()
    assert 2 == len(list(tmp_path.glob("v/*")))
    lapse.is_over = True
    leftovers.sweep()
    assert [tmp_path / "v" / "b-0.ts"] == list(tmp_path.glob("v/*"))


class Lapse:
    """A deadline that is over when we say so."""

    is_over = False
