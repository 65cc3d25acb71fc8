"""A full disk ends a broadcast with a reason; what was published stays whole, and the emulator goes on."""

import os
import shutil
import subprocess

import pytest

from offair.emulator.media.recording.recorder import RESERVE

pytestmark = [pytest.mark.media, pytest.mark.troubled]
SIZE = 32 << 20


@pytest.fixture(name="disk")
def _disk(tmp_path):
    """A file system of its own, small enough to fill."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system takes root")
    argv = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder]
    mounted = subprocess.run(argv, check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def leave(disk, room):
    """Leave so many bytes."""
    with (disk / "ballast").open("wb") as ballast:
        ballast.write(bytes(shutil.disk_usage(disk).free - room))


def fill(disk):
    """Leave not a byte."""
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    ballast.write(bytes(size))
            except OSError:
                continue


@pytest.fixture(name="customer")
def _customer(disk, stand_in, customers):
    return customers(stand_in(state_dir=disk))


@pytest.fixture(name="full")
def _full(disk, customer, body, encode):
    """A stream that was live when the disk became full, and its encoder."""
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    fill(disk)
    customer.until(stream, "errored")
    return stream, encoder


def test_a_full_disk_makes_the_stream_errored(customer, full):
    stream, _ = full

    assert (("errored", "out_of_disk"), "errored") == (customer.moves(stream)[-1], customer.status(stream))


def test_a_full_disk_disconnects_the_encoder_and_says_why(full):
    _, encoder = full

    assert 0 != encoder.wait()
    assert "out_of_disk" in encoder.words


def test_a_full_disk_leaves_the_playlists_whole(full, player):
    stream, _ = full
    (variant,) = player.variants(stream["playback"]["hls"])
    answers = [player.fetch(segment.absolute_uri) for segment in player.playlist(variant).segments]

    assert answers
    assert {200} == {answer.status_code for answer in answers}
    assert all(answer.content for answer in answers)


def test_a_full_disk_is_in_the_journal_with_the_next_step(customer, full):
    stream, _ = full
    (entry,) = customer.emulator.journal.entries({"kind": "trouble", "stream": stream["id"]})

    assert ("out_of_disk", True) == (entry.details["reason"], "free some" in entry.summary)


def test_while_the_disk_is_full_an_encoder_is_refused_with_a_sentence(customer, full, encode):
    stream, _ = full
    encoder = encode(customer.url(stream))

    assert 0 != encoder.wait()
    assert "is full" in encoder.words


def test_when_there_is_room_again_the_stream_can_be_live(customer, full, encode, disk):
    stream, _ = full
    (disk / "ballast").unlink()
    encode(customer.url(stream))

    customer.until(stream, "live", times=2)


def test_a_disk_that_fills_stops_the_recording_and_not_the_stream(customer, body, encode, disk, eventually):
    """It stops while there is room to finish it, and says so."""
    library = {"enabled": True, "target": "library", "library_id": "lib_1"}
    stream = customer.create(body(recording=library))
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    leave(disk, RESERVE + (1 << 18))
    stopped = eventually(lambda: customer.emulator.archive.find(stream=stream["id"])[0].words)
    status = customer.status(stream)
    encoder.end()
    (recording,) = eventually(lambda: customer.emulator.archive.find(stream=stream["id"], state="ready"))

    assert ("live", True, True) == (status, "free some space" in stopped, "recording.mp4" in recording.files)
    assert stopped == recording.words
