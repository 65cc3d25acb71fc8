"""One situation after the other: a client does its job while its cloud is as somebody arranges it."""

import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import PurePath
from types import TracebackType
from typing import Any, Self

from offair.contracts.client.counterpart import Counterpart, Proceed
from offair.contracts.client.finding import Called
from offair.contracts.client.hand import Hand, Outcome
from offair.contracts.client.lines import in_haste, side_by_side
from offair.contracts.client.pace import Pace
from offair.contracts.client.tape import Heard, Respond, Tape
from offair.contracts.exchange import Exchange

TIMES = 10  # as many requests as on a good day, and no more
LEAST = 20  # requests that are allowed in any case
MANY, FEW = 30, 1  # seconds
LOOK, TOGETHER = 0.01, 0.2  # real seconds between two looks at who asks at once, and for which all do
# what a client raises that did not think of what happened; with no errors of its own, any other is a refusal
CRASHES = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NameError, RecursionError, TypeError, ValueError,
)  # fmt: skip
NETWORKS = ("httpx", "httpcore", "requests", "urllib3", "aiohttp", "http", "anyio", "h11")
LIBRARIES = ("site-packages", "dist-packages")
WORDS = 160


@dataclass(frozen=True)
class Played:
    """What a client asked in one situation, how its job ended, and when it slept: over which times the clock leapt."""

    heard: tuple[Heard, ...]
    outcome: Outcome
    leaps: tuple[tuple[float, float], ...] = ()

    def of(self, name: str) -> list[Heard]:
        """List the calls of one operation."""
        return [call for call in self.heard if call.name == name]

    def after(self, moment: float, seconds: float) -> float:
        """Tell by the cloud's clock when so many real seconds after a moment were over: it leapt with each pause."""
        due = moment + seconds
        for begin, end in self.leaps:
            due += end - begin if moment <= begin < due else 0.0
        return due

    @property
    def was_met(self) -> bool:
        """Something was answered in the cloud's place."""
        return any(call.is_played for call in self.heard)


@dataclass(frozen=True, kw_only=True)
class Performer:
    """A client: ``use`` does its job, ``raises`` are its own errors, ``deadline`` is in real seconds.

    One that ``is_program`` runs in a process of its own, where time is real; its errors say all that is known of them,
    and a success that is documented it has to take. ``stop`` ends what still runs.
    """

    use: Callable[[], Any]
    raises: tuple[type[BaseException], ...] = ()
    deadline: float = 10.0
    is_program: bool = False
    stop: Callable[[], None] = lambda: None


