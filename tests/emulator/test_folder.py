"""Whose folder is whose."""

import pytest

from offair.emulator.folder import LOCK, claimed, empty_media

LATER = 4_000_000_000.0


@pytest.fixture(name="temporary")
def _temporary(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_temporary_folder_goes_with_its_emulator(temporary):
    with claimed(None, wall=0) as folder:
        was_there = folder.is_dir()

    assert (True, []) == (was_there, list(temporary.iterdir()))


def test_a_users_folder_stays(tmp_path):
    with claimed(tmp_path / "state", wall=0) as folder:
        (folder / "kept").touch()

    assert (tmp_path / "state" / "kept").exists()


def test_two_emulators_do_not_share_a_folder(tmp_path):
    with (
        claimed(tmp_path, wall=0),
        pytest.raises(BlockingIOError, match="in use by another emulator"),
        claimed(tmp_path, wall=0),
    ):
        pass


def test_a_folder_can_be_claimed_again(tmp_path):
    for _ in range(2):
        with claimed(tmp_path, wall=0):
            pass


def test_what_a_killed_emulator_left_is_swept(temporary):
    left = temporary / "offair-left"
    left.mkdir()
    (left / LOCK).touch()
    with claimed(None, wall=LATER):
        pass

    assert not left.exists()


def test_a_living_emulators_folder_is_not_swept(temporary):
    with claimed(None, wall=0) as alive, claimed(None, wall=LATER):
        assert alive.is_dir()


def test_a_strangers_folder_is_not_swept(temporary):
    (temporary / "offair-notes").mkdir()
    with claimed(None, wall=LATER):
        pass

    assert (temporary / "offair-notes").is_dir()


def test_media_of_an_earlier_run_is_gone(tmp_path):
    (empty_media(tmp_path) / "old.ts").touch()

    assert [] == list(empty_media(tmp_path).iterdir())
