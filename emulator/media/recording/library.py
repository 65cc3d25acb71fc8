"""Every recording of every stream: opened with a broadcast, finished after it, found by those who play it.

``root`` holds a folder for each recording, and no start empties it: what a kill left unfinished is finished then.
"""

import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from offair.emulator.core.enclosure import OutsideError, clear, enclose, home
from offair.emulator.core.events import RecordingForgotten, RecordingMoved, StreamDeleted
from offair.emulator.core.ports import Archivist, Piece
from offair.emulator.core.recordings import Recording, RecordingState
from offair.emulator.core.streams import Stream
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.media.packager.names import media_type
from offair.emulator.media.packager.plan import PackagePlan
from offair.emulator.media.recording.finishing import Finisher
from offair.emulator.media.recording.pictures import CLIP, THUMBNAIL, Pictures
from offair.emulator.media.recording.recorder import Recorder
from offair.emulator.media.recording.sheet import sheet_for
from offair.emulator.media.recording.shipping import Shipper
from offair.emulator.media.recording.vod import FOLDER, INDEX, REPLAY_INDEX, of_variant, root_of
from offair.emulator.media.transcoding.kit import Kit
from offair.emulator.media.transcoding.outlet import Outlet

REPLAY = "replay"
PLAYLIST, MP4 = ".m3u8", ".mp4"