class Stage:
    """A client and its cloud, for one judging. A context manager: afterwards all is as it was.

    A client that hangs within a system call is the one thing that still runs then. ``is_at_work`` says that the client
    does its job.
    """

    def __init__(self, cloud: Counterpart, performer: Performer) -> None:
        self.cloud = cloud
        self.performer = performer
        self.first = self.good = Played((), Outcome("returned"))
        self.situations = 0
        self.is_at_work = False
        self._is_slow = False
        self._crowds: Mapping[str, int] = {}
        self._apart: list[str] = []
        self._hand: Hand | None = None
        self._beginning = ExitStack()
        self._pace = Pace(cloud)

    def __enter__(self) -> Self:
        self._beginning.enter_context(self.cloud.once())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.performer.stop()
        if self._hand is not None:
            self._hand.close()
        self._beginning.close()

    def begin_anew(self) -> None:
        """Let the cloud be as it was before the client's first day."""
        self._beginning.close()
        self._beginning.enter_context(self.cloud.once())

    @property
    def wait(self) -> int:
        """How many seconds a client is told to wait: of the cloud's, or few real ones."""
        return FEW if self.is_real else MANY

    @property
    def is_real(self) -> bool:
        """A client's pauses last as long as they say: those of a program, and in ways that nobody hastens."""
        return self.performer.is_program or self._is_slow

    def slow_down(self, played: Played) -> bool:
        """Take a client that hung where it was told to wait for one whose pauses are real; say whether that is new."""
        is_new = played.outcome.ending == "hung" and not self.is_real
        self._is_slow = self._is_slow or is_new
        return is_new

    @property
    def most(self) -> int | None:
        """How many requests a situation may have; as many as it likes until a good day is known."""
        return max(LEAST, TIMES * len(self.good.heard)) if self.good.heard else None

    @property
    def called(self) -> list[Called]:
        """The operations that it calls on a good day, each once, in their order."""
        found = {call.name: call.called for call in self.good.heard if call.called is not None}
        return list(found.values())

    @property
    def thread(self) -> int | None:
        """The number of the thread in which the client works; None for a program, and before its first day."""
        return None if self._hand is None or self.performer.is_program else self._hand.ident

    def play(
        self,
        respond: Respond | None = None,
        *,
        prepare: Callable[[], object] | None = None,
        more: int = 0,
        times: int = 1,
        until: Callable[[Heard], bool] | None = None,
        is_kept: bool = False,
    ) -> Played:
        """Let the client do its job while ``respond`` answers; what it changed is undone unless it ``is_kept``.

        ``prepare`` arranges the cloud before, and then ``more`` requests are nothing strange. The job may be done some
        ``times`` in a row, ``until`` something is heard.
        """
        with nullcontext() if is_kept else self.cloud.once():
            if prepare is not None:
                prepare()
            return self._play(respond, more, times, until)

    def _play(self, respond: Respond | None, more: int, times: int, until: Callable[[Heard], bool] | None) -> Played:
        self.situations += 1
        if self._hand is None or not self._hand.is_alive:
            self._pace = Pace(self.cloud)
            self._hand = Hand(self._pace)
        tape = Tape(self.cloud, None if self.most is None else self.most * times + more)
        if respond is not None:
            tape.respond = respond
        tape.apart = self._apart
        tape.await_crowd = lambda call: self._await_others(call, tape.heard, self._crowds.get(call.name, 0))
        self._pace.is_busy = lambda: tape.is_busy
        self._pace.is_talking = lambda: tape.is_talking
        self._pace.leaps.clear()
        with self.cloud.tapped(tape, is_private=True):
            for _ in range(times):
                outcome = self._do(self._hand, tape)
                if tape.too_many.is_set():  # whatever it made of that nobody answered any more
                    outcome = Outcome("stopped")
                if outcome.ending != "returned" or (until is not None and any(map(until, tape.heard))):
                    break
        return Played(tuple(tape.heard), outcome, tuple(self._pace.leaps))

    def _do(self, hand: Hand, tape: Tape) -> Outcome:
        self.is_at_work = True
        try:
            return hand.do(self.performer.use, deadline=self.performer.deadline, is_enough=tape.too_many)
        finally:
            self.is_at_work = False

    def look_for_crowds(self) -> None:
        """Find what is asked side by side: one more good day, on which answers are kept back until others came too."""
        usual, heard = in_haste(self.good.heard), list[Heard]()

        def respond(call: Heard, proceed: Proceed) -> Exchange | None:
            heard.append(call)
            real = proceed()
            self._await_others(call, heard, usual.get(call.name, 0))
            return real

        self._apart = [name for name, count in usual.items() if count > 1]
        if self._apart:
            self._crowds = side_by_side(self.play(respond).heard)
            self._apart = [name for name, count in self._crowds.items() if count > 1]

    def _await_others(self, call: Heard, heard: list[Heard], count: int) -> None:
        """Keep an answer back until so many have asked for the same, but no longer than a moment."""
        if self.thread == threading.get_ident():  # beneath a double it answers itself
            return
        moment = threading.Event()
        for _ in range(int(TOGETHER / LOOK)):
            if sum(one.asks_as(call) for one in heard.copy()) >= count:
                return
            moment.wait(LOOK)

    def complaint(self, played: Played, *, is_error: bool = False) -> str | None:
        """Say what is wrong with how the job ended; None where nothing is.

        ``is_error`` says that the situation was none in which it can be done: then the client may raise its own
        errors, and any that is no crash where it named none.
        """
        match played.outcome:
            case Outcome("hung"):
                return f"does not end within {self.performer.deadline:g} s"
            case Outcome("stopped"):
                return f"asks more than {self.most} times, where {len(self.good.heard)} are enough on a good day"
            case Outcome("raised", _, error) if error is not None and not self._is_own(error, is_error=is_error):
                if self.performer.is_program:
                    return (
                        f"{error}, where its cloud documents a success"
                        if isinstance(error, self.performer.raises)
                        else str(error)
                    )
                own = ", ".join(one.__name__ for one in self.performer.raises)
                instead = f"none of its own errors ({own})" if own else "and it names no errors of its own"
                return f"raises {told(error)}, {instead}"
        return None

    def _is_own(self, error: BaseException, *, is_error: bool) -> bool:
        performer = self.performer
        if isinstance(error, performer.raises):
            return is_error or not performer.is_program
        is_crash = performer.is_program or isinstance(error, CRASHES) or not isinstance(error, Exception)
        return is_error and not performer.raises and not is_crash


def told(error: BaseException) -> str:
    """Say an error in a line: its type, its words, and where in the client it was raised."""
    words = " ".join(str(error).split())[:WORDS]
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _is_library(frame.filename)]
    place = (own or frames)[-1:] if frames else []
    where = f" at {PurePath(place[0].filename).name}:{place[0].lineno} in {place[0].name}" if place else ""
    return f"{type(error).__name__}{f': {words}' if words else ''}{where}"


def _is_library(filename: str) -> bool:
    path = PurePath(filename)
    is_installed = not {*LIBRARIES}.isdisjoint(path.parts)
    return filename.startswith("<frozen") or is_installed or not {STDLIB, HERE}.isdisjoint(path.parents)


STDLIB = PurePath(traceback.__file__).parent
HERE = PurePath(__file__).parent
