"""Encoders that nobody is in a hurry for are read together, at one tick."""

import os
from collections.abc import Callable

import pytest

from offair.emulator.media.ingest.gulps import Gulps


class Loop:
    """Keeps what is to be called, and calls it when told."""

    def __init__(self) -> None:
        self._due: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return 100.3

    def call_at(self, when: float, action: Callable[[], None]):
        self._due.append((when, action))
        return self

    def cancel(self) -> None:
        self._due.clear()

    def turn(self) -> list[float]:
        due, self._due = self._due, []
        for _, action in due:
            action()
        return [when for when, _ in due]


@pytest.fixture(name="loop")
def _loop() -> Loop:
    return Loop()


def test_all_are_read_before_any_of_it_is_taken(loop):
    gulps, seen = Gulps(loop), []
    for name in ("one", "two"):
        gulps.join(lambda name=name: seen.append(f"read {name}") or name.encode(), seen.append)
    loop.turn()

    assert ["read one", "read two", b"one", b"two"] == seen


def test_where_nothing_waits_nothing_is_taken(loop):
    gulps, seen = Gulps(loop), []
    gulps.join(lambda: None, seen.append)
    loop.turn()

    assert [] == seen


def test_the_ticks_of_all_are_the_same_and_end_with_the_last_who_leaves(loop):
    gulps, seen = Gulps(loop), []
    readers = [lambda: b"", lambda: b"more"]
    for read in readers:
        gulps.join(read, seen.append)
    ticks = loop.turn() + loop.turn()
    for read in readers:
        gulps.leave(read)

    assert ([pytest.approx(100.4), pytest.approx(100.4)], []) == (ticks, loop.turn())


def test_what_waits_is_read_whole_and_the_next_is_not_mixed_with_it(loop):
    gulps = Gulps(loop)
    reads, writes = os.pipe()
    try:
        os.set_blocking(reads, False)
        os.write(writes, b"a longer piece")
        first = gulps.read(reads)
        os.write(writes, b"short")
        second = gulps.read(reads)
        with pytest.raises(BlockingIOError):
            gulps.read(reads)
    finally:
        os.close(writes)
        rest = gulps.read(reads)
        os.close(reads)

    assert (b"a longer piece", b"short", b"") == (first, second, rest)
