"""What the leader does: it waits for all sockets at once, and works on whatever has something to say."""

import errno
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from offair.emulator.core.clock import FOREVER, Clock
from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.connection import NOTHING, Link
from offair.emulator.web.host.crew import Crew, Hand

AT_ONCE = 64  # connections that are taken before others are looked at
SHORT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
RINGS = 4096
PAUSE = 0.25  # seconds without new connections when the machine has no more of something
GRACE = 0.01  # seconds that held threads have to leave
FULL = b'{"error":"the stand-in has as many connections as it takes; close some, or try again"}'
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(FULL), FULL)
)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A listening socket, and what makes a connection of a caller's socket and address."""

    listener: socket.socket
    welcome: Callable[[socket.socket, str], Link]


class Poller:
    """Every connection of one server. Only the leader touches the selector; others put their wishes into a queue."""

    def __init__(self, bounds: Bounds, clock: Clock, on_error: Callable[[Exception], None]) -> None:
        self._bounds, self._clock, self._on_error = bounds, clock, on_error
        self.leaving = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._bell, self._rope = socket.socketpair()
        self._bell.settimeout(0)
        self._rope.settimeout(0)
        self._selector.register(self._bell, selectors.EVENT_READ, self._bell)
        self._connections: set[Link] = set()
        self._wishes: deque[Link | Entrance] = deque()
        self._next_due = FOREVER
        self._paused: list[Entrance] = []
        self._is_polling = False
        self._crew = Crew(self._lead, leave=self._leave, wake=self._ring, on_error=on_error)

    def start(self, doors: Sequence[Entrance]) -> None:
        """Welcome whoever comes to these doors."""
        for door in doors:
            self._look_at(door)
        self._crew.start()

    def admit(self, door: Entrance) -> None:
        """Welcome whoever comes to one door more, from any thread."""
        self._wishes.append(door)
        self._ring()

    def step_aside(self, connection: Link) -> threading.Event:
        """Let others go on while this connection's thread waits; gives what is set when the server closes."""
        self._crew.step_aside(connection)
        return self.leaving

    def wish(self, connection: Link) -> None:
        """Have it looked at what a connection wants to be watched for, from any thread."""
        self._wishes.append(connection)
        if self._is_polling:
            self._ring()

    def close(self, *, parting: Callable[[Link], None]) -> None:
        """Let what runs end, break off what is held, and let go of all connections; twice is fine."""
        closing = self._clock.deadline(self._bounds.closing_seconds)
        running = self._clock.deadline(self._bounds.running_seconds)
        self.leaving.set()
        self._crew.close()
        for connection in tuple(self._connections):
            if connection.is_held:
                connection.break_off()
        self._crew.await_work(running)
        for connection in tuple(self._connections):
            if not connection.is_taken:
                with suppress(OSError):
                    parting(connection)
            connection.break_off()
        self._crew.await_all(closing, self._clock.deadline(GRACE))
        for connection in tuple(self._connections):
            if not (connection.is_taken or connection.is_parted):
                self._part(connection)
            connection.close()
        self._connections.clear()
        self._selector.close()
        self._bell.close()
        self._rope.close()

    def _lead(self, hand: Hand) -> None:
        while self._crew.leads(hand):
            self._is_polling = True
            try:
                events = self._selector.select(0.0 if self._wishes else self._seconds_left())
            except OSError:  # some systems take it ill that a listening socket is closed meanwhile
                if not self.leaving.wait(PAUSE):
                    raise
                return
            finally:
                self._is_polling = False
            while self._wishes and self._crew.leads(hand):
                self._look_at(self._wishes.popleft())
            for key, mask in events:
                if not self._crew.leads(hand):
                    return
                self._meet(key.data, mask)
            if self._next_due <= self._clock.monotonic() and self._crew.leads(hand):  # else another counts on it too
                self._expire(hand)

    def _seconds_left(self) -> float | None:
        return None if self._next_due == FOREVER else max(0.0, self._next_due - self._clock.monotonic())

    def _meet(self, who: "Link | Entrance | socket.socket", mask: int) -> None:
        if isinstance(who, Link):
            if who.is_taken:
                _flush(who)
                self._watch(who, who.wanted)
            elif who in self._connections:
                self._work(who, lambda: _meet(who, mask))
        elif isinstance(who, Entrance):
            self._welcome(who)
        else:
            with suppress(OSError):
                who.recv(RINGS)

    def _work(self, connection: Link, action: Callable[[], None]) -> None:
        """Do something with a connection that may take its time; afterwards this thread may no longer lead."""
        self._crew.begin(connection)
        try:
            action()
        except OSError:  # the peer is gone, or a fault let it go
            connection.is_broken = True
        except Exception as error:  # noqa: BLE001 - a bug behind one connection must not end the others
            connection.is_broken = True
            self._on_error(error)
        if connection.is_over:
            self._part(connection)
        if self._crew.end(connection):
            connection.is_held = False
            self._adjust(connection)
        else:
            connection.is_taken = connection.is_held = False
            self.wish(connection)

    def _part(self, connection: Link) -> None:
        connection.is_parted = True
        try:
            connection.side.part()
        except Exception as error:  # noqa: BLE001 - as above
            self._on_error(error)

    def _leave(self, connection: Link) -> None:
        """Look away from a connection whose thread no longer leads."""
        self._watch(connection, NOTHING)
        connection.due = FOREVER
        if connection.behind:
            self._wishes.append(connection)

    def _look_at(self, who: Link | Entrance) -> None:
        if isinstance(who, Entrance):
            with suppress(ValueError):  # it is closed already
                self._selector.register(who.listener, selectors.EVENT_READ, who)
        elif who in self._connections:
            is_free = not (who.is_taken or who.is_over or who.behind or who.side.is_idle)
            if is_free:  # what it was behind with may have gone meanwhile, and nothing else would wake it
                self._work(who, who.side.go_on)
            else:
                self._adjust(who)

    def _adjust(self, connection: Link) -> None:
        """Watch for what a connection wants now, or let go of it."""
        if connection.is_taken:
            self._watch(connection, connection.wanted)
            return
        if connection.is_over:
            if connection.is_parted:
                self._drop(connection)
            else:
                self._work(connection, _nothing)
            return
        now = self._clock.monotonic()
        if connection.is_done and not connection.behind:
            connection.end_sending()
            connection.side.part()
            connection.side = Farewell(connection, now + self._bounds.linger_seconds)
        self._watch(connection, connection.wanted)
        connection.due = connection.side.due(now)
        self._next_due = min(self._next_due, connection.due)

    def _watch(self, connection: Link, wanted: int) -> None:
        if wanted == connection.watched or self.leaving.is_set():  # then nobody looks any more
            return
        if not wanted:
            self._selector.unregister(connection.socket)
        elif connection.watched:
            self._selector.modify(connection.socket, wanted, connection)
        else:
            self._selector.register(connection.socket, wanted, connection)
        connection.watched = wanted

    def _drop(self, connection: Link) -> None:
        self._watch(connection, NOTHING)
        self._connections.discard(connection)
        connection.close()

    def _expire(self, hand: Hand) -> None:
        """Tell everybody who is due, and take in new callers again."""
        now = self._clock.monotonic()
        self._next_due = FOREVER
        while self._paused:
            self._look_at(self._paused.pop())
        for connection in tuple(self._connections):
            if connection.due <= now and self._crew.leads(hand):
                connection.due = FOREVER
                self._work(connection, lambda due=connection: due.side.expire(now))  # type: ignore[misc] # bound here
            self._next_due = min(self._next_due, connection.due)

    def _welcome(self, door: Entrance) -> None:
        for _ in range(AT_ONCE):
            try:
                caller, address = door.listener.accept()
            except OSError as error:
                if error.errno in SHORT:
                    self._pause(door)
                return
            caller.settimeout(0)
            with suppress(OSError):  # macOS refuses it of who is gone already, as reading will tell
                caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = door.welcome(caller, address[0])
            if len(self._connections) >= self._bounds.connections and not self._drop_idlest():
                self._refuse(connection)
            self._connections.add(connection)
            self._adjust(connection)

    def _pause(self, door: Entrance) -> None:
        """Take nobody in for a while: what the machine has no more of would be asked for again and again."""
        with suppress(ValueError):  # as above
            self._selector.unregister(door.listener)
        self._paused.append(door)
        self._next_due = min(self._next_due, self._clock.monotonic() + PAUSE)

    def _drop_idlest(self) -> bool:
        idle = [one for one in self._connections if not one.is_taken and one.side.is_idle]
        if idle:
            self._drop(min(idle, key=lambda one: one.due))
        return bool(idle)

    def _refuse(self, connection: Link) -> None:
        is_polite = not connection.is_secure and len(self._connections) < self._bounds.connections + AT_ONCE
        connection.is_done, connection.is_broken = True, not is_polite
        if is_polite:
            connection.lingers = True
            with suppress(OSError):
                connection.write(REFUSAL)

    def _ring(self) -> None:
        with suppress(OSError):  # it rings already, or everything is closed
            self._rope.send(b"!")


class Farewell:
    """The side of a connection on which all is said: reads on, unheard, so that what was said arrives."""

    listens, is_idle = True, False

    def __init__(self, connection: Link, end: float) -> None:
        self._connection, self._end = connection, end
        connection.is_done = connection.lingers = False

    def receive(self, _data: bytes) -> None:
        """Take no notice."""
        self._connection.is_done = self._connection.has_ended

    def go_on(self) -> None:
        """Have nothing to say."""

    def due(self, _now: float) -> float:
        """Wait only so long."""
        return self._end

    def expire(self, _now: float) -> None:
        """Leave."""
        self._connection.is_done = True

    def part(self) -> None:
        """Leave."""


def _meet(connection: Link, mask: int) -> None:
    if mask & selectors.EVENT_WRITE:
        connection.flush()
        if not connection.behind:
            connection.side.go_on()
    if mask & selectors.EVENT_READ and connection.side.listens and not connection.is_over:
        data = connection.read()
        if data or connection.has_ended:
            connection.side.receive(data)


def _flush(connection: Link) -> None:
    try:
        connection.flush()
    except OSError:
        connection.break_off()


def _nothing() -> None:
    """Do nothing but what is done after any work."""
