"""All publications: where the ingest brings its encoders, and where the web room finds what plays."""

import glob
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from offair.emulator.core.enclosure import OutsideError, clear, enclose, home
from offair.emulator.core.events import PublicationRevoked, StreamDeleted, TranscoderRestarted
from offair.emulator.core.faults.encoders import CannotDisturb, EncoderFault
from offair.emulator.core.faults.players import Asked
from offair.emulator.core.ports import (
    Admitted,
    Gatekeeper,
    Knock,
    MisaskedError,
    OverdueError,
    Piece,
    Reason,
    Refused,
    Tap,
)
from offair.emulator.core.publication import Totals
from offair.emulator.core.showing import Course, Onlooker
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.world import World
from offair.emulator.media.broadcast.equipment import Equipment
from offair.emulator.media.ingest.reception import Connection
from offair.emulator.media.packager.arrivals import is_next_segment
from offair.emulator.media.packager.names import media_type, read_name, segment_number
from offair.emulator.media.packager.shelf import MANIFESTS, Shelf

if TYPE_CHECKING:  # a start can do without
    from offair.emulator.media.broadcast.engine import Engine
    from offair.emulator.media.broadcast.seat import Seat

LEAST_ROOM = 1 << 19  # bytes of disk without which nobody is admitted
HELD = 12.0  # seconds for which a request for the next segment is held: the longest segment and some
CONTAINERS = {"rtmp": "flv", "rtmps": "flv", "srt": "mpegts", "whip": "flv"}


