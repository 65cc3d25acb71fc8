"""Who reads an answer that goes on and on: the connection that it is sent over."""

import select
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from offair.emulator.web.waiting import about_to_wait

HUNG_UP = getattr(select, "POLLRDHUP", 0)  # Linux tells even where something unread stands before the end
UNSENT = 1 << 16  # bytes that the system may hold for one; more would hide how far it is behind


@dataclass(frozen=True, slots=True)
class Hearer:
    """Whoever reads, and the connection; None where a server (a test client's, say) has none to show."""

    connection: socket.socket | None

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> "Hearer":
        """Find out who reads, and let other requests go on meanwhile."""
        about_to_wait(environ)
        return cls(environ.get("werkzeug.socket"))

    def keep_little_unseen(self) -> None:
        """Have the system hold little for it, and send that at once."""
        if self.connection is not None:
            with suppress(OSError):  # macOS refuses it of who is gone already, as writing will tell
                self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)

    @property
    def is_gone(self) -> bool:
        """It hung up, which no write tells while there is nothing to write."""
        if self.connection is None:
            return False
        hung_up = HUNG_UP | select.POLLHUP | select.POLLERR
        look = select.poll()
        look.register(self.connection, hung_up)
        if look.poll(0):
            return True
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def sever(self) -> None:
        """Cut the connection at once, from any thread."""
        if self.connection is not None:
            with suppress(OSError):  # it is closed already
                self.connection.shutdown(socket.SHUT_RDWR)