class Library:
    """Opens what listens to a broadcast for its recording and its pictures, and finds these below a stream's root."""

    def __init__(
        self,
        root: Path,
        *,
        world: World,
        archivist: Archivist,
        timers: Timers,
        kit: Kit,
    ) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._root = root
        self._archivist = archivist
        self._journal = kit.journal
        self._clock = kit.clock
        self._recorders: dict[str, Recorder] = {}  # by recording
        self._on_air: dict[str, str] = {}  # the recording of each publication
        self._pictures = Pictures(kit)
        self._shipper = Shipper(archivist, timers, kit.journal, self._folder)
        self._finisher = Finisher(archivist, kit, folder_of=self._folder, on_made=self._hear_made)
        world.events.subscribe(RecordingMoved, self._journal_move)
        world.events.subscribe(
            StreamDeleted, lambda event: world.after_commit(lambda: self._pictures.forget(event.stream.id))
        )
        world.events.subscribe(
            RecordingForgotten, lambda event: world.after_commit(lambda: self._remove(event.recording))
        )

    def open_recorder(self, stream: Stream, publication: str, plan: PackagePlan) -> Outlet | None:
        """Begin a recording, where the stream asked for one; what keeps it from that is its own trouble."""
        if not (stream.capture.recording or stream.capture.replay):
            return None
        with self._contained(stream):
            recording = self._archivist.begin(stream, publication)
            folder = self._folder(recording)
            folder.mkdir()
            recorder = self._recorders[recording.id] = Recorder(
                sheet_for(plan, stream.capture.apart),
                folder,
                wall=self._clock.wall,
                room=lambda: shutil.disk_usage(self._root).free,
                on_trouble=lambda words: self._hear_trouble(stream, recording, words),
                on_over=lambda: self._hear_end(stream, recording),
            )
            self._on_air[publication] = recording.id
            return recorder
        return None

    def open_viewfinder(self, stream: Stream, publication: str, plan: PackagePlan) -> Outlet | None:
        """Look at a broadcast for its pictures; they go to its recording too, when there is one."""
        recording = self._on_air.get(publication)
        return self._pictures.open(stream, plan, home(self._root, recording) if recording else None)

    def find(self, stream: str, name: str) -> Piece | None:
        """Find a picture, a replay or a file of a recording by its path below the stream's root; None for others."""
        match name.split("/"):
            case [single] if single in {THUMBNAIL, CLIP}:
                return self._find_picture(stream, single)
            case [*variant, file] if file.startswith(REPLAY) and file.endswith(PLAYLIST) and len(variant) < 2:
                return self._find_replay(stream, file.removeprefix(REPLAY).removesuffix(PLAYLIST), *variant)
            case [folder, recording, *rest] if folder == FOLDER and rest:
                return self._find_file(stream, recording, "/".join(rest))
        return None

    def recover(self) -> None:
        """Go on with what was not finished when the process (or the state) before ended."""
        for recording in self._archivist.find():
            if recording.state is RecordingState.SHIPPING:
                self._shipper.submit(recording)
            elif recording.state.is_unfinished:
                self._write(recording, "was left unfinished, and is finished now")
                self._finish(recording)

    def close(self, *, patience: float) -> None:
        """Let what runs come to an end within so many seconds; the rest waits for the next start."""
        self._finisher.close(patience=patience)
        self._shipper.close()
        self._pictures.close()

    def _folder(self, recording: Recording) -> Path:
        return home(self._root, recording.id)

    def _place(self, recording: str, name: str) -> Path | None:
        """Say where a file of a recording lies; None for a name that leads elsewhere."""
        try:
            return enclose(home(self._root, recording), name)
        except OutsideError:
            return None

    def _finish(self, recording: Recording, **facts: Any) -> None:
        moved = self._archivist.move(recording.id, RecordingState.PROCESSING, **facts)
        if moved is None:  # it was forgotten while its broadcast ran
            self._recorders.pop(recording.id, None)
            self._remove(recording)
        else:
            self._finisher.submit(moved)

    def _hear_made(self, recording: str) -> None:
        self._recorders.pop(recording, None)
        for made in self._archivist.find(id=recording, state=RecordingState.SHIPPING):
            self._shipper.submit(made)

    def _remove(self, recording: Recording) -> None:
        clear(self._root, recording.id)

    def _journal_move(self, moved: RecordingMoved) -> None:
        recording = moved.recording
        self._write(recording, f"is {recording.state}" + (f": {recording.words}" if recording.words else ""))

    def _write(self, recording: Recording, words: str) -> None:
        text = f"{recording.name}: its recording {words}"
        whose = {"recording": recording.id, "state": recording.state.value}
        self._journal.write_about(recording, "recording", text, **whose)

    def _hear_trouble(self, stream: Stream, recording: Recording, words: str) -> None:
        with self._contained(stream):
            text = f"the recording stopped before its broadcast: {words}"
            self._archivist.move(recording.id, RecordingState.RECORDING, words=text)

    def _hear_end(self, stream: Stream, recording: Recording) -> None:
        self._on_air.pop(recording.publication, None)
        with self._contained(stream):
            self._finish(recording, ended_at=self._clock.now())

    @contextmanager
    def _contained(self, stream: Stream) -> Iterator[None]:
        """Keep a recording's trouble (a full disk, even for the state) from its stream; the journal has it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - an outlet's trouble is never the stream's
            words = f"a recording failed: {error!r}"
            self._journal.write_about(stream, "trouble", words, traceback=traceback.format_exc())

    def _find_picture(self, stream: str, name: str) -> Piece | None:
        content = self._pictures.thumbnail(stream) if name == THUMBNAIL else self._pictures.clip(stream)
        if content is not None:
            return _piece(self._root / name, content=content)
        kept = (self._place(recording.id, name) for recording in reversed(self._archivist.find(stream=stream)))
        path = next((path for path in kept if path and path.is_file()), None)
        return _piece(path) if path else None

    def _find_replay(self, stream: str, session: str, variant: str | None = None) -> Piece | None:
        kept = (one for one in reversed(self._archivist.find(stream=stream)) if one.capture.replay)
        found = next((one for one in kept if session in {"", f"-{one.session}"}), None)
        if found is None:
            return None
        path, root = self._place(found.id, REPLAY_INDEX), root_of(found.id)
        piece = self._find_playlist(found.id, path, lambda recorder: recorder.master(root)) if path else None
        if piece is None or variant is None:
            return piece
        content = piece.path.read_bytes() if piece.content is None else piece.content
        return replace(piece, content=of_variant(content.decode(), variant).encode())

    def _find_file(self, stream: str, recording: str, name: str) -> Piece | None:
        path = self._place(recording, name)
        if path is None or media_type(name) is None or not self._archivist.find(id=recording, stream=stream):
            return None
        if name == INDEX:
            return self._find_playlist(recording, path, lambda recorder: recorder.master(""))
        if path.name == INDEX:
            return self._find_playlist(recording, path, lambda recorder: recorder.playlist(path.parent.name))
        is_immutable = recording not in self._recorders and path.suffix == MP4
        return _piece(path, is_immutable=is_immutable) if path.is_file() else None

    def _find_playlist(self, recording: str, path: Path, write: Callable[[Recorder], str | None]) -> Piece | None:
        """Find the VOD playlist of a finished recording, or write the EVENT playlist of one that is not."""
        recorder = self._recorders.get(recording)
        text = write(recorder) if recorder and not path.is_file() else None
        if text:
            return _piece(path, content=text.encode())
        return _piece(path) if path.is_file() else None


def _piece(path: Path, *, content: bytes | None = None, is_immutable: bool = False) -> Piece:
    kind = media_type(path.as_posix())
    assert kind is not None  # noqa: S101 - for the type checker: only what is served comes here
    return Piece(path=path, media_type=kind, is_immutable=is_immutable, content=content)
