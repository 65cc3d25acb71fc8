"""Connections that can be cut: urllib3 has no way to end one that somebody waits on. And whose certificates hold."""

import socket
import ssl
from contextlib import suppress
from typing import Any
from weakref import WeakSet


class Wires:
    """What the pools of one client are connected by."""

    def __init__(self) -> None:
        self._open: WeakSet[socket.socket] = WeakSet()

    def noted(self, pool: Any) -> type:
        """Give a class like this one of urllib3's pools, whose connections can be cut from their first byte on."""
        wires = self._open

        def connect(line: Any) -> None:
            pool.ConnectionCls.connect(line)
            wires.add(line.sock)

        line = type("Line", (pool.ConnectionCls,), {"connect": connect})
        return type("Pool", (pool,), {"ConnectionCls": line})

    def cut(self) -> None:
        """End every connection: who waits on one hears of it at once."""
        for wire in tuple(self._open):
            with suppress(OSError):  # it is closed already
                wire.shutdown(socket.SHUT_RDWR)


def machines_trust() -> dict[str, Any]:
    """Give an adapter's options that let it believe whom the machine believes: ``SSL_CERT_FILE`` adds a CA to it."""
    return {"ssl_context": ssl.create_default_context()}