class Studio:
    """Runs an engine for every publication under ``folder``; fills ``Reception`` and ``Origin``.

    ``find_kept`` finds, by stream and name, what is kept of broadcasts.
    """

    def __init__(
        self,
        world: World,
        gatekeeper: Gatekeeper,
        folder: Path,
        equipment: Equipment,
        find_kept: Callable[[str, str], Piece | None],
    ) -> None:
        self._world = world
        self._gatekeeper = gatekeeper
        self._folder = folder
        self._equipment = equipment
        self._clock = equipment.kit.clock
        self._find_kept = find_kept
        self._engines: dict[str, Engine] = {}
        self._shelves: dict[str, Shelf] = {}  # of the latest broadcast, by stream
        self._lock = threading.Lock()
        self._is_closed = False
        world.events.subscribe(
            PublicationRevoked,
            lambda event: self._later(lambda: self.revoke(event.publication, event.reason)),
        )
        world.events.subscribe(TranscoderRestarted, lambda event: self._later(lambda: self._restart(event.publication)))
        world.events.subscribe(StreamDeleted, lambda event: self._later(lambda: self._forget(event.stream.id)))

    def receive(self, knock: Knock, connection: Connection) -> "Seat | Refused":
        """Ask the gatekeeper, and seat an admitted encoder at its publication's engine.

        May take as long as the gatekeeper's consulting does; nobody else waits for that.
        """
        refused = self._gatekeeper.consult(knock)  # without the lock, as it may take seconds
        if refused is not None:
            return self._turn_down(knock, refused)
        with self._lock:  # until the engine is there, so that who revokes the admission finds it
            admission = self._admit(lambda: self._gatekeeper.admit(knock))
            if not isinstance(admission, Refused):
                seat = self._seat(admission, connection, CONTAINERS[knock.protocol])
        if isinstance(admission, Refused):
            return self._turn_down(knock, admission)
        self._journal(knock, "admitted", admission.stream)
        return seat

    def _turn_down(self, knock: Knock, refused: Refused) -> Refused:
        if refused.reason is Reason.UNKNOWN_APP and not knock.app:
            refused = replace(refused, text=f"the application is missing;{refused.text.partition(';')[2]}")
        whose = next(iter(self._world.find(STREAMS, key=knock.name, limit=1)), None)
        self._journal(knock, f"refused: {refused.text}", whose)
        return refused

    def receive_source(self, stream: str, protocol: str, connection: Connection) -> "Seat | Refused":
        """Seat what was pulled from a stream's source, as MPEG-TS, if the gatekeeper says that it is still wanted."""
        peer = connection.peer
        with self._lock:
            admission = self._admit(lambda: self._gatekeeper.admit_source(stream, protocol=protocol, peer=peer))
            return admission if isinstance(admission, Refused) else self._seat(admission, connection, "mpegts")

    def find(
        self, stream: str, name: str, query: Mapping[str, str], *, go_on: Callable[[], bool] = lambda: True
    ) -> Piece | None:
        """Find a file of a stream; names that are hidden or lead elsewhere do not exist.

        The next segment or part at the live edge is waited for: a player that asks a moment too early need not come
        again. So is what the query of a low-latency playlist asks for; either while ``go_on`` says that it is wanted.
        """
        parts = (stream, *name.split("/"))
        if any(part.startswith(".") for part in parts):
            return None
        try:
            path = enclose(self._folder, "/".join(parts))
        except OutsideError:
            return None
        kept = self._find_kept(stream, name)
        if kept is not None:
            return kept
        kind = media_type(name)
        if kind is None:
            return None
        if path.suffix in MANIFESTS:
            text = self._read(stream, name, query, go_on)
            content = None if text is None else text.encode()
            return Piece(path=path, media_type=kind, is_immutable=False, content=content) if content else None
        is_there = path.is_file() or self._arrives(stream, path, go_on)
        return Piece(path=path, media_type=kind, is_immutable=True) if is_there else None

    def stamp(self, stream: str, name: str) -> object:
        """Give a manifest's text, a low-latency playlist, or when a file was written; None where there is none yet."""
        shelf = self._shelves.get(stream)
        if shelf is None:
            return None
        if name.endswith(tuple(MANIFESTS)):
            engine = next((engine for engine in self.on_air() if engine.stream.id == stream), None)
            playlist = engine.playlist(name) if engine else None
            return shelf.text(name) if playlist is None or playlist.low_latency is None else playlist
        return shelf.stamp(name)

    def about(self, stream: str, name: str) -> Asked:
        """Tell what a name stands for, whether or not it exists."""
        return read_name(stream, name)

    def _read(self, stream: str, name: str, query: Mapping[str, str], go_on: Callable[[], bool]) -> str | None:
        """Give a manifest; of a low-latency playlist the version that is asked for."""
        from offair.emulator.media.packager.hls import render_media
        from offair.emulator.media.packager.reload import PATIENCE, BadDirectivesError, read_directives

        engine = next((engine for engine in self.on_air() if engine.stream.id == stream), None)
        playlist = engine.playlist(name) if engine else None
        if engine is None or playlist is None or playlist.low_latency is None:
            shelf = self._shelves.get(stream)
            return shelf.text(name) if shelf else None
        try:
            directives = read_directives(query)
            directives.check(playlist)
        except BadDirectivesError as error:
            raise MisaskedError(str(error)) from error

        def is_there() -> bool:
            now = engine.playlist(name)
            return now is not None and directives.is_met_by(now)

        seconds = float(PATIENCE * playlist.target)
        if not self._comes(stream, is_there, seconds, go_on):
            raise OverdueError(f"what {dict(query)} asks of {name} did not come within {seconds:g} s")
        return render_media(engine.playlist(name) or playlist, is_delta=directives.wants_delta)

    def newest_segment(self, stream: str) -> int | None:
        """Tell the sequence number of a stream's newest segment in any rendition; None while there is none."""
        numbers = (segment_number(path.name) for path in self._folder.glob(f"{glob.escape(stream)}/*/*"))
        return max((number for number in numbers if number is not None), default=None)

    def manifests(self, stream: str) -> list[str]:
        """Name the playlists and manifests of a stream's latest broadcast, that are there now."""
        shelf = self._shelves.get(stream)
        return sorted(shelf.texts, key=lambda name: (name.count("/"), name)) if shelf else []

    def _arrives(self, stream: str, path: Path, go_on: Callable[[], bool]) -> bool:
        if not is_next_segment(path):
            return path.is_file()  # it may have come since the last look
        return self._comes(stream, path.is_file, HELD, go_on)

    def _comes(self, stream: str, is_there: Callable[[], bool], seconds: float, go_on: Callable[[], bool]) -> bool:
        return self._equipment.arrivals.wait_until(
            is_there, self._clock.deadline(seconds), go_on=lambda: self._is_on_air(stream) and go_on()
        )

    def tap(
        self, stream: str, variant: str | None, sever: Callable[[], None], *, is_counted: bool = True
    ) -> Tap | None:
        """Let a reader of the progressive MP4 in; a stream that starts is waited for."""
        return self._equipment.earpieces.tap(
            stream, variant, sever, is_counted=is_counted, deadline=self._clock.deadline(HELD),
            go_on=lambda: self._is_on_air(stream),
        )  # fmt: skip

    def show(self, stream: str, variant: str | None, onlooker: Onlooker, course: Course) -> Callable[[], None] | None:
        """Show a stream to somebody, as soon as it has a key frame; None when it is not on air."""
        return self._equipment.earpieces.show(stream, variant, onlooker, course, go_on=lambda: self._is_on_air(stream))

    def _is_on_air(self, stream: str) -> bool:
        with self._lock:  # whoever was admitted a moment ago gets his engine in it
            return any(engine.stream.id == stream for engine in self.on_air())

    def revoke(self, publication: str, reason: str) -> None:
        """Send a publication's encoder away and end it."""
        with self._lock:
            engine = self._engines.get(publication)
        if engine is not None:
            engine.revoke(reason)
        else:
            self._equipment.callboy.ended(publication, Totals())

    def disturb(self, fault: EncoderFault) -> None:
        """Let something go wrong with a stream's encoder; CannotDisturb when it cannot."""
        seat = next((engine.seat for engine in self.on_air() if engine.stream.id == fault.stream), None)
        if seat is None:
            raise CannotDisturb("no encoder is on air for the stream; publish to it, and wait until it is live")
        seat.disturb(fault, self._equipment.kit.choice.get)

    def disturbances(self) -> list[EncoderFault]:
        """What goes wrong with the encoders on air."""
        return [fault for seat in self._seats() for fault in seat.faults]

    def settle(self, fault_id: str) -> bool:
        """Let a fault of an encoder end; False when there is none."""
        found = [seat for seat in self._seats() if fault_id in {fault.id for fault in seat.faults}]
        for seat in found:
            seat.settle(fault_id)
        return bool(found)

    def _seats(self) -> "list[Seat]":
        return [seat for engine in self.on_air() if (seat := engine.seat) is not None]

    def on_air(self) -> "list[Engine]":
        """The engines that run."""
        return list(self._engines.values())

    def end_all(self, reason: str) -> None:
        """End every publication, and wait until nothing of them runs."""
        engines = self.on_air()
        for engine in engines:
            engine.revoke(reason)
        for engine in engines:
            engine.wait()

    def close(self) -> None:
        """End every publication and let nobody in any more."""
        with self._lock:
            self._is_closed = True
        self.end_all("the emulator is closing")
        self._equipment.earpieces.close()

    def _admit(self, ask: Callable[[], Admitted | Refused]) -> Admitted | Refused:
        if self._is_closed:
            return Refused(Reason.NOT_ACCEPTING, "the emulator is closing")
        self._folder.mkdir(parents=True, exist_ok=True)  # somebody may have removed it, and who was on air was told
        room = shutil.disk_usage(self._folder).free
        if room < LEAST_ROOM:
            words = f"the disk under {self._folder} is full: {room} bytes are left; free some space and publish again"
            return Refused(Reason.OUT_OF_ROOM, words)
        return ask()

    def _seat(self, admission: Admitted, connection: Connection, container: str) -> "Seat":
        from offair.emulator.media.broadcast.engine import Engine

        engine = self._engines.get(admission.publication)
        if engine is None:
            stream = admission.stream
            formers = [former for former in self._engines.values() if former.stream.id == stream.id]
            former = self._shelves.get(stream.id)
            shelf = Shelf(home(self._folder, stream.id), on_change=self._equipment.arrivals.wake)
            engine = Engine(
                admission.publication,
                stream,
                shelf,
                self._equipment,
                self._on_over,
                formers=formers,
                former_shelf=former,
            )
            self._engines[admission.publication] = engine
            self._shelves[stream.id] = shelf
        return engine.join(connection, container)

    def _later(self, action: Callable[[], None]) -> None:
        self._world.after_commit(action)

    def _restart(self, publication: str) -> None:
        engine = self._engines.get(publication)
        if engine is not None:
            engine.restart()

    def _forget(self, stream: str) -> None:
        for engine in self.on_air():
            if engine.stream.id == stream:
                engine.wait()
        self._shelves.pop(stream, None)
        clear(self._folder, stream)
        self._equipment.earpieces.forget(stream)

    def _on_over(self, publication: str) -> None:
        with self._lock:
            self._engines.pop(publication, None)
        self._equipment.arrivals.wake()
        self._equipment.earpieces.give_up()

    def _journal(self, knock: Knock, verdict: str, stream: Stream | None = None) -> None:
        journal = self._equipment.kit.journal
        write = partial(journal.write_about, stream) if stream else journal.write
        write(
            "publication", f"{knock.protocol} {knock.peer} knocks at {knock.app or 'no application'}: {verdict}",
            stream_key=knock.name, protocol=knock.protocol, peer=knock.peer, verdict=verdict,
            query=dict(parse_qsl(knock.query, keep_blank_values=True)),
        )  # fmt: skip
