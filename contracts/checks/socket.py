"""Do two ends of a WebSocket keep the promise? Judging what each has said."""

from collections.abc import Iterable
from dataclasses import replace

from offair.contracts.contract import Contract
from offair.contracts.exchange import Side
from offair.contracts.sockets import SocketTerm
from offair.contracts.violation import Violation

APPLICATIONS_OWN = 3000  # RFC 6455 section 7.4.2: what is below belongs to the protocol, and needs no document


def check_socket(
    contract: Contract, key: str, frames: Iterable[tuple[Side, str | bytes]], *, closed: int | None = None
) -> list[Violation]:
    """Judge a transcript: is every frame documented for the side that sent it, and ``closed`` for the end of it.

    Each violation's path begins with the frame's position. LookupError for a socket that is not documented.
    """
    if key not in contract.sockets:
        raise LookupError(f"{contract.name} documents no socket {key!r}; it documents {', '.join(contract.sockets)}")
    socket = contract.sockets[key]
    broken = [
        replace(violation, path=(position, *violation.path))
        for position, (side, frame) in enumerate(frames)
        for violation in socket.frame_violations(side, frame)
    ]
    if closed is not None and closed >= APPLICATIONS_OWN and closed not in socket.closes:
        broken.append(_unheard(socket, closed))
    return broken


def _unheard(socket: SocketTerm, code: int) -> Violation:
    known = sorted(socket.closes)
    return Violation(
        rule="close",
        where="socket.close",
        expected=known,
        got=code,
        message=f"must be a documented close code: {', '.join(map(str, known)) or 'none is'}",
        grade=socket.grade,
        source=socket.source,
    )
