"""The cloud that a client talks to, as the client's judge needs it; whoever runs one hands it in."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange

Proceed = Callable[[], Exchange]
Tap = Callable[[str, Exchange, Proceed], Exchange | None]
"""Stands between a client and its cloud.

It is given the name of the service that is asked (empty for the main API), the request (an exchange whose ``status``
is 0 and which has no answer yet; ``path`` begins with a base path of the service's contract, whatever the stand-in has
before it) and a function that lets the cloud answer it. It gives what is answered, and None closes the connection
without an answer. A body that is shorter than its own ``Content-Length`` header ends there, and the connection with it.
A socket that is opened passes too: its answer has the status 101, its ``frames`` grow while its client talks, and with
``Connection: close`` it is cut off a moment later. It may be called from many threads.
"""


class Counterpart(Protocol):
    """A stand-in for one cloud, with a tenant of the client's own."""

    @property
    def name(self) -> str:
        """The cloud's name, as in ``offair.contracts``."""
        ...

    @property
    def base_url(self) -> str:
        """Where its main API is, base path and all, without a slash at its end."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The tenant's credentials."""
        ...

    @property
    def promise(self) -> Contract:
        """What the cloud documents; its ``services`` are judged too."""
        ...

    def now(self) -> float:
        """Tell the cloud's time in epoch seconds."""
        ...

    def advance(self, seconds: float) -> None:
        """Move the cloud's clock forward."""
        ...

    def simulate(self, stream: str, to: str) -> object:
        """Let a stream go ``live`` or ``lost``, ``back``, ``ended`` or to ``error`` without media.

        What its state does not allow is not done, and may be refused with ValueError.
        """
        ...

    def ask(self, asked: Exchange) -> Exchange:
        """Ask the main API as somebody else than the client does, past every tap; its ``path`` as in an exchange."""
        ...

    def once(self) -> AbstractContextManager[None]:
        """Put state and clock back at the end to how they were at the beginning."""
        ...

    def tapped(self, tap: Tap, *, is_private: bool = False) -> AbstractContextManager[None]:
        """Let every HTTP request to the cloud's APIs pass ``tap``, over a socket or in this process.

        What is private nobody else hears, who judges the requests of a test as well.
        Playback and the control surface are not among them; of a socket its opening is. One at a time: taps within taps
        are refused with RuntimeError.
        """
        ...
