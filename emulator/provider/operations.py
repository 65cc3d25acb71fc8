"""Which function answers which documented operation or socket; an undocumented one fails when it is imported."""

from collections.abc import Callable, Iterator

from offair.contracts.contract import Contract
from offair.contracts.operation import Operation
from offair.contracts.sockets import SocketTerm
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.talking import Talker

Performer = Callable[[Call], Reply]
Opener = Callable[[Call], Talker]


class Operations:
    """The performers of one service's operations, each registered by its key: ``"POST /streams"``.

    What an operation changes is kept as a whole, in a transaction. One that ``waits`` for somebody (a publisher that
    is judged) has none, since nobody else could keep anything meanwhile: each of its changes is kept by itself.
    """

    def __init__(self, promise: Contract) -> None:
        self.promise = promise
        self._performers: dict[str, Performer] = {}
        self._waiting: set[str] = set()

    def __call__(self, key: str, *, waits: bool = False) -> Callable[[Performer], Performer]:
        """Register the decorated function; LookupError unless the contract has it, and nobody else answers it."""
        if key not in self.promise.operations:
            known = ", ".join(self.promise.operations)
            raise LookupError(f"{self.promise.title} documents no operation {key!r}; it documents {known}")
        if key in self._performers:
            raise LookupError(f"{self.promise.title}: two functions answer {key!r}; keep one")

        def register(performer: Performer) -> Performer:
            self._performers[key] = performer
            if waits:
                self._waiting.add(key)
            return performer

        return register

    def waits(self, key: str) -> bool:
        """Say whether an operation waits for somebody."""
        return key in self._waiting

    def performer(self, key: str) -> Performer | None:
        """The function that answers, None for a gap."""
        return self._performers.get(key)

    def __iter__(self) -> Iterator[tuple[Operation, Performer | None]]:
        for key, operation in self.promise.operations.items():
            yield operation, self._performers.get(key)


class Sockets:
    """Who talks over one service's sockets, each registered by its key in the contract's ``sockets.yaml``.

    A function gets the call that asks for the socket, already judged and with its caller, and gives the conversation
    that follows; it may raise a Problem, and the handshake is refused in the cloud's words.
    """

    def __init__(self, promise: Contract) -> None:
        self.promise = promise
        self._openers: dict[str, Opener] = {}

    def __call__(self, key: str) -> Callable[[Opener], Opener]:
        """Register the decorated function; LookupError unless the contract has the socket, and nobody else opens it."""
        if key not in self.promise.sockets:
            known = ", ".join(self.promise.sockets) or "none"
            raise LookupError(f"{self.promise.title} documents no socket {key!r}; it documents {known}")
        if key in self._openers:
            raise LookupError(f"{self.promise.title}: two functions open the socket {key!r}; keep one")

        def register(opener: Opener) -> Opener:
            self._openers[key] = opener
            return opener

        return register

    def opener(self, key: str) -> Opener | None:
        """The function that opens a socket, None for a gap."""
        return self._openers.get(key)

    def __iter__(self) -> Iterator[tuple[SocketTerm, Opener | None]]:
        for key, socket in self.promise.sockets.items():
            yield socket, self._openers.get(key)
