"""No id and no name leads out of its folder."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.enclosure import OutsideError, clear, enclose, home

LEADS_OUT = ["", ".", "..", "../other", "a/../../other", "/etc", "a//b", "a\\b", "a\0b", "./a", "a/", "..\\other"]


@pytest.mark.parametrize("name", LEADS_OUT)
def test_a_name_that_leads_elsewhere_has_no_path(tmp_path, name):
    with pytest.raises(OutsideError):
        enclose(tmp_path, name)


@pytest.mark.parametrize("owner", [*LEADS_OUT, "a/b"])
def test_what_is_no_id_has_no_folder(tmp_path, owner):
    with pytest.raises(OutsideError):
        home(tmp_path, owner)


@given(st.lists(st.sampled_from(["a", "..", ".", "", "b.mp4", "\\", "é", "%2e%2e"]), min_size=1).map("/".join))
def test_whatever_has_a_path_lies_below(name):
    root = Path("/nowhere")
    try:
        path = enclose(root, name)
    except OutsideError:
        return

    assert (True, os.path.normpath(path)) == (path.is_relative_to(root / name.partition("/")[0]), str(path))


def test_a_name_may_have_folders(tmp_path):
    assert tmp_path / "720p" / "0.mp4" == enclose(tmp_path, "720p/0.mp4")


def test_the_root_may_be_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "disk")

    assert tmp_path / "root" / "a" == enclose(tmp_path / "root", "a")


@pytest.mark.parametrize("name", ["link", "link/secret", "folder/link/secret"])
def test_a_link_leads_out(tmp_path, name):
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    elsewhere.mkdir()
    (elsewhere / "secret").write_text("theirs")
    (root / "link").symlink_to(elsewhere)
    (root / "folder" / "link").symlink_to(elsewhere)

    with pytest.raises(OutsideError):
        enclose(root, name)


@pytest.mark.parametrize("owner", ["../theirs", "..", ".", "", "link"])
def test_only_what_lies_below_is_deleted(tmp_path, owner):
    root, theirs = tmp_path / "root", tmp_path / "theirs"
    root.mkdir()
    theirs.mkdir()
    (theirs / "file").touch()
    (root / "link").symlink_to(theirs)
    clear(root, owner)

    assert (True, True) == ((theirs / "file").exists(), root.is_dir())


def test_what_lies_below_is_deleted(tmp_path):
    (tmp_path / "one" / "deep").mkdir(parents=True)
    clear(tmp_path, "one")

    assert [] == list(tmp_path.iterdir())
