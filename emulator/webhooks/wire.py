"""The one socket that calls out: it never blocks, and whatever the other side does, every wait has an end."""

import errno
import os
import selectors
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from offair.emulator.core.clock import FOREVER, Deadline
from offair.emulator.webhooks.exchange import AnswerReader
from offair.emulator.webhooks.names import Address, Names

T = TypeVar("T")
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
ROOM = 1 << 16
HEAD_START = 0.25  # seconds before the next address of a name is tried beside one that is silent (RFC 8305, 5)


class BrokenOff(OSError):
    """We ended it ourselves; the receiver has no part in it."""


class Waker:
    """Wakes the one who waits in a selector, from any thread; silent once it is taken down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.ear, self._rope = socket.socketpair()
        self.ear.settimeout(0)
        self._rope.settimeout(0)

    def ring(self) -> None:
        """Wake whoever waits."""
        with self._lock, suppress(OSError):
            self._rope.send(b"!")

    def hush(self) -> None:
        """Let it be rung anew."""
        with suppress(OSError):
            self.ear.recv(ROOM)

    def close(self) -> None:
        """Take it down; twice is fine."""
        with self._lock:
            self._rope.close()
            self.ear.close()


class Errand:
    """What is said to one receiver, step by step; OSError says in words why it came to nothing.

    ``timeout`` is real seconds for all of it, from looking up the name to the last byte. A context manager.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._deadline = Deadline(timeout)
        self._is_broken_off = False
        self._step: Callable[[], str] = lambda: "it did not begin"
        self._wanted = 0
        self._sockets: set[socket.socket] = set()
        self._selector = selectors.DefaultSelector()
        self._waker = Waker()
        self._selector.register(self._waker.ear, READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._selector.close()
        self._waker.close()
        for sock in self._sockets:
            sock.close()

    def break_off(self) -> None:
        """End it, in whatever step it is, from any thread: whoever waits meets BrokenOff."""
        self._is_broken_off = True
        self._waker.ring()

    def look_up(self, names: Names, host: str, port: int) -> Sequence[Address]:
        """Find the addresses of a host."""
        self._step = lambda: f"the name {host} was still being looked up"
        found: list[Sequence[Address] | OSError] = []

        def hear(addresses: Sequence[Address] | OSError) -> None:
            found.append(addresses)
            self._waker.ring()

        names.ask(host, port, hear)
        while not found:
            self._wait()
        if isinstance(found[0], OSError) or not found[0]:
            raise ConnectionError(f"{host} has no address: {found[0] or 'nobody knows it'}")
        return found[0]

    def connect(self, addresses: Sequence[Address]) -> socket.socket:
        """Connect to whichever address answers first: the next is tried once one fails, or is silent for a moment."""
        shown = ", ".join(_shown(address) for address in addresses)
        self._step = lambda: f"{shown} did not take the connection"
        left, failures = deque(addresses), [errno.EADDRNOTAVAIL]
        pause = Deadline(0)
        while left or self._sockets:
            if left and (pause.is_over or not self._sockets):
                failures += self._dial(*left.popleft())
                pause = Deadline(HEAD_START)
                continue
            for sock in self._wait(pause.remaining if left else FOREVER):
                failure = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if not failure:
                    self._drop(self._sockets - {sock})
                    return sock
                failures.append(failure)
                self._drop({sock})
        raise OSError(failures[-1], f"{os.strerror(failures[-1])} ({shown})")

    def secure(self, sock: socket.socket, context: ssl.SSLContext, name: str) -> socket.socket:
        """Agree on TLS with whoever has a certificate for this name."""
        self._step = lambda: "the TLS handshake was not over"
        self._selector.unregister(sock)
        sealed = context.wrap_socket(sock, server_hostname=name, do_handshake_on_connect=False)
        self._sockets.add(sealed)
        self._selector.register(sealed, READ)

        def shake() -> bool:
            sealed.do_handshake()
            return True

        while self._try(shake, READ) is None:
            self._wait_for(sealed)
        return sealed

    def exchange(self, sock: socket.socket, request: bytes, reader: AnswerReader) -> None:
        """Send a request and read the answer. Once its status is known, the rest may be missing."""
        try:
            self._talk(sock, request, reader)
        except OSError:
            if reader.status is None:
                raise

    def _talk(self, sock: socket.socket, request: bytes, reader: AnswerReader) -> None:
        unsent, refusal = memoryview(request), None
        self._step = lambda: reader.progress if not unsent else f"{len(unsent)} bytes of the request were never taken"
        while not reader.is_done:
            self._check()
            try:
                unsent = unsent[self._send(sock, unsent) :]
            except OSError as error:  # it may have answered before it stopped listening
                unsent, refusal = unsent[:0], error
            data = self._try(partial(sock.recv, ROOM), READ)
            if data:
                reader.receive(data)
            elif data is None:
                self._wait_for(sock)
            elif refusal is not None:
                raise refusal
            else:
                reader.end()

    def _send(self, sock: socket.socket, unsent: memoryview) -> int:
        """Send for as long as there is room; tell how many bytes went."""
        sent = 0
        while sent < len(unsent):
            gone = self._try(partial(sock.send, unsent[sent : sent + ROOM]), WRITE)
            if gone is None:
                break
            sent += gone
        return sent

    def _dial(self, family: int, address: object) -> list[int]:
        """Begin to connect; the failure, if that fails at once."""
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            return [error.errno or errno.EADDRNOTAVAIL]
        self._sockets.add(sock)
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(sock, WRITE)
        failure = sock.connect_ex(address)  # type: ignore[arg-type] # each family has addresses of its own kind
        if failure in {0, errno.EINPROGRESS}:
            return []
        self._drop({sock})
        return [failure]

    def _drop(self, sockets: set[socket.socket]) -> None:
        self._sockets -= sockets
        for sock in sockets:
            self._selector.unregister(sock)
            sock.close()

    def _try(self, move: Callable[[], T], wanted: int) -> T | None:
        """Do what does not block; None when it would, and then what has to be waited for is noted."""
        try:
            return move()
        except (BlockingIOError, InterruptedError):
            self._wanted |= wanted
        except ssl.SSLWantReadError:
            self._wanted |= READ
        except ssl.SSLWantWriteError:
            self._wanted |= WRITE
        return None

    def _wait_for(self, sock: socket.socket) -> None:
        """Wait until what did not go on can."""
        self._selector.modify(sock, self._wanted)
        self._wanted = 0
        self._wait()

    def _wait(self, longest: float = FOREVER) -> list[socket.socket]:
        """Wait for the sockets, at most so many seconds; tell which are ready."""
        self._check()
        ready = [key.fileobj for key, _ in self._selector.select(min(longest, self._deadline.remaining))]
        if self._waker.ear in ready:
            self._waker.hush()
        self._check()
        return [sock for sock in ready if isinstance(sock, socket.socket) and sock is not self._waker.ear]

    def _check(self) -> None:
        if self._is_broken_off:
            raise BrokenOff(f"the stand-in is closing: {self._step()}")
        if self._deadline.is_over:
            raise TimeoutError(f"no answer within {self._timeout:g} s: {self._step()}")


def _shown(address: Address) -> str:
    host, port, *_ = address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
