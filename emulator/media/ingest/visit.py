"""One encoder from its knock to its end, whatever protocol it speaks; and a player of RTMP, for whom it is the same.

Everything but the four calls of ``Connection`` happens in the ingest's loop thread.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from offair.emulator.core.ports import Knock, Reason, Refused, Screen
from offair.emulator.media.ingest.gulps import Gulps
from offair.emulator.media.ingest.judges import MOST_ALIKE, Judges
from offair.emulator.media.ingest.reception import Gulp, Intake, Reception

VERDICT = 35.0  # seconds in which somebody must say yes or no; who is asked elsewhere has 30 of them
GOODBYE = 5.0  # seconds in which an encoder that said goodbye may close by itself


@dataclass(kw_only=True)
class House:
    """What every visit needs of the edge, and the visits, of which there are ``most``.

    ``patience`` and ``stale_after`` are real seconds.
    """

    loop: asyncio.AbstractEventLoop
    judges: Judges
    reception: Reception
    screen: Screen
    patience: float
    stale_after: float
    most: int
    on_problem: Callable[[str, str], None]
    visits: "set[Visit]" = field(default_factory=set)
    emptied: asyncio.Event = field(default_factory=asyncio.Event)
    gulps: Gulps = field(init=False)
    _strangers: "dict[Visit, None]" = field(default_factory=dict)  # who wants nothing yet, or any more, in that order
    _is_crowded: bool = False  # somebody had to give way, and it was not quiet since

    def __post_init__(self) -> None:
        self.gulps = Gulps(self.loop)

    def enter(self, visit: "Visit") -> None:
        """Count a visit in, of somebody who has said nothing yet.

        It may be an encoder that died and is back at once, so it is looked first who has gone.
        """
        self.gulps.look()
        self.visits.add(visit)
        self._strangers[visit] = None
        self.emptied.clear()

    def meet(self, visit: "Visit") -> None:
        """Note that a visit has said what it wants, or never will."""
        self._strangers.pop(visit, None)

    def see_out(self, visit: "Visit") -> None:
        """Note that a visit only stays to read why it was sent away, and so makes room for others."""
        self._strangers[visit] = None

    def leave(self, visit: "Visit") -> None:
        """Count a visit out."""
        self.meet(visit)
        self.visits.discard(visit)
        self._is_crowded = self._is_crowded and len(self.visits) > self.most / 2
        if not self.visits:
            self.emptied.set()

    def make_room(self) -> bool:
        """Say whether one more may come. For it goes who has been here longest of those that publish nothing.

        So nobody keeps encoders out by connecting and being silent. Only the first who goes is told of.
        """
        if len(self.visits) < self.most:
            return True
        stranger = next(iter(self._strangers), None)
        if stranger is None:
            return False
        if not self._is_crowded:
            self._is_crowded = True
            words = f"more than {self.most} connections: of those that publish nothing the oldest make room for others"
            self.on_problem(stranger.peer, words)
        stranger.drop()
        return True


class Wire(Protocol):
    """What a visit asks of its protocol, always in the loop thread."""

    def accept(self) -> None:
        """Tell the encoder that it may send."""
        ...

    def refuse(self, refused: Refused) -> None:
        """Tell the encoder to go away and why, as well as the protocol can; it may already be publishing."""
        ...

    def pause(self) -> None:
        """Take no more for now."""
        ...

    def resume(self) -> None:
        """Take what comes again."""
        ...

    def relax(self) -> None:
        """Take what comes in larger gulps, if that is any cheaper."""
        ...

    def finish(self) -> float:
        """Say nothing more; gives the seconds in which the encoder may read what it was told last."""
        ...

    def abort(self) -> None:
        """Disconnect at once."""
        ...


class Visit:
    """Sees to it that an encoder is judged once, that its intake hears of the end once, and that nobody stays for ever.

    Fills ``Connection``.
    """

    def __init__(self, house: House, wire: Wire, peer: str) -> None:
        self._house = house
        self._wire = wire
        self._peer = peer
        self._intake: Intake | None = None
        self._is_over = False  # nothing goes to the intake any more
        self._is_gone = False  # the connection is closed
        self._is_asking = False
        self._is_paused = False
        self._is_parting = False
        self._only_watches = False  # and so may be silent
        self._is_abandoned = False  # no verdict is heard any more
        self._lock = threading.Lock()
        self._heard_at = house.loop.time()
        self._timer = house.loop.call_later(house.patience, self._lose_patience)
        house.enter(self)

    @property
    def peer(self) -> str:
        """Where the encoder is."""
        return self._peer

    @property
    def is_asking(self) -> bool:
        """Somebody has yet to say whether it may publish."""
        return self._is_asking

    def pause(self) -> None:
        """Stop reading; thread-safe."""
        self._soon(self._pause)

    def resume(self) -> None:
        """Read on; thread-safe."""
        self._soon(self._resume)

    def relax(self) -> None:
        """Read in gulps; thread-safe."""
        self._soon(self._wire.relax)

    def close(self, reason: str) -> None:
        """Send the encoder away; thread-safe."""
        self._soon(lambda: self._dismiss(Refused(Reason.NOT_ACCEPTING, reason)))

    def knock(self, knock: Knock) -> None:
        """Have the encoder judged, in a thread of its own; its wire hears the verdict, or that none came in time."""
        self._judge(lambda: self._house.reception.receive(knock, self), f"publish {knock.app}/{knock.name}")

    def watch(self, begin: Callable[[], Intake], knock: Knock) -> None:
        """Have what a player asks for shown to it, who may stay silent; ``begin`` runs in a thread of its own."""
        self._only_watches = True
        self._judge(begin, f"play {knock.app}/{knock.name}")

    def feed(self, gulp: Gulp) -> None:
        """Hand media to the intake; an intake that raises ends this visit."""
        if self._is_over or self._intake is None:
            return
        try:
            self._intake.feed(gulp)
        except Exception as error:  # noqa: BLE001 - an intake's bug must not reach the other encoders
            self.fail(f"the media could not be taken: {error!r}")

    def hear(self) -> None:
        """Note a sign of life, which is the protocol's to tell: once an encoder has sent media, no byte is one."""
        self._heard_at = self._house.loop.time()

    def leave(self, *, is_clean: bool) -> None:
        """Let the intake know that nothing will follow; with a goodbye the encoder has a while to close."""
        if self._is_over:
            return
        self._is_over = True
        if is_clean and not self._is_gone:
            self._wait(GOODBYE, self._wire.abort)
        self._end_intake(is_clean=is_clean)

    def part(self) -> None:
        """Disconnect once the encoder had the time to read what it was told last, however much it still sends."""
        if self._is_parting:
            return
        self._is_parting = True
        self._house.see_out(self)
        self._resume()  # what the encoder still sends must be read: closing over unread bytes loses the reason
        self.leave(is_clean=False)
        self._wait(self._wire.finish(), self._wire.abort)

    def fail(self, words: str) -> None:
        """Disconnect without a word, and report why."""
        self._house.on_problem(self._peer, words)
        self.drop()

    def drop(self) -> None:
        """Disconnect without a word to anybody."""
        self._house.meet(self)
        self._wire.abort()
        self.leave(is_clean=False)

    def evict(self, reason: str) -> None:
        """Disconnect, for the edge is closing; an encoder that has knocked hears why and may read it."""
        if not self._is_asking and self._intake is None:
            self.drop()
            return
        if not self._is_over:
            self._wire.refuse(Refused(Reason.NOT_ACCEPTING, reason))
        self.part()

    def abandon(self) -> None:
        """Wait no more for the verdict: an intake that comes after this hears of its end from the judge's thread."""
        self._wire.abort()
        self._overhear()

    def vanish(self) -> None:
        """Note that the connection is gone."""
        self._is_gone = True
        self._timer.cancel()
        self.leave(is_clean=False)
        self._discard_when_done()

    def _dismiss(self, refused: Refused) -> None:
        if not self._is_over:
            self._wire.refuse(refused)
            self.part()

    def _judge(self, ask: Callable[[], Intake | Refused], about: str) -> None:
        """Ask about an encoder; or about a player, who waits its turn, as a hundred may want to see the same."""
        self._house.meet(self)
        if not self._house.judges.ask(lambda: self._ask(ask), about=about, is_patient=self._only_watches):
            words = f"{MOST_ALIKE} encoders with this key wait for a verdict already; try again later"
            self._house.loop.call_soon(self._dismiss, Refused(Reason.NOT_ACCEPTING, words))
            return
        self._is_asking = True
        self._wait(VERDICT, self._give_up)

    def _ask(self, ask: Callable[[], Intake | Refused]) -> None:
        verdict: Intake | Refused | Exception
        try:
            verdict = ask()
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the encoder must get an answer
            verdict = error
        with self._lock:
            if not self._is_abandoned:
                self._house.loop.call_soon_threadsafe(self._settle, verdict)
                return
        if not isinstance(verdict, Refused | Exception):
            verdict.end(is_clean=False)

    def _settle(self, verdict: Intake | Refused | Exception) -> None:
        self._is_asking = False
        if isinstance(verdict, Refused | Exception):
            self._decline(verdict)
        else:
            self._intake = verdict
            if self._is_over:
                self._end_intake(is_clean=False)
            else:
                self._timer.cancel()
                if not self._only_watches:
                    self.hear()
                    self._watch()
                self._wire.accept()
        self._discard_when_done()

    def _decline(self, verdict: Refused | Exception) -> None:
        if isinstance(verdict, Exception):
            self._house.on_problem(self._peer, f"the encoder could not be judged: {verdict!r}")
            verdict = Refused(Reason.NOT_ACCEPTING, "the server could not judge this stream key")
        self._dismiss(verdict)

    def _end_intake(self, *, is_clean: bool) -> None:
        if self._intake is None:
            return
        try:
            self._intake.end(is_clean=is_clean)
        except Exception as error:  # noqa: BLE001 - as in feed
            self._house.on_problem(self._peer, f"the end of the media could not be taken: {error!r}")

    def _pause(self) -> None:
        if not self._is_over:
            self._is_paused = True
            self._wire.pause()

    def _resume(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self.hear()
            self._wire.resume()

    def _lose_patience(self) -> None:
        self.fail(f"nothing was published within {self._house.patience:g} s; the connection is closed")

    def _give_up(self) -> None:
        """Refuse an encoder about whom nobody said anything; what is said later is not heard."""
        self._is_asking = False
        self._overhear()
        what, who = ("watched", "player") if self._only_watches else ("published", "encoder")
        words = f"nobody could say within {VERDICT:g} s whether this may be {what}"
        self._house.on_problem(self._peer, f"{words}; the {who} is refused")
        self._dismiss(Refused(Reason.NOT_ACCEPTING, f"{words}; try again later"))

    def _overhear(self) -> None:
        with self._lock:
            self._is_abandoned = True

    def _watch(self) -> None:
        """Disconnect an encoder that has been silent for too long, unless it is we who do not read."""
        now = self._house.loop.time()
        limit = self._house.stale_after
        silence = 0.0 if self._is_paused else now - self._heard_at
        if silence >= limit:
            self.fail(f"no media for {limit:g} s; the connection is closed")
        else:
            self._wait(limit - silence, self._watch)

    def _wait(self, seconds: float, action: Callable[[], None]) -> None:
        self._timer.cancel()
        if not self._is_gone:
            self._timer = self._house.loop.call_later(seconds, action)

    def _discard_when_done(self) -> None:
        if self._is_gone and not self._is_asking:
            self._house.leave(self)

    def _soon(self, action: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed, and so is the connection
            self._house.loop.call_soon_threadsafe(action)
