"""Thumbnails and motion clips: a short ffmpeg for each, one at a time, and never in the way of a broadcast.

Intervals are counted in seconds of the broadcast, so neither a frozen cloud clock nor a slow machine moves them.
Whoever asks for a stream's thumbnail gets one that is at most :data:`FRESH` seconds old, whether or not the stream
asked for any.
"""

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from pathlib import Path

from offair.emulator.core.clock import FOREVER, Deadline
from offair.emulator.core.streams import Capture, Stream
from offair.emulator.media.packager.plan import PackagePlan
from offair.emulator.media.packager.shelf import write_whole
from offair.emulator.media.recording.developing import PATIENCE, UndevelopedError, develop
from offair.emulator.media.recording.viewfinder import Viewfinder
from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError
from offair.emulator.media.transcoding.kit import Kit

SLACK = 0.05  # seconds
FRESH = 2.0  # seconds for which a thumbnail is not made again
THUMBNAIL, CLIP, THUMBNAILS = "thumbnail.jpg", "clip.gif", "thumbnails"


class Album:
    """The pictures of one stream's running or last broadcast. ``folder`` is its recording's, None without one."""

    def __init__(self, stream: Stream, track: str, folder: Path | None, take: Callable[["Album", str], object]) -> None:
        self.stream = stream
        self.folder = folder
        self.thumbnail: bytes | None = None
        self.clip: bytes | None = None
        self.best_before: Deadline | None = None  # of the thumbnail
        self.count = 0  # of the numbered thumbnails
        self._take = take
        self._next_thumbnail = 0.0
        motion = stream.capture.motion
        self._next_clip = motion.duration if motion else 0.0
        self.finder = Viewfinder(track, seconds=motion.duration if motion else 0.0, on_key=self._look)

    def _look(self, at: float) -> None:
        """Take what is due at a key frame; a little early is on time, as encoders round."""
        capture = self.stream.capture
        if _wants_thumbnails(capture) and at + SLACK >= self._next_thumbnail:
            self._next_thumbnail = at + capture.thumbnails if capture.thumbnails else FOREVER
            self._take(self, THUMBNAILS)
        if capture.motion and at + SLACK >= self._next_clip:
            self._next_clip = at + capture.motion.interval
            self._take(self, CLIP)


class Pictures:
    """Everybody's albums, and the one thread that makes their pictures."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._albums: dict[str, Album] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="offair-pictures")
        self._lock = threading.Lock()
        self._pending: dict[tuple[Album, str], Future[None]] = {}
        self._closed = threading.Event()

    def open(self, stream: Stream, plan: PackagePlan, folder: Path | None) -> Viewfinder | None:
        """Begin an album for a broadcast, in place of the stream's last; None where there is nothing to see."""
        videos = [track for track in plan.tracks if track.kind == "video"]
        if not videos:
            return None
        best = max(videos, key=lambda track: track.peak_bitrate)
        album = self._albums[stream.id] = Album(stream, best.name, folder, self._take)
        return album.finder

    def thumbnail(self, stream: str) -> bytes | None:
        """Give the newest thumbnail of a stream, made now unless there is a fresh one; None without any picture."""
        album = self._albums.get(stream)
        if album is None or album.finder.newest is None:
            return None
        if album.best_before is None or album.best_before.is_over:
            future = self._take(album, THUMBNAIL)
            with suppress(FutureTimeoutError):
                if future:
                    future.result(PATIENCE)
        return album.thumbnail

    def clip(self, stream: str) -> bytes | None:
        """Give the newest motion clip of a stream; None while there is none."""
        album = self._albums.get(stream)
        return album.clip if album else None

    def forget(self, stream: str) -> None:
        """Let go of a stream's pictures."""
        self._albums.pop(stream, None)

    def close(self) -> None:
        """Make no more pictures; the one that is being made is broken off."""
        with self._lock:
            self._closed.set()
        self._pool.shutdown(cancel_futures=True)

    def _take(self, album: Album, what: str) -> Future[None] | None:
        """Have a picture made; while the same one is waiting, that is the answer."""
        with self._lock:
            waiting = self._pending.get((album, what))
            if waiting is not None or self._closed.is_set():
                return waiting
            future = self._pending[album, what] = self._pool.submit(self._make, album, what)
            return future

    def _make(self, album: Album, what: str) -> None:
        with self._lock:
            self._pending.pop((album, what), None)
        try:
            if what == CLIP:
                self._make_clip(album)
            else:
                self._make_thumbnail(album, is_kept=what == THUMBNAILS)
        except (FfmpegMissingError, OSError, UndevelopedError) as error:
            self._note(album, what, str(error))
        except Exception as error:  # noqa: BLE001 - a picture's trouble is nobody else's
            self._note(album, what, repr(error), kind="trouble", traceback=traceback.format_exc())

    def _make_thumbnail(self, album: Album, *, is_kept: bool) -> None:
        from offair.emulator.media.recording.command import picture  # brings ffmpeg-python: see Transcoder

        if album.finder.newest is None:
            return
        content = develop(picture(str(self._kit.choice.get())), album.finder.newest, is_enough=self._closed)
        album.thumbnail, album.best_before = content, self._kit.clock.deadline(FRESH)
        if is_kept and album.folder is not None and album.folder.is_dir():
            write_whole(album.folder / THUMBNAIL, content)
            if album.stream.capture.thumbnails:
                write_whole(album.folder / THUMBNAILS / f"{album.count:04}.jpg", content)
                album.count += 1

    def _make_clip(self, album: Album) -> None:
        from offair.emulator.media.recording.command import motion

        wanted = album.stream.capture.motion
        argv = motion(str(self._kit.choice.get()), wanted.duration if wanted else 0.0)
        if album.finder.motion is None:
            return
        content = develop(argv, album.finder.motion, is_enough=self._closed)
        album.clip = content
        if album.folder is not None and album.folder.is_dir():
            write_whole(album.folder / CLIP, content)

    def _note(self, album: Album, what: str, words: str, *, kind: str = "publication", **details: str) -> None:
        summary = f"a picture ({what}) could not be made: {words}"
        self._kit.journal.write_about(album.stream, kind, summary, **details)


def _wants_thumbnails(capture: Capture) -> bool:
    return capture.recording or capture.replay or capture.thumbnails is not None or capture.motion is not None
