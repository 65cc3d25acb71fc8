"""What came of meeting in a room of a cloud, and rules about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from offair.contracts.claim import Claim
from offair.contracts.contract import Contract
from offair.contracts.sockets import SocketTerm
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

ROOM = "what everybody in a room is told; the cloud's sockets"
SOCKETS = "the cloud's sockets"


@dataclass(frozen=True, slots=True)
class Attended:
    """What came of entering a room: ``refused`` with a status, or what was heard until the server ``closed`` it.

    None of the two is there for who was let in and stayed until the end.
    """

    who: str
    heard: tuple[str | bytes, ...] = ()
    refused: int | None = None
    closed: int | None = None

    @property
    def is_in(self) -> bool:
        """Nobody was sent away."""
        return self.refused is None and self.closed is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """Some ``members`` in a room of a socket, what was ``said`` there by whom, and ``strangers`` who tried to enter.

    What was said is a word that nothing else contains; all of it was said while every member was there. The
    ``latecomers`` entered after that, beside the members; the ``clumsy`` sent what is no frame; the ``lost`` had good
    credentials and asked for a room that is not there. The members may have ``one_name``: those of who is there twice.
    """

    socket: str
    members: tuple[Attended, ...]
    said: tuple[tuple[str, str], ...] = ()
    strangers: tuple[Attended, ...] = ()
    latecomers: tuple[Attended, ...] = ()
    clumsy: tuple[Attended, ...] = ()
    lost: tuple[Attended, ...] = ()
    one_name: bool = False

    @property
    def everybody(self) -> tuple[Attended, ...]:
        """All who came to the door."""
        return (*self.members, *self.latecomers, *self.clumsy, *self.strangers, *self.lost)


Seen = Iterable[Violation | None]  # None for each place that is kept
Judge = Callable[[Contract, Gathering], Seen]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRule(Claim):
    """A claim about what happens in a room."""

    find: Judge

    def judge(self, contract: Contract, gathering: Gathering) -> Verdict:
        """Judge, and say so where there was nothing to judge."""
        found = list(self.find(contract, gathering))
        if not found:
            return Verdict(self, "not judged", why="nothing of the kind happened in a room")
        return Verdict.of(self, (one for one in found if one is not None))


def room_rule(name: str, source: str) -> Callable[[Judge], RoomRule]:
    """Make a function a rule of rooms; its docstring is the claim."""

    def make(find: Judge) -> RoomRule:
        return RoomRule(name=name, source=source, claim=(find.__doc__ or "").strip(), find=find)

    return make


def words_heard(gathering: Gathering, one: Attended) -> list[str]:
    """What was said, in the order in which somebody first heard it."""
    words = [word for _, word in gathering.said]
    found: dict[str, None] = {}
    for frame in one.heard:
        text = text_of(frame)
        there = sorted((word for word in words if word in text), key=text.index)
        found.update(dict.fromkeys(word for word in there if word not in found))
    return list(found)


def text_of(frame: str | bytes) -> str:
    """A frame's text; a binary one says nothing."""
    return frame if isinstance(frame, str) else ""


def room_breach(contract: Contract, gathering: Gathering, message: str, rule: str, got: Any) -> Violation:
    """Say what is wrong in a room; its socket vouches for it."""
    socket: SocketTerm = contract.sockets[gathering.socket]
    return Violation(
        rule=rule,
        where="socket",
        message=message,
        source=socket.source,
        got=got,
        grade=socket.grade,
        operation=f"GET {socket.path}",
    )
