"""What is done when a broadcast is over: its files become an MP4 and HLS, one recording after the other.

It reads everything back from the recording's folder, so it makes no difference whether the broadcast ended in order
or a process was killed in the middle of it.
"""

import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import msgspec

from offair.emulator.core.ports import Archivist
from offair.emulator.core.recordings import Recording, RecordingState
from offair.emulator.media.packager.shelf import write_whole
from offair.emulator.media.recording.developing import UndevelopedError, develop
from offair.emulator.media.recording.pictures import THUMBNAIL
from offair.emulator.media.recording.sheet import Reels, Sheet, media_path, read_sheet
from offair.emulator.media.recording.spans import MANIFEST, manifest
from offair.emulator.media.recording.vod import (
    INDEX,
    REPLAY_INDEX,
    best_variant,
    complete_runs,
    joined_variants,
    master_playlist,
    media_playlist,
    root_of,
    seconds,
)
from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError
from offair.emulator.media.transcoding.kit import Kit
from offair.emulator.media.transcoding.process import Exit, Process

LONGEST = 3600.0  # seconds that an MP4 may take


class UnjoinableError(Exception):
    """The MP4 cannot be made; the message says why."""


class Finisher:
    """Finishes recordings in a thread of its own.

    ``folder_of`` says where one lies; ``on_made`` hears of each by its id, whatever became of it.
    """

    def __init__(
        self,
        archivist: Archivist,
        kit: Kit,
        *,
        folder_of: Callable[[Recording], Path],
        on_made: Callable[[str], None],
    ) -> None:
        self._archivist = archivist
        self._journal = kit.journal
        self._choose_ffmpeg = kit.choice.get
        self._folder_of = folder_of
        self._on_made = on_made
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="offair-finishing")
        self._waiting: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._process: Process | None = None

    def submit(self, recording: Recording) -> None:
        """Have a recording finished; after :meth:`close` it waits for the next start."""
        with self._lock:
            if not self._closed.is_set():
                future = self._pool.submit(self._finish, recording)
                self._waiting.add(future)
                future.add_done_callback(self._waiting.discard)

    def close(self, *, patience: float) -> None:
        """Finish what can be finished within so many seconds; the rest keeps its state for the next start."""
        wait(tuple(self._waiting), timeout=patience)
        with self._lock:
            self._closed.set()
            process = self._process
        if process is not None:
            process.stop()
        self._pool.shutdown(cancel_futures=True)

    def _finish(self, recording: Recording) -> None:
        try:
            self._make(recording)
        except Exception as error:  # noqa: BLE001 - one recording's trouble must not keep the others waiting
            self._archivist.move(recording.id, RecordingState.FAILED, words=repr(error))
            self._trouble(recording, f"a recording could not be finished: {error!r}")
        finally:
            self._on_made(recording.id)

    def _make(self, recording: Recording) -> None:
        folder = self._folder_of(recording)
        if not folder.is_dir():
            gone = f"its files are gone: there is no folder {folder}"
            self._archivist.move(recording.id, RecordingState.FAILED, words=gone)
            return
        try:
            sheet = read_sheet(folder)
            reels = sheet.scan(folder)
        except (FileNotFoundError, msgspec.DecodeError):
            reels = {}
        if not complete_runs(reels):
            self._give_up(recording)
            return
        _write_playlists(folder, recording, sheet, reels)
        words = recording.words
        made: list[str] = []
        if recording.capture.recording:
            try:
                made = self._join_all(folder, sheet, reels)
            except (UnjoinableError, FfmpegMissingError, OSError) as error:
                words = f"there is HLS and no MP4, which could not be made: {error}"
        if self._closed.is_set():
            return
        self._show(recording, folder, sheet, reels)
        is_whole = made or not recording.capture.recording
        state = RecordingState.SHIPPING if recording.capture.bucket else RecordingState.READY
        files = [*made, *_names(folder, sheet)]
        length = round(seconds(reels), 3)
        self._archivist.move(
            recording.id,
            state if is_whole else RecordingState.FAILED,
            ended_at=recording.ended_at or recording.began_at + length,
            seconds=length,
            size=sum((folder / name).stat().st_size for name in files),
            files=tuple(files),
            words=words,
        )

    def _trouble(self, recording: Recording, words: str) -> None:
        if not self._archivist.find(id=recording.id):
            return  # it was forgotten meanwhile, and its files went
        self._journal.write_about(recording, "trouble", words, traceback=traceback.format_exc())

    def _give_up(self, recording: Recording) -> None:
        """Forget a recording in which nothing came, unless something is to be said about it."""
        if recording.words:
            self._archivist.move(recording.id, RecordingState.FAILED)
        else:
            self._archivist.forget(id=recording.id)

    def _show(self, recording: Recording, folder: Path, sheet: Sheet, reels: Reels) -> None:
        """Make a thumbnail of the first picture, unless the broadcast left one."""
        from offair.emulator.media.recording.command import picture  # brings ffmpeg-python: see Transcoder

        track, run = best_variant(sheet, reels).video, complete_runs(reels)[0]
        if track is None or (folder / THUMBNAIL).exists():
            return
        first = reels[track][run].shots[0]
        try:
            with media_path(folder, track, run).open("rb") as file:
                content = file.read(first.offset + first.size)
            write_whole(
                folder / THUMBNAIL, develop(picture(str(self._choose_ffmpeg())), content, is_enough=self._closed)
            )
        except (FfmpegMissingError, UndevelopedError) as error:
            self._journal.write_about(recording, "publication", f"a thumbnail could not be made: {error}")
        except Exception as error:  # noqa: BLE001 - a recording without a picture is still a recording
            self._trouble(recording, f"a thumbnail could not be made: {error!r}")

    def _join_all(self, folder: Path, sheet: Sheet, reels: Reels) -> list[str]:
        """Make an MP4 of each variant that is joined, for each group of runs that share their codecs' parameters."""
        made = []
        for variant in joined_variants(sheet, reels):
            tracks = variant.tracks
            for number, runs in enumerate(_groups(reels, tracks), 1):
                name = mp4_name(variant.name if sheet.apart else None, number)
                files = [[media_path(Path(), track, run).as_posix() for run in runs] for track in tracks]
                self._join(folder, files, name)
                made.append(name)
        return made

    def _join(self, folder: Path, tracks: Sequence[Sequence[str]], name: str) -> None:
        from offair.emulator.media.recording.command import join  # brings ffmpeg-python: see Transcoder

        hidden = folder / f".{name}"
        hidden.unlink(missing_ok=True)  # an ffmpeg that outlived its killed emulator may still write to it
        ends: queue.SimpleQueue[Exit] = queue.SimpleQueue()
        executable = str(self._choose_ffmpeg())
        with self._lock:
            if self._closed.is_set():
                return
            self._process = Process(join(executable, tracks, hidden.name), name="join", on_exit=ends.put, folder=folder)
        try:
            with suppress(queue.Empty):
                over = ends.get(timeout=LONGEST)
                if over.code == 0:
                    hidden.replace(folder / name)
                    return
                raise UnjoinableError(f"ffmpeg exited with {over.code}: {over.words or 'without a word'}")
            raise UnjoinableError(f"ffmpeg took longer than {LONGEST:g} s")
        finally:
            process, self._process = self._process, None
            process.stop()
            hidden.unlink(missing_ok=True)


