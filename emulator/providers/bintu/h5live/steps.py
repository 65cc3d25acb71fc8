"""What a session wants done, in order."""

from dataclasses import dataclass

from offair.emulator.providers.bintu.h5live.wish import Wish


@dataclass(frozen=True, slots=True)
class Say:
    """Send this message."""

    text: str


@dataclass(frozen=True, slots=True)
class Begin:
    """Send this init section."""

    init: bytes


@dataclass(frozen=True, slots=True)
class Watch:
    """Look for what is wished, and look on; whatever comes of it is of this number."""

    wish: Wish
    number: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Look on no more."""

    number: int


@dataclass(frozen=True, slots=True)
class Close:
    """Say goodbye, with a code and a reason."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sever:
    """Sever the connection: the peer takes nothing."""


Step = Say | Begin | Watch | Leave | Close | Sever
