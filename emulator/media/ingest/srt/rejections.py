"""Why an SRT caller is turned away, as the numbers that its library prints.

Below 1000 they are libsrt's own (draft-sharabayko-srt-01, table 7; ``ERROR:BADSECRET``). From 1400 on they follow
HTTP, as libsrt's access control predefines them: a caller's log says ``ERROR:PREDEFINED:401`` for 1401. The
protocol has no room for a sentence.
"""

from dataclasses import dataclass
from enum import IntEnum

from offair.emulator.core.ports import Reason


class Code(IntEnum):
    """The codes that this listener gives. In the handshake's type field 1000 is added to them."""

    ROGUE = 4
    VERSION = 8
    BAD_SECRET = 10
    UNSECURE = 11
    MESSAGE_API = 12
    CONGESTION = 13
    FILTER = 14
    GROUP = 15
    CRYPTO = 17
    BAD_REQUEST = 1400
    UNAUTHORIZED = 1401
    OVERLOAD = 1402
    FORBIDDEN = 1403
    NOT_FOUND = 1404
    BAD_MODE = 1405
    CONFLICT = 1409
    DOWN = 1503
    NO_ROOM = 1507


@dataclass(frozen=True, slots=True)
class Denial:
    """A code for the caller, and a sentence for whoever reads our side's journal."""

    code: Code
    words: str


def code_for(reason: Reason) -> Code:
    """Say in SRT's numbers why an encoder may not come in."""
    match reason:
        case Reason.UNKNOWN_KEY:
            return Code.UNAUTHORIZED
        case Reason.UNKNOWN_APP:
            return Code.NOT_FOUND
        case Reason.KEY_IN_USE:
            return Code.CONFLICT
        case Reason.WRONG_PROTOCOL | Reason.FORBIDDEN:
            return Code.FORBIDDEN
        case Reason.NOT_ACCEPTING:
            return Code.DOWN
        case Reason.OUT_OF_ROOM:
            return Code.NO_ROOM