def mp4_name(variant: str | None, number: int = 1) -> str:
    """Name an MP4: of the best variant, or of one that has its own."""
    return f"recording{f'.{variant}' if variant else ''}{f'-{number}' if number > 1 else ''}.mp4"


def _write_playlists(folder: Path, recording: Recording, sheet: Sheet, reels: Reels) -> None:
    for track in reels:
        write_whole(folder / track / INDEX, media_playlist(sheet, reels, track, is_over=True).encode())
    for name, root in ((INDEX, ""), (REPLAY_INDEX, root_of(recording.id))):
        write_whole(folder / name, (master_playlist(sheet, reels, root=root) or "").encode())
    write_whole(folder / MANIFEST, (manifest(sheet, reels) or "").encode())


def _groups(reels: Reels, tracks: Sequence[str]) -> list[list[int]]:
    groups: list[list[int]] = []
    for run in complete_runs(reels):
        if groups and all(reels[name][run].can_be_joined_to(reels[name][groups[-1][0]]) for name in tracks):
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _names(folder: Path, sheet: Sheet) -> list[str]:
    """Name the pictures, and the files of the HLS and its DASH twin: what is referred to before what refers to it."""
    pictures = [path for path in sorted(folder.rglob("*")) if path.suffix in {".jpg", ".gif"}]
    media = [path for track in sheet.tracks for path in (folder / track).iterdir()]
    names = [path.relative_to(folder).as_posix() for path in (*pictures, *media)]
    manifests = [name for name in (MANIFEST, INDEX) if (folder / name).stat().st_size]
    return [*sorted(names, key=lambda name: (name.endswith(INDEX), name)), *manifests]
