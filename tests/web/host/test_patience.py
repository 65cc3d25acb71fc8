"""How long a reader may take for what waits for it, on a clock that a test moves."""

import socket
from dataclasses import dataclass

import pytest

from offair.emulator.web.host.connection import Link

PATIENCE, RATE = 60.0, 500.0
WHOLE = bytes(8 << 20)


@dataclass
class Reader:
    """The peer of a link, and its clock."""

    link: Link
    socket: socket.socket
    now: float = 1000.0
    rate: float = RATE

    def take(self, after):
        """Read for once what has come; gives how much of what waits went since."""
        self.now += after
        before = self.link.behind
        self.socket.recv(1 << 20)
        self.link.flush()
        return before - self.link.behind

    @property
    def left(self):
        return self.link.overdue_at(PATIENCE, self.rate) - self.now


@pytest.fixture(name="reader")
def _reader():
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    with ours, theirs:
        reader = Reader(Link(ours, "them", seal=None, monotonic=lambda: reader.now), theirs)
        reader.link.write(WHOLE)
        yield reader


def test_who_takes_nothing_has_so_many_seconds(reader):
    reader.now += 20
    reader.link.flush()

    assert PATIENCE - 20 == reader.left


def test_nor_does_more_that_is_written_bring_any(reader):
    reader.now += 20
    reader.link.write(b"more")

    assert PATIENCE - 20 == reader.left


def test_each_byte_that_is_taken_brings_time(reader):
    taken = reader.take(after=20)

    assert taken > 0
    assert min(PATIENCE, PATIENCE - 20 + taken / RATE) == reader.left


def test_who_takes_little_whenever_patience_is_about_to_end_is_overdue_all_the_same(reader):
    """It would hold an answer, and perhaps a thread, for ever."""
    reader.rate = 1e6
    while reader.left > 0 and reader.link.behind:
        reader.take(after=PATIENCE - 1)

    assert reader.link.behind > 0


def test_what_waits_next_is_waited_for_anew(reader):
    while reader.link.behind:
        reader.take(after=0)
    reader.now += 1000
    reader.link.write(WHOLE)

    assert PATIENCE == reader.left
