"""Somebody who watches over a WebSocket of H5Live: does what the session wants, and tells it what became of it."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from offair.emulator.core.gallery import Gallery
from offair.emulator.core.showing import Course, Cue, Parting, Sight
from offair.emulator.core.sockets import Pieces, Socket
from offair.emulator.core.viewing import Viewing
from offair.emulator.provider.call import Call
from offair.emulator.provider.talking import Heard
from offair.emulator.providers.bintu.h5live.playout import Playout
from offair.emulator.providers.bintu.h5live.steps import Begin, Close, Leave, Say, Sever, Step, Watch
from offair.emulator.providers.bintu.h5live.wish import Denied, Find, Wish, read_query

REASON = 120  # bytes of a reason that a close may have (RFC 6455, 5.5)


class Viewer:
    """Fills ``Talker``. Everything happens under one lock, in the thread of whoever has something to say."""

    def __init__(self, call: Call, find: Find, gallery: Gallery) -> None:
        self._call, self._find, self._gallery = call, find, gallery
        self._clock = call.world.clock
        self._playout = Playout(read_query(call.query.lists), hostname=call.headers.get("Host", ""))
        self._lock = threading.RLock()
        self._course = Course()
        self._leaving: dict[int, Callable[[], None]] = {}

    def opened(self, socket: Socket) -> None:
        """Begin."""
        self._socket = socket
        with self._lock:
            self._do(self._playout.opened())

    def heard(self, heard: Heard) -> None:
        """Hear a message, or nonsense."""
        now = self._clock.monotonic()
        with self._lock:
            if heard.violations or heard.name is None or not isinstance(heard.body, dict):
                self._do(self._playout.heard_nonsense(now))
            else:
                self._do(self._playout.heard(heard.name, heard.body, now))

    def closed(self, _code: int) -> None:
        """Let everything go."""
        with self._lock:
            self._do(self._playout.gone())

    def begun(self, number: int, sight: Sight) -> None:
        """Hear what a look shows."""
        with self._lock:
            self._do(self._playout.begun(number, sight))

    def shown(self, number: int, fragments: Sequence[Pieces]) -> int:
        """Send fragments on, if they are of the look that counts."""
        with self._lock:
            return self._socket.pour(fragments) if self._playout.sees(number) else 0

    def told(self, number: int, cue: Cue) -> None:
        """Send on what is said in the stream."""
        with self._lock:
            self._do(self._playout.told(number, cue))

    def ended(self, number: int, ending: Parting, words: str) -> None:
        """Hear that a look is over."""
        with self._lock:
            self._do(self._playout.ended(number, ending, words))

    def _do(self, steps: Iterable[Step]) -> None:
        for step in steps:
            match step:
                case Say(text):
                    self._socket.send(text)
                case Begin(init):
                    self._socket.pour([(init,)])
                case Watch(wish, number):
                    self._watch(wish, number)
                case Leave(number):
                    self._leaving.pop(number, _nothing)()
                case Close(code, reason):
                    self._socket.close(code, reason.encode()[:REASON].decode(errors="ignore"))
                case Sever():
                    self._socket.abort()

    def _watch(self, wish: Wish, number: int) -> None:
        found = self._find(wish, self._call)
        if isinstance(found, Denied):
            self._do(self._playout.refused(number, found.code, found.words))
            return
        viewing = Viewing(
            stream=found.stream,
            name=found.variant or "",
            protocol=self._call.name,
            peer=self._call.peer,
            query=wish.query,
            headers=self._call.headers,
        )
        # it may be over before this returns, and leaving is fine all the same
        self._leaving[number] = self._gallery.attend(viewing, found.variant, Eye(self, number), self._course)


@dataclass(frozen=True, slots=True)
class Eye:
    """One look of a viewer's, by its number. Fills ``Onlooker``."""

    viewer: Viewer
    number: int

    def begun(self, sight: Sight) -> None:
        """Hear what follows."""
        self.viewer.begun(self.number, sight)

    def shown(self, fragments: Sequence[Pieces]) -> int:
        """Take fragments."""
        return self.viewer.shown(self.number, fragments)

    def told(self, cue: Cue) -> None:
        """Hear what is said."""
        self.viewer.told(self.number, cue)

    def over(self, ending: Parting, words: str) -> None:
        """Hear that nothing follows."""
        self.viewer.ended(self.number, ending, words)


def _nothing() -> None:
    """Have nothing to leave."""
