"""Writes a broadcast down as it comes: every fragment into its track's file, at once.

The system has what was written, so whatever kills the transcoder or this process, the files are good up to their
last fragment. A recording that cannot go on (a full disk) stops with a sentence, and the broadcast goes on.
"""

import threading
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import BinaryIO

from offair.emulator.media.formats.boxes import BoxRun, MalformedMediaError, Splitter
from offair.emulator.media.recording.reel import Reel
from offair.emulator.media.recording.sheet import Sheet, media_path
from offair.emulator.media.recording.vod import complete_runs, joined_variants, master_playlist, media_playlist
from offair.emulator.media.transcoding.outlet import Sink

RESERVE = 16 << 20  # bytes of disk that a recording leaves to the others
LEAP = 0.05  # seconds


class Recorder:
    """Fills ``Outlet`` for one recording in ``folder``, which is there. Methods may be called from any thread.

    ``wall`` gives seconds since the epoch, ``room`` the bytes that are free on the disk. ``on_trouble`` hears once in
    words why a recording cannot go on; ``on_over`` is called once, when the broadcast is over.
    """

    def __init__(
        self,
        sheet: Sheet,
        folder: Path,
        *,
        wall: Callable[[], float],
        room: Callable[[], int],
        on_trouble: Callable[[str], None],
        on_over: Callable[[], None],
    ) -> None:
        self._sheet = sheet
        self._folder = folder
        self._wall = wall
        self._room = room
        self._on_trouble = on_trouble
        self._on_over = on_over
        self._lock = threading.Lock()
        self._run = -1
        self._files: dict[str, BinaryIO] = {}
        self._reels: dict[str, list[Reel]] = {name: [] for name in sheet.tracks}
        self._is_shown = False  # this run, in playlists
        self._is_stopped = False
        self._is_over = False

    def begin(self) -> Mapping[str, Sink]:
        """Let a run begin, after whatever came before."""
        self.flush()
        with self._lock:
            if self._is_stopped:
                return {}
            self._run += 1
            self._is_shown = False
            shift = max((reel.end for track in self._reels.values() for reel in track), default=Fraction(0))
            for track in self._reels.values():
                track.append(Reel(self._sheet.length, shift=shift))
            return {name: partial(self._feed, self._run, name, Splitter()) for name in self._reels}

    def flush(self) -> None:
        """Close the files of a run that is over."""
        with self._lock:
            self._close()

    def finish(self) -> None:
        """Close everything and say so."""
        self.flush()
        with self._lock:
            was_over, self._is_over = self._is_over, True
        if not was_over:
            self._on_over()

    def master(self, root: str) -> str | None:
        """Write the master playlist of what is there so far; None while that is nothing."""
        with self._lock:
            return master_playlist(self._sheet, self._reels, root=root, is_over=False)

    def playlist(self, track: str) -> str | None:
        """Write a track's playlist of what is there so far; None for an unknown track."""
        with self._lock:
            if track not in self._reels:
                return None
            return media_playlist(self._sheet, self._reels, track, is_over=False)

    def _feed(self, run: int, name: str, splitter: Splitter, content: bytes) -> None:
        words = None
        with self._lock:
            if self._is_stopped or run != self._run:
                return
            try:
                for piece in splitter.push(content):
                    self._write(name, piece)
            except (OSError, MalformedMediaError) as error:
                words = str(error)
                self._is_stopped = True
                self._close()
        if words is not None:
            self._on_trouble(words)

    def _write(self, name: str, piece: BoxRun) -> None:
        self._check_room()
        reel = self._reels[name][self._run]
        content = reel.add(piece)
        if piece.kind == "init":
            self._files[name] = self._open(name)
        elif not self._is_shown:
            self._reckon(self._wall() - float(reel.end))
        if self._files[name].write(content) < len(content):
            raise OSError(f"the disk under {self._folder.parent} is full: free some space")

    def _reckon(self, zero: float) -> None:
        """Enter when the run began, by what came least late until it is shown: no date may be ahead of the clock."""
        known = self._sheet.zeros.get(self._run)
        if known is None or zero < known - LEAP:
            self._sheet = self._sheet.with_run(self._run, zero)
            self._sheet.write(self._folder)
        self._is_shown = self._run in complete_runs(self._reels)

    def _open(self, name: str) -> BinaryIO:
        path = media_path(self._folder, name, self._run)
        path.parent.mkdir(exist_ok=True)
        return path.open("wb", buffering=0)

    def _check_room(self) -> None:
        """Stop while there is still room for what is joined to MP4s at the end."""
        names = [name for variant in joined_variants(self._sheet, self._reels) for name in variant.tracks]
        needed = RESERVE + sum(reel.size for name in names for reel in self._reels[name])
        room = self._room()
        if room < needed:
            raise OSError(
                f"the disk under {self._folder.parent} has {room} bytes left, and an MP4 of what is recorded needs "
                f"{needed}: free some space"
            )

    def _close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()
        for track in self._reels.values():
            for reel in track:
                reel.close()
