"""Whose folder is whose."""

import shutil
import stat

import pytest

from offair.emulator.folder import LOCK, claimed, empty_media, write_private

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
        pytest.raises(BlockingIOError, match="in use by another stand-in"),
        claimed(tmp_path, wall=0),
    ):
        pass


def test_a_folder_can_be_claimed_again(tmp_path):
    for _ in range(2):
        with claimed(tmp_path, wall=0):
            pass


@pytest.fixture(name="left")
def _left(temporary):
    """What a killed emulator leaves: its folder, as it was while it ran."""
    with claimed(None, wall=0) as folder:
        folder.rename(temporary / "aside")
    (temporary / "aside").rename(folder)
    return folder


def test_what_a_killed_emulator_left_is_swept(left):
    with claimed(None, wall=LATER):
        pass

    assert not left.exists()


def test_what_an_interrupted_removal_left_is_swept(temporary, monkeypatch):
    with monkeypatch.context() as disturbed, claimed(None, wall=0) as folder:
        (folder / "media").mkdir()
        disturbed.setattr(shutil, "rmtree", lambda *_, **__: None)  # somebody still writes there
    was_left = (folder / "media").exists()
    with claimed(None, wall=LATER):
        pass

    assert (True, False) == (was_left, folder.exists())


def test_a_folder_that_a_user_called_alike_is_not_swept(temporary):
    with claimed(temporary / "offair-x", wall=0) as theirs:
        (theirs / "offair.sqlite").touch()
    with claimed(None, wall=LATER):
        pass

    assert ["offair.lock", "offair.sqlite"] == sorted(path.name for path in theirs.iterdir())


def test_a_folder_that_a_user_took_over_is_not_swept(left):
    with claimed(left, wall=0):
        pass
    with claimed(None, wall=LATER):
        pass

    assert left.is_dir()


def test_a_copy_of_a_temporary_folder_is_not_swept(left, temporary):
    shutil.copytree(left, temporary / "offair-copy")
    with claimed(None, wall=LATER):
        pass

    assert (False, True) == (left.exists(), (temporary / "offair-copy").is_dir())


def test_a_link_to_a_temporary_folder_is_not_followed(left, temporary):
    left.rename(temporary / "elsewhere")
    left.symlink_to(temporary / "elsewhere")
    with claimed(None, wall=LATER):
        pass

    assert (temporary / "elsewhere" / LOCK).exists()


@pytest.mark.parametrize("before", [None, 0o755, 0o777])
def test_a_state_folder_is_its_owners_alone(tmp_path, before):
    folder = tmp_path / "new" / "state"
    if before is not None:
        folder.mkdir(parents=True)
        folder.chmod(before)
    with claimed(folder, wall=0):
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / LOCK)]

    assert [0o700, 0o600] == modes


def test_a_folder_with_other_things_in_it_stays_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "notes").touch()
    with claimed(tmp_path, wall=0):
        mode = stat.S_IMODE(tmp_path.stat().st_mode)

    assert 0o755 == mode


def test_a_private_file_is_private_whatever_was_there(tmp_path):
    path = tmp_path / "ready.json"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")

    assert ("new", 0o600) == (path.read_text(), stat.S_IMODE(path.stat().st_mode))


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
