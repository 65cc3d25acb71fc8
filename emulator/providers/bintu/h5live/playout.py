"""One H5Live connection as a state machine: messages and what becomes of streams in, steps out. Knows no socket."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offair.emulator.core.showing import Cue, Parting, Sight
from offair.emulator.providers.bintu.h5live import wire
from offair.emulator.providers.bintu.h5live.steps import Begin, Close, Leave, Say, Sever, Step, Watch
from offair.emulator.providers.bintu.h5live.wire import Echo, Pause, Play, Switch
from offair.emulator.providers.bintu.h5live.wish import NOT_FOUND, REFUSED, Wish

DONE, BAD, STOPPED = 4200, 4400, 4403
CODES = {Parting.OVER: STOPPED, Parting.ABSENT: NOT_FOUND, Parting.REFUSED: REFUSED}
STRIKES = 16  # frames that are no messages; more are no player's
AT_ONCE, WITHIN = 50, 1.0  # messages, and the real seconds in which no player sends as many
FLOOD = f"more than {AT_ONCE} messages came within {WITHIN:g} s"


@dataclass(slots=True)
class Look:
    """A look at a stream, by its number; ``echo`` is of the request that it answers."""

    number: int
    wish: Wish
    echo: Echo
    has_begun: bool = False


class Playout:
    """What is said and shown on one connection. ``now`` is in real seconds.

    There is the look that is shown, and during a switch the next one, which takes over with its first key frame.
    """

    def __init__(self, wish: Wish, *, hostname: str) -> None:
        self._wish = wish
        self._hostname = hostname
        self._number = 0
        self._shown: Look | None = None
        self._next: Look | None = None
        self._strikes = 0
        self._recent: list[float] = []
        self._is_paused = "paused" in wish.flags
        self._is_over = False

    def sees(self, number: int) -> bool:
        """Fragments of this look are to be sent."""
        shown = self._shown
        return shown is not None and shown.number == number and not self._is_over and not self._is_for_words_alone

    def opened(self) -> Iterator[Step]:
        """Begin: say who serves, and look for the stream."""
        yield Say(wire.server_info(self._hostname))
        if not self._is_paused:
            yield from self._show(Echo())

    def heard(self, name: str, message: Mapping[str, Any], now: float) -> Iterator[Step]:
        """Hear a message of the protocol."""
        if self._is_over:
            return
        if self._is_flooded(now):
            yield from self._close(BAD, FLOOD)
            return
        match wire.read(name, message, self._wish):
            case Pause(echo):
                yield from self._pause(echo)
            case Play(echo) if self._is_paused:
                self._is_paused = False
                yield from self._show(echo)
            case Switch(echo, wish):
                yield from self._switch(wish, echo)

    def heard_nonsense(self, now: float) -> Iterator[Step]:
        """Hear what is no message: some of it is let pass, as a newer player may say more than this one knows."""
        if self._is_over:
            return
        self._strikes += 1
        if self._is_flooded(now):
            yield from self._close(BAD, FLOOD)
        elif self._strikes > STRIKES:
            yield from self._close(BAD, "this is not how players talk")

    def begun(self, number: int, sight: Sight) -> Iterator[Step]:
        """Hear what a look shows from now on."""
        if self._next is not None and number == self._next.number:
            former, self._shown, self._next = self._shown, self._next, None
            self._wish = self._shown.wish
            if former is not None:
                yield Leave(former.number)
            yield Say(wire.update_success(self._shown.echo))
            yield Say(wire.stream_info(sight))
        elif self._shown is not None and number == self._shown.number:
            if not self._shown.has_begun:
                yield Say(wire.stream_status("started", self._shown.echo))
            yield Say(wire.stream_info(sight, is_update=self._shown.has_begun))
        else:
            return
        self._shown.has_begun = True
        if "checkandclose" in self._wish.flags:
            yield from self._close(DONE, "there it is")
        elif not self._is_for_words_alone:
            yield Begin(sight.init)

    def told(self, number: int, cue: Cue) -> Iterator[Step]:
        """Hear what is said in what a look shows; who wants words alone wants this."""
        if self._shown is not None and self._shown.number == number and not self._is_over:
            yield Say(wire.meta_data(cue))

    def ended(self, number: int, ending: Parting, words: str) -> Iterator[Step]:
        """Hear that a look shows nothing more."""
        if ending is Parting.SLOW:
            if self.sees(number):
                self._is_over = True
                yield Sever()
            return
        yield from self.refused(number, CODES[ending], words)

    def refused(self, number: int, code: int, words: str) -> Iterator[Step]:
        """Hear that there is nothing to look at, any more or from the beginning."""
        if self._next is not None and number == self._next.number:
            failed, self._next = self._next, None
            yield Say(wire.update_error(failed.echo, code))
            if self._shown is None:
                yield from self._close(STOPPED, "the source has stopped")
        elif self._shown is not None and number == self._shown.number:
            shown, self._shown = self._shown, None
            if shown.has_begun and code == STOPPED:
                yield Say(wire.stream_status("stopped", Echo()))
            if self._next is None:
                yield from self._close(code, words)

    def gone(self) -> Iterator[Step]:
        """Hear that the peer is gone."""
        self._is_over = True
        yield from self._leave_all()

    @property
    def _is_for_words_alone(self) -> bool:
        return "metastreamonly" in self._wish.flags

    def _show(self, echo: Echo) -> Iterator[Step]:
        self._shown = self._look(self._wish, echo)
        yield Watch(self._wish, self._shown.number)

    def _switch(self, wish: Wish, echo: Echo) -> Iterator[Step]:
        if self._next is not None:
            overtaken, self._next = self._next, None
            yield Leave(overtaken.number)
            yield Say(wire.update_abort(overtaken.echo, "superseded"))
        if self._is_paused:  # it is looked for when the player goes on
            self._wish = wish
            yield Say(wire.update_success(echo))
            return
        if self._shown is not None and not self._shown.has_begun:  # nothing goes on meanwhile
            yield Leave(self._shown.number)
            self._shown = None
        self._next = self._look(wish, echo)
        yield Watch(wish, self._next.number)

    def _pause(self, echo: Echo) -> Iterator[Step]:
        if self._is_paused:
            return
        self._is_paused = True
        if self._next is not None:
            yield Say(wire.update_abort(self._next.echo, "paused"))
        yield from self._leave_all()
        yield Say(wire.stream_status("paused", echo))

    def _look(self, wish: Wish, echo: Echo) -> Look:
        self._number += 1
        return Look(self._number, wish, echo)

    def _leave_all(self) -> Iterator[Step]:
        looks, self._shown, self._next = (self._shown, self._next), None, None
        for look in looks:
            if look is not None:
                yield Leave(look.number)

    def _close(self, code: int, reason: str) -> Iterator[Step]:
        self._is_over = True
        yield from self._leave_all()
        yield Close(code, reason)

    def _is_flooded(self, now: float) -> bool:
        self._recent = [*(then for then in self._recent if now - then < WITHIN), now]
        return len(self._recent) > AT_ONCE
