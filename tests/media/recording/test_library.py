"""Whatever an id says, a library touches nothing but its own folder."""

from dataclasses import replace

import pytest
from streams import stream

from offair.emulator.core.archive import Archive
from offair.emulator.core.recordings import RECORDINGS, RecordingState
from offair.emulator.core.streams import Bucket, Capture
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.media.recording.bucket import upload
from offair.emulator.media.recording.library import Library

BUCKET = Bucket(endpoint="http://127.0.0.1:1", name="b", region="r", access_key_id="k", secret_access_key="s")


class Shelves:
    """A library in a folder, beside a folder of the user's with a film in it."""

    def __init__(self, folder, kit):
        self.theirs = folder / "theirs"
        self.root = folder / "recordings"
        self.theirs.mkdir()
        (self.theirs / "film.mp4").write_bytes(b"private")
        self.world = World()
        self.archive = Archive(self.world)
        self.timers = Timers(self.world.clock, lambda _error: None)
        self.library = Library(self.root, world=self.world, archivist=self.archive, timers=self.timers, kit=kit)

    def enter(self, recording_id, **facts):
        """Enter a recording as a state from outside may have it."""
        made = self.archive.begin(stream(capture=Capture(recording=True, bucket=BUCKET)), "a-publication")
        self.world.delete(RECORDINGS, id=made.id)
        return self.world.put(RECORDINGS, replace(made, id=recording_id, **facts))

    @property
    def is_untouched(self):
        return (self.theirs / "film.mp4").read_bytes() == b"private"

    def close(self):
        self.library.close(patience=5)
        self.timers.close()
        self.world.close()


@pytest.fixture(name="shelves")
def _shelves(tmp_path, kit):
    shelves = Shelves(tmp_path, kit)
    yield shelves
    shelves.close()


LEADS_OUT = ["../theirs", "theirs/../../theirs", "..", ".", ""]


@pytest.mark.parametrize("name", [*LEADS_OUT, None])
def test_forgetting_a_recording_deletes_nothing_of_the_users(shelves, name):
    shelves.enter(str(shelves.theirs) if name is None else name)
    (shelves.root / "another").mkdir()
    shelves.archive.forget()

    assert (True, True) == (shelves.is_untouched, (shelves.root / "another").is_dir())


def test_a_link_in_the_place_of_a_recording_is_not_followed(shelves):
    (shelves.root / "one").symlink_to(shelves.theirs)
    recording = shelves.enter("one", state=RecordingState.READY, files=("film.mp4",))
    served = shelves.library.find(recording.stream, "recordings/one/film.mp4")
    shelves.archive.forget()

    assert (None, True) == (served, shelves.is_untouched)


@pytest.mark.parametrize("name", ["recordings/../film.mp4", "recordings/../theirs/film.mp4", "recordings//film.mp4"])
def test_a_player_gets_nothing_of_the_users(shelves, name):
    owner = name.split("/")[1]
    recording = shelves.enter(owner, state=RecordingState.READY, files=("film.mp4",))

    assert None is shelves.library.find(recording.stream, name)


@pytest.mark.troubled
@pytest.mark.parametrize("state", [RecordingState.RECORDING, RecordingState.PROCESSING])
def test_what_is_finished_after_a_restart_is_never_the_users(shelves, state):
    shelves.enter(str(shelves.theirs), state=state)
    shelves.library.recover()
    shelves.library.close(patience=10)

    assert (True, ["film.mp4"]) == (shelves.is_untouched, [path.name for path in shelves.theirs.iterdir()])


@pytest.mark.parametrize("name", ["../theirs/film.mp4", "/etc/hostname", "link/film.mp4", "film.mp4"])
def test_nothing_of_the_users_is_brought_to_a_bucket(tmp_path, shelves, name):
    """No client is even made: the endpoint would refuse the connection otherwise."""
    folder = tmp_path / "recordings" / "one"
    folder.mkdir()
    (folder / "link").symlink_to(shelves.theirs)
    (folder / "film.mp4").symlink_to(shelves.theirs / "film.mp4")

    with pytest.raises(OSError, match=r"below|link"):
        upload(BUCKET, folder, ("index.m3u8", name), prefix="", go_on=lambda: True)
