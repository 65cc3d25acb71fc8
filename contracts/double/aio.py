"""Beneath aiohttp: its connectors open a wire instead of a socket, and its own protocol reads the answer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from offair.contracts.double.asking import ask_routers, lets_pass
from offair.contracts.double.wire import Arrival, Wire


def patched() -> AbstractContextManager[None] | None:
    """Let TCP connectors of aiohttp open wires for a while; None where it is not installed."""
    try:
        from aiohttp import TCPConnector
    except ImportError:
        return None
    return _connecting(TCPConnector)


@contextmanager
def _connecting(connector: Any) -> Iterator[None]:
    create = connector._create_connection  # noqa: SLF001 - what connectors override: aiohttp has no public place
    over = threading.Event()

    async def open_wire(self: Any, request: Any, *rest: Any) -> Any:
        url = request.url
        if lets_pass(url.host, url.port):
            return await create(self, request, *rest)
        protocol = self._factory()
        wire = Wire(str(url.origin()), ask_routers)
        protocol.connection_made(WireTransport(wire, protocol, self._loop, over.is_set))
        return protocol

    connector._create_connection = open_wire  # noqa: SLF001 - the same
    try:
        yield
    finally:
        over.set()
        connector._create_connection = create  # noqa: SLF001 - the same


class WireTransport:
    """What aiohttp asks of an asyncio transport; it stays open for the next request as long as the double lasts."""

    def __init__(self, wire: Wire, protocol: Any, loop: Any, is_over: Callable[[], bool]) -> None:
        self._wire, self._protocol, self._loop, self._is_over = wire, protocol, loop, is_over
        self._arrival = Arrival(None)
        self._answer: Iterator[bytes] | None = None
        self._is_closing = self._is_paused = self._is_pending = False

    def write(self, data: bytes) -> None:
        """Send some of the request; the answer comes in the loop's next turns."""
        try:
            arrival = self._wire.send(bytes(data))
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits for the answer is told
            self._protocol.set_exception(error)
            self._end(error)
            return
        if arrival is not None:
            self._arrival, self._answer = arrival, arrival.written()
            self._go_on()

    def writelines(self, pieces: Any) -> None:
        """Send some of the request."""
        self.write(b"".join(pieces))

    def _go_on(self) -> None:
        if self._answer is not None and not (self._is_paused or self._is_pending or self._is_closing):
            self._is_pending = True
            self._loop.call_soon(self._give)

    def _give(self) -> None:
        self._is_pending = False
        if self._answer is None or self._is_closing:
            return
        piece = next(self._answer, None)
        if piece is None:
            self._answer = None
            if not self._arrival.is_whole:
                self._end(None)
        else:
            self._protocol.data_received(piece)
            self._go_on()

    def _end(self, error: Exception | None) -> None:
        if not self._is_closing:
            self._is_closing = True
            end = getattr(self._answer, "close", None)
            if end is not None:
                end()
            self._protocol.connection_lost(error)

    def pause_reading(self) -> None:
        """Wait until what came is read."""
        self._is_paused = True

    def resume_reading(self) -> None:
        """Go on."""
        self._is_paused = False
        self._go_on()

    def is_closing(self) -> bool:
        """Say whether it is over: no other request goes on it then."""
        return self._is_closing or self._is_over()

    def close(self) -> None:
        """End it, in the loop's next turn as transports do."""
        self._loop.call_soon(self._end, None)

    abort = close

    def get_write_buffer_size(self) -> int:
        """Nothing waits to be sent."""
        return 0

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        """There is no socket to tell of."""
        return default
