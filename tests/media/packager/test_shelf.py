import errno
import os

import m3u8
import pytest

from understudy.emulator.media.packager.plan import DashPlan
from understudy.emulator.media.packager.shelf import Leftovers, Shelf, write_whole


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


def test_a_manifest_that_did_not_change_is_not_written_again(tmp_path):
    written = []
    shelf = Shelf(tmp_path, lambda path, content: written.append((path.name, content)))
    for text in ("a", "a", "b"):
        shelf.put_text("x.m3u8", text)
    assert [("x.m3u8", b"a"), ("x.m3u8", b"b")] == written


@pytest.mark.parametrize("container", ["mpegts", "fmp4"])
@pytest.mark.parametrize("victim", [".m4s", ".ts", ".m3u8", ".mpd"])
def test_a_full_disk_is_told_once_and_leaves_the_last_good_playlists(studio, forge, container, victim):
    disk = FullDisk()
    stage = studio(("v", "180p", "audio"), hls=container, dash=DashPlan(window=9.0, min_buffer=1.0), write=disk)
    recordings = tracks(forge, 6)
    stage.play(recordings, until=3.2)
    stage.packager.flush()
    manifests = [path for path in stage.folder.rglob("*.m*") if path.suffix in {".m3u8", ".mpd"}]
    sinks = stage.packager.begin()
    disk.full_for = victim
    for name, recording in recordings.items():
        sinks[name](recording.content)
    stage.packager.finish()
    expected = 0 if victim == ".ts" and container == "fmp4" else 1
    assert expected == len(stage.troubles)
    for path in manifests:
        assert path.stat().st_size
        if path.suffix == ".m3u8" and path.name != "master.m3u8":
            assert all((path.parent / one.uri).exists() for one in m3u8.loads(path.read_text()).segments)
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


def test_segments_of_a_broadcast_before_stay_as_long_as_its_playlist_and_its_playlists_go_at_once(tmp_path):
    for name, text in {
        "v/playlist.m3u8": "#EXTINF:2.0,\na\n#EXTINF:1.5,\nb\n",
        "master.m3u8": "",
        "v/a-0.ts": "",
    }.items():
        write_whole(tmp_path / name, text.encode())
    asked, lapse = [], Lapse()
    leftovers = Leftovers(tmp_path, lambda seconds: asked.append(seconds) or lapse)
    leftovers.sweep()
    assert [tmp_path / "v/a-0.ts"] == [path for path in tmp_path.rglob("*") if path.is_file()]
    lapse.is_over = True
    leftovers.sweep()
    assert ([3.5], []) == (asked, [path for path in tmp_path.rglob("*") if path.is_file()])


class Lapse:
    """A deadline that is over when we say so."""

    is_over = False
