"""STUB until the lane lands."""

from dataclasses import dataclass

from offair.contracts.guard import Guarded


@dataclass(frozen=True)
class SocketTerm(Guarded):
    key: str
    path: str
    security: tuple = ()
