"""Opens URLs, and gives an answer so much time: all of it, however little of it comes at a time."""

import io
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from socket import socket
from typing import Any

from offair.emulator.core.clock import Deadline

SHORTEST = 0.001  # seconds: a socket takes 0 for never waiting at all


@contextmanager
def opened(request: urllib.request.Request, seconds: float, *, has_proxies: bool = True) -> Iterator[HTTPResponse]:
    """Open a URL, and read within so many real seconds: TimeoutError once they are over, in the head and in the body.

    The library's own time-out begins anew with every byte. What else goes wrong is urllib's to say. Without proxies,
    those of the environment are left aside: they know nothing of this machine.
    """
    deadline = Deadline(seconds)
    handlers: list[urllib.request.BaseHandler] = [_Plain(deadline), _Secure(deadline)]
    if not has_proxies:
        handlers.append(urllib.request.ProxyHandler({}))
    with urllib.request.build_opener(*handlers).open(request, timeout=seconds) as answer:
        yield answer


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._line = partial(_line, HTTPConnection, deadline)

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._line, req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._line = partial(_line, HTTPSConnection, deadline)

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._line, req)


def _line(kind: type[HTTPConnection], deadline: Deadline, host: str, **options: Any) -> HTTPConnection:
    line = kind(host, **options)
    line.response_class = partial(_Answer, deadline)  # type: ignore[assignment] # it is only called
    return line


class _Answer(HTTPResponse):
    def __init__(self, deadline: Deadline, sock: socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        timely = io.BufferedReader(_Timely(sock, deadline))
        self.fp.close()
        self.fp = timely  # type: ignore[assignment] # of whatever it reads


class _Timely(io.RawIOBase):
    """What comes over a socket, until a deadline."""

    def __init__(self, sock: socket, deadline: Deadline) -> None:
        self._socket, self._deadline = sock, deadline
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        if self._deadline.is_over:
            raise TimeoutError("the answer is not whole in time")
        self._socket.settimeout(max(self._deadline.remaining, SHORTEST))
        return self._raw.readinto(into)

    def close(self) -> None:
        self._raw.close()
        super().close()
