"""What a client asks and is told, as it happens, and the place where somebody else may answer."""

import threading
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from itertools import count

from offair.contracts.client.counterpart import Counterpart, Proceed
from offair.contracts.client.finding import Called
from offair.contracts.client.pace import running_task
from offair.contracts.exchange import SWITCHED, Exchange


@dataclass(frozen=True, slots=True)
class Heard:
    """A request, and its answer: ``exchange.status`` is 0 while there is none, and where there never was one.

    ``called`` is the operation that it means, None where it means none; ``nth`` counts that operation's calls from 0.
    ``is_played`` says that somebody else answered in the cloud's place, or changed what it said. ``begun`` and ``over``
    count what is asked and answered on a tape: when it was asked, and when it was answered (0 is not yet). ``task`` is
    the number of the one that asks, where that is looked at and can be seen: beneath a double.
    """

    exchange: Exchange
    called: Called | None
    nth: int
    is_played: bool = False
    begun: int = 0
    over: int = 0
    task: int = 0

    @property
    def is_socket(self) -> bool:
        """It opens a WebSocket, which is no operation."""
        return self.exchange.is_socket

    @property
    def name(self) -> str:
        """The operation's name; of what is no operation the method and the path."""
        return f"{self.exchange.method} {self.exchange.path}" if self.called is None else self.called.name

    @property
    def at(self) -> float:
        """When it was asked, in cloud seconds."""
        return self.exchange.at or 0.0

    def asks_as(self, other: "Heard") -> bool:
        """It asks for the same as another."""
        ours, theirs = self.exchange, other.exchange
        return (ours.method, ours.path, ours.request_body) == (theirs.method, theirs.path, theirs.request_body)

    def follows(self, other: "Heard") -> bool:
        """It was asked when another was answered already, and by nobody else that stands beside that."""
        return 0 < other.over < self.begun and self.task == other.task

    @property
    def is_success(self) -> bool:
        """The answer that arrived says that it was done."""
        return 0 < self.exchange.status < 400


Respond = Callable[[Heard, Proceed], Exchange | None]


class Tape:
    """A tap that writes down all that passes it. ``respond`` may answer; until it is set, the cloud does.

    From the request after ``most`` on, every connection is closed without an answer. ``await_crowd`` is told of a call
    that somebody else answers, before the client hears of it. ``apart`` are the operations of whose calls the task is
    looked at.
    """

    def __init__(self, cloud: Counterpart, most: int | None = None) -> None:
        self.respond: Respond = lambda _call, proceed: proceed()
        self.heard: list[Heard] = []
        self.exchanges: list[Exchange] = []
        self.most = most
        self.await_crowd: Callable[[Heard], object] = lambda _call: None
        self.apart: Container[str] = ()
        self.too_many = threading.Event()
        self._cloud = cloud
        self._contracts = {"": cloud.promise, **cloud.promise.services}
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._open = 0
        self._moments = count(1)

    @property
    def is_busy(self) -> bool:
        """Something is being answered."""
        return self._open > 0

    @property
    def is_talking(self) -> bool:
        """A WebSocket was opened: what the cloud says there it says unasked."""
        return any(call.exchange.status == SWITCHED for call in self.heard)

    def __call__(self, service: str, asked: Exchange, proceed: Proceed) -> Exchange | None:
        """Take a request, and give what is answered."""
        contract = self._contracts[service]
        is_socket = asked.is_socket
        method = "GET" if asked.method == "HEAD" else asked.method
        found = None if is_socket else contract.match(method, asked.path)
        called = None if found is None else Called(contract, found[0])
        asked = replace(asked, at=self._cloud.now(), title=service)
        with self._lock:
            name = str(is_socket) if called is None else called.name
            call = Heard(
                asked, called, self._counts[name],
                begun=next(self._moments), task=running_task() if name in self.apart else 0,
            )  # fmt: skip
            self._counts[name] += 1
            place = len(self.heard)
            self.heard.append(call)
            if self.most is not None and place >= self.most:
                self.too_many.set()
                return None
            self._open += 1
        try:
            return self._answered(place, asked, call, proceed)
        finally:
            with self._lock:
                self._open -= 1

    def _answered(self, place: int, asked: Exchange, call: Heard, proceed: Proceed) -> Exchange | None:
        real: list[Exchange] = []

        def proceeded() -> Exchange:
            real.append(replace(proceed(), at=asked.at, title=asked.title))
            return real[-1]

        answered = self.respond(call, proceeded)
        is_played = not real or answered is not real[-1]
        if is_played:
            self.await_crowd(call)
        exchange, over = asked if answered is None else answered, next(self._moments)
        self.heard[place] = replace(call, exchange=exchange, is_played=is_played, over=over)
        self.exchanges.append(self.heard[place].exchange)
        return answered

    def of(self, name: str) -> list[Heard]:
        """List what was heard of one operation."""
        return [call for call in self.heard if call.name == name]
