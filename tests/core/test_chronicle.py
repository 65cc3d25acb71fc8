"""The last minutes of broadcasts, without a broadcast."""

import pytest

from offair.emulator.core import chronicle
from offair.emulator.core.chronicle import Chronicle
from offair.emulator.core.clock import Clock
from offair.emulator.core.numbers import AudienceNumbers, Numbers, RenditionNumbers, SourceNumbers, TranscoderNumbers
from offair.emulator.core.timers import Timers


def numbers(uptime, publication="first"):
    source = SourceNumbers(is_connected=True, fps=25.0, bitrate=1000, frames=1, bytes=1)
    rendition = RenditionNumbers(name="a", kind="video", codec="avc1", bitrate=300, frames=1, bytes=1)
    return Numbers(
        publication=publication,
        uptime=uptime,
        source=source,
        transcoder=TranscoderNumbers(restarts=0),
        renditions=(rendition, rendition),
        audience=AudienceNumbers(viewers=7),
        readers=0,
        readers_dropped=0,
    )


@pytest.fixture(name="shown")
def _shown():
    """What is on air, by stream."""
    return {}


@pytest.fixture(name="book")
def _book(shown):
    clock = Clock()
    timers = Timers(clock, lambda error: pytest.fail(repr(error)))
    yield Chronicle(clock, timers, on_air=lambda: list(shown), numbers=shown.get)
    timers.close()


def test_what_came_in_and_out_is_noted(book, shown):
    shown["s"] = numbers(2.0)
    book.look()
    (moment,) = book.of("s")

    assert (2.0, 1000, 600, 25.0, 7) == (
        moment.uptime,
        moment.bitrate_in,
        moment.bitrate_out,
        moment.fps,
        moment.viewers,
    )


def test_a_broadcast_that_is_over_keeps_its_last(book, shown):
    shown["s"] = numbers(2.0)
    book.look()
    del shown["s"]
    book.look()

    assert [2.0] == [moment.uptime for moment in book.of("s")]


def test_another_broadcast_begins_anew(book, shown):
    shown["s"] = numbers(9.0)
    book.look()
    shown["s"] = numbers(1.0, publication="second")
    book.look()

    assert [1.0] == [moment.uptime for moment in book.of("s")]


def test_only_so_much_is_kept(book, shown, monkeypatch):
    monkeypatch.setattr(chronicle, "STREAMS_KEPT", 2)
    for uptime in range(chronicle.KEPT + 5):
        shown["s"] = numbers(float(uptime))
        book.look()
    shown.clear()
    kept = len(book.of("s"))
    for stream in "abc":
        shown[stream] = numbers(1.0)
    book.look()

    assert (chronicle.KEPT, [0, 0, 1, 1]) == (kept, [len(book.of(stream)) for stream in "sabc"])


def test_it_looks_by_itself(book, shown, monkeypatch):
    """And again, which only a timer can tell."""
    asked = []
    monkeypatch.setattr(
        book, "_timers", type("Now", (), {"after": lambda _self, _seconds, action: asked.append(action)})()
    )
    shown["s"] = numbers(1.0)
    book.begin()
    asked[0]()

    assert (1, 2) == (len(book.of("s")), len(asked))
