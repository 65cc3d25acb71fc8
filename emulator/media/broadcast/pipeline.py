"""What becomes of an encoder's media: a transcoder (or, where nothing is transcoded, a remuxer), and the outlets.

A broadcast has one pipeline and several runs: whenever the encoder comes back, or cannot go on as it began, the next
piece of media starts another transcoder, and the outlets go on from there.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from offair.emulator.core.clock import Deadline
from offair.emulator.core.numbers import TranscoderNumbers
from offair.emulator.core.streams import Stream
from offair.emulator.media.broadcast.equipment import Equipment
from offair.emulator.media.broadcast.seat import Died, Mail, Played, Seat, Troubled
from offair.emulator.media.formats.flv import Facts, Passed, write
from offair.emulator.media.formats.fourcc import spoken
from offair.emulator.media.packager.hls import MediaPlaylist
from offair.emulator.media.packager.packager import Packager
from offair.emulator.media.packager.shelf import Shelf
from offair.emulator.media.transcoding.ffmpeg import find_unread
from offair.emulator.media.transcoding.ladder import Plan, Unplayable, plan
from offair.emulator.media.transcoding.needs import advice, needs_of
from offair.emulator.media.transcoding.outlet import Outlet
from offair.emulator.media.transcoding.remux.remux import can_remux
from offair.emulator.media.transcoding.remux.remuxer import Remuxer
from offair.emulator.media.transcoding.transcoder import Transcoder

UNFINISHED = 4  # times as long as for any media, a segment may let wait: it ends with a key frame
SHORTEST = 30.0  # seconds that it may at least


class Pipeline:
    """Runs what an engine feeds it, in the engine's thread; ``tell`` hears of deaths and troubles, from any thread."""

    def __init__(
        self, publication: str, stream: Stream, shelf: Shelf, equipment: Equipment, tell: Callable[[Mail], None]
    ) -> None:
        self._publication = publication
        self._stream = stream
        self._shelf = shelf
        self._equipment = equipment
        self._kit = equipment.kit
        self._tell = tell
        self._facts: Facts | None = None
        self._copies_pictures = True
        self._packager: Packager | None = None
        self._outlets: Sequence[Outlet] = ()  # the packager and whoever else listens; none before the first run
        self._runs = 0
        self._run: Transcoder | Remuxer | None = None
        self._former = 0  # bytes that came out of the runs that are over
        self._carried = 0  # bytes that came out of the run, when last looked at
        self._overdue: Deadline | None = None  # runs while the run is fed and nothing comes out
        self._segments = 0  # when last looked at
        self._unfinished: Deadline | None = None  # runs while the run is fed and no segment gets whole

    @property
    def facts(self) -> Facts:
        """The tracks that the broadcast began with; empty before."""
        return self._facts or Facts()

    @property
    def is_running(self) -> bool:
        """Something works for the broadcast."""
        return self._run is not None

    @property
    def is_patient(self) -> bool:
        """Media between key frames may come late; a transcoder wants it at once, and so does low latency."""
        run = self._run
        return run is not None and run.is_patient

    @property
    def copies_pictures(self) -> bool:
        """The latest run passes the encoder's pictures on as they are, in some rendition at least."""
        return self._copies_pictures

    @property
    def pid(self) -> int | None:
        """The transcoder's process id; None while there is none."""
        run = self._run
        return run.pid if run else None

    @property
    def carried(self) -> int:
        """How many bytes of all renditions came out since the broadcast began."""
        run = self._run
        return self._former + (run.carried if run else 0)

    @property
    def is_stale(self) -> bool:
        """The run has been fed for too long without anything coming out."""
        run = self._run
        if run is None or run.carried != self._carried:
            self._carried = run.carried if run else 0
            self._overdue = None
        return self._overdue is not None and self._overdue.is_over

    def note_progress(self) -> bool:
        """Look whether a segment was finished since the last look."""
        segments = self._packager.progress if self._packager else 0
        if segments == self._segments:
            return False
        self._segments, self._unfinished = segments, None
        return True

    @property
    def is_stuck(self) -> bool:
        """The run has been fed for too long without a segment that got whole, whatever came out."""
        return self._unfinished is not None and self._unfinished.is_over

    def numbers(self, lag: float) -> TranscoderNumbers:
        """Give what the transcoder says of itself, and how far behind it is fed."""
        run = self._run
        progress = run.progress if run else None
        restarts = max(self._runs - 1, 0)
        if progress is None:
            return TranscoderNumbers(restarts=restarts, lag=lag)
        return TranscoderNumbers(
            restarts=restarts, lag=lag, speed=progress.speed, dropped=progress.dropped, duplicated=progress.duplicated
        )

    def playlist(self, name: str) -> MediaPlaylist | None:
        """Give what a media playlist says now, by its path below the stream's folder; None while there is none."""
        return self._packager.playlist(name) if self._packager else None

    def works_with(self, transcoder: Transcoder) -> bool:
        """Say whether this is the transcoder of the present run."""
        return transcoder is self._run

    def feed(self, seat: Seat, passed: Passed, *, go_on: Callable[[], bool]) -> None:
        """Take what a seat let through, starting a run if there is none; waits while ``go_on`` says so.

        Unplayable, FfmpegMissingError, MalformedMediaError or OSError when nothing can be made of it.
        """
        self._run = self._run or self._start(seat, passed)
        self._overdue = self._overdue or self._kit.clock.deadline(self._kit.stale_after)
        patience = max(UNFINISHED * self._kit.stale_after, SHORTEST)
        self._unfinished = self._unfinished or self._kit.clock.deadline(patience)
        self._run.write(passed, go_on=lambda: go_on() and not self.is_stale)

    def rest(self) -> None:
        """Note that nobody feeds it: nothing is overdue."""
        self._overdue = self._unfinished = None

    def drain(self) -> None:
        """Let the run finish what it has, and have every outlet close what it left open."""
        self.stop()
        for outlet in self._outlets:
            outlet.flush()

    def finish(self) -> None:
        """End the broadcast."""
        self.drain()
        for outlet in self._outlets:
            outlet.finish()

    def stop(self) -> None:
        """End the run alone."""
        run, self._run = self._run, None
        if run is not None:
            run.close()
            self._former += run.carried

    def _start(self, seat: Seat, head: Passed) -> Transcoder | Remuxer:
        self._facts = self._facts or seat.facts
        if seat.facts.tracks != self._facts.tracks:  # another codec is fine, as each run has init sections of its own
            raise Unplayable(
                f"the encoder came back with {_told(seat.facts)}, and the broadcast began with {_told(self._facts)}: "
                "send the same kinds of tracks as before, or stop the stream first"
            )
        plans = plan(self._stream, seat.facts, self._kit.profile)
        self._copies_pictures = any(rendition.is_copied for rendition in plans.renditions)
        is_remuxed = plans.is_copy and seat.container == "flv" and can_remux(seat.facts)
        executable = None if is_remuxed else self._choose_ffmpeg(plans, seat, head)
        self._outlets = self._outlets or self._open_outlets(plans)
        self._runs += 1
        sinks = [outlet.begin() for outlet in self._outlets]
        if executable is None:
            return Remuxer(plans, sinks, on_error=lambda error: self._tell(Troubled(error)))
        return Transcoder(
            executable,
            plans,
            sinks,
            container=seat.container,
            probing=seat.probing,
            name=self._stream.id[:8],
            on_death=lambda transcoder, over: self._tell(Died(transcoder, over)),
            on_error=lambda error: self._tell(Troubled(error)),
        )

    def _note_playable(self) -> None:
        self._equipment.callboy.playable(self._publication)
        self._tell(Played())

    def _choose_ffmpeg(self, plans: Plan, seat: Seat, head: Passed) -> Path:
        """Give an ffmpeg that is able to all of it; Unplayable when none is."""
        facts = seat.facts
        chosen = self._kit.choice.pick(needs_of(plans, facts, seat.container))
        unread = find_unread(chosen.path, write(head), facts) if facts.is_enhanced and not chosen.lacking else None
        if chosen.lacking or unread is not None:
            what = advice(facts, list(chosen.lacking), unread)
            lacks = f", which lacks {', '.join(chosen.lacking)}" if chosen.lacking else ""
            raise Unplayable(
                f"{what}, or have an ffmpeg that can: it is {chosen.words} ({chosen.path}){lacks}; 'pip install "
                "imageio-ffmpeg' brings a newer one, OFFAIR_FFMPEG names one, and 'offair doctor' lists those here"
            )
        self._kit.journal.write_about(self._stream, "publication", chosen.words, ffmpeg=str(chosen.path))
        return chosen.path

    def _open_outlets(self, plans: Plan) -> list[Outlet]:
        equipment = self._equipment
        packager = self._packager = Packager(
            plans.package,
            shelf=self._shelf,
            broadcast=self._publication[:8],
            wall=self._kit.clock.wall,
            time_url=equipment.time_url(self._stream.cloud),
            on_playable=self._note_playable,
            on_trouble=lambda error: self._tell(Troubled(error)),
        )
        openers = (equipment.earpieces.open, *equipment.outlets)
        others = (open_outlet(self._stream, self._publication, plans.package) for open_outlet in openers)
        return [packager, *(outlet for outlet in others if outlet is not None)]


def _told(facts: Facts) -> str:
    sent = [spoken(codec) for codec in (facts.video, facts.audio) if codec]
    return " and ".join(sent) if len(sent) > 1 else f"{sent[0]} alone"
