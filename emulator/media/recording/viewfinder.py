"""The newest pictures of a broadcast, still coded: what a thumbnail or a motion clip is made of when it is wanted.

Nothing is decoded here. A thumbnail needs the newest key frame alone, a clip the seconds before it.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from offair.emulator.media.formats.boxes import MalformedMediaError
from offair.emulator.media.formats.pieces import TrackReader
from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.transcoding.outlet import Sink


class Viewfinder:
    """Fills ``Outlet`` for one track of pictures.

    ``seconds`` is how much is kept before the newest key frame, 0 that frame alone. ``on_key`` is called for each key
    frame with its time, in seconds since the broadcast began, in the thread that carries fragments. Bytes that are no
    fragmented MP4 are the packager's to complain of.
    """

    def __init__(self, track: str, *, seconds: float, on_key: Callable[[float], None]) -> None:
        self._name = track
        self._seconds = seconds
        self._on_key = on_key
        self._lock = threading.Lock()
        self._fragments: deque[Fragment] = deque()
        self._before = 0.0  # seconds of the runs that are over
        self._so_far = 0.0

    def begin(self) -> Mapping[str, Sink]:
        """Let a run begin; the pictures of the run before stay until the first of this one."""
        self._before = self._so_far
        return {self._name: partial(self._feed, TrackReader())}

    def flush(self) -> None:
        """Keep the newest pictures: they are those of the last broadcast."""

    def finish(self) -> None:
        """Keep them too."""

    @property
    def newest(self) -> bytes | None:
        """The newest key frame, as MP4; None while there is none."""
        with self._lock:
            key = next((fragment for fragment in reversed(self._fragments) if fragment.samples[0].is_sync), None)
            return key.track.init + key.content if key else None

    @property
    def motion(self) -> bytes | None:
        """Everything that is kept, as MP4; None while there is nothing."""
        with self._lock:
            fragments = list(self._fragments)
        return fragments[0].track.init + b"".join(f.content for f in fragments) if fragments else None

    def _feed(self, reader: TrackReader, content: bytes) -> None:
        keys: list[float] = []
        with self._lock, suppress(MalformedMediaError):
            for piece in reader.receive(content):
                if not isinstance(piece, Fragment):
                    self._fragments.clear()
                    continue
                self._so_far = self._before + _end(piece)
                if self._keep(piece):
                    keys.append(self._before + _begin(piece))
        for key in keys:
            self._on_key(key)

    def _keep(self, fragment: Fragment) -> bool:
        """Append a fragment, let go of what is too old, and say whether it begins with a key frame."""
        is_key = fragment.samples[0].is_sync
        if is_key and not self._seconds:
            self._fragments.clear()
        if not is_key and (not self._fragments or not self._seconds):
            return False
        self._fragments.append(fragment)
        while (second := self._second_key()) and _end(fragment) - _begin(self._fragments[second]) >= self._seconds:
            for _ in range(second):
                self._fragments.popleft()
        return is_key

    def _second_key(self) -> int:
        """Find where the second group of pictures begins; 0 where there is only one."""
        return next((n for n, fragment in enumerate(self._fragments) if n and fragment.samples[0].is_sync), 0)


def _begin(fragment: Fragment) -> float:
    return fragment.samples[0].dts / fragment.track.timescale


def _end(fragment: Fragment) -> float:
    return fragment.end / fragment.track.timescale
