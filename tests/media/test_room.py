"""The media room: what it brings late, it brings once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from offair.emulator.media.recording import library

CALLERS = 8


def test_there_is_one_library_whoever_comes_first(emulator, monkeypatch):
    """A player's look and a broadcast's beginning come from threads of their own."""
    made = []
    build = library.Library.__init__

    def slowly(self, *given, **named):
        made.append(self)
        threading.Event().wait(0.05)
        build(self, *given, **named)

    monkeypatch.setattr(library.Library, "__init__", slowly)
    together = threading.Barrier(CALLERS)

    def look(_number):
        together.wait()
        return emulator.media.studio.find("nobody", "thumbnail.jpg", {})

    with ThreadPoolExecutor(CALLERS) as pool:
        seen = list(pool.map(look, range(CALLERS)))

    assert ([None] * CALLERS, 1) == (seen, len(made))
