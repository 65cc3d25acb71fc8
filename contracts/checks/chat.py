"""Does everybody in a room hear what is said, once and in one order, and nobody come in who may not? Judging rooms."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from offair.contracts.checks.socket import check_socket
from offair.contracts.claim import Claim
from offair.contracts.contract import Contract
from offair.contracts.sockets import Side, SocketTerm
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

ROOM = "what everybody in a room is told; the cloud's sockets"
SOCKETS = "the cloud's sockets"
FAILED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
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

    What was said is a word that nothing else contains; all of it was said while every member was there.
    """

    socket: str
    members: tuple[Attended, ...]
    said: tuple[tuple[str, str], ...] = ()
    strangers: tuple[Attended, ...] = ()


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
            return Verdict(self, "not judged", why="nobody met in a room")
        return Verdict.of(self, (one for one in found if one is not None))


def _rule(name: str, source: str) -> Callable[[Judge], RoomRule]:
    def make(find: Judge) -> RoomRule:
        return RoomRule(name=name, source=source, claim=(find.__doc__ or "").strip(), find=find)

    return make


@_rule("chat/entered", SOCKETS)
def entered(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Who has credentials is let into a room, and stays as long as they like."""
    for one in gathering.members:
        got = one.closed if one.refused is None else one.refused
        yield None if one.is_in else _breach(contract, gathering, f"must stay open to {one.who}", "open", got)


@_rule("chat/heard", ROOM)
def heard(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """What is said in a room is heard by everybody who is there, who said it too."""
    for one in gathering.members:
        missed = [word for _, word in gathering.said if word not in _words(gathering, one)]
        message = f"{one.who} must hear what was said there, and missed {len(missed)} of {len(gathering.said)}"
        if gathering.said:
            yield _breach(contract, gathering, message, "heard", None) if missed else None


@_rule("chat/once", ROOM)
def once(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Nobody hears the same thing twice in frames of one name."""
    socket = contract.sockets[gathering.socket]
    for one in gathering.members:
        for _, word in gathering.said:
            names = [socket.frame_name("from_server", frame) for frame in one.heard if word in _text(frame)]
            message = f"{one.who} must hear once what was said once"
            if names:
                is_doubled = len(names) > len(set(names))
                yield _breach(contract, gathering, message, "once", len(names)) if is_doubled else None


@_rule("chat/in-order", ROOM)
def in_order(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Everybody hears what was said in the same order, and what one has said in the order in which they said it."""
    orders = {id(one): _words(gathering, one) for one in gathering.members}
    for one in gathering.members:
        for speaker in {who for who, _ in gathering.said}:
            theirs = [word for who, word in gathering.said if who == speaker]
            told = [word for word in orders[id(one)] if word in theirs]
            message = f"{one.who} must hear {speaker} in the order in which they spoke"
            if len(told) > 1:
                is_kept = told == [word for word in theirs if word in told]
                yield None if is_kept else _breach(contract, gathering, message, "order", told)
    for first, other in combinations(gathering.members, 2):
        ours, theirs = orders[id(first)], orders[id(other)]
        common = [word for word in ours if word in theirs]
        message = f"{other.who} must hear what was said in the order in which {first.who} heard it"
        if len(common) > 1:
            is_kept = common == [word for word in theirs if word in common]
            yield None if is_kept else _breach(contract, gathering, message, "order", theirs)


@_rule("chat/frames", SOCKETS)
def frames(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """What a room tells is documented, frame by frame, and the code that it ends with too."""
    for one in (*gathering.members, *gathering.strangers):
        told: list[tuple[Side, str | bytes]] = [("from_server", frame) for frame in one.heard]
        if told or one.closed is not None:
            yield None
            yield from check_socket(contract, gathering.socket, told, closed=one.closed)


@_rule("chat/refused", SOCKETS)
def refused(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Who has no credentials, or nobody's, is let in only where none are needed, and else sent away as documented."""
    socket = contract.sockets[gathering.socket]
    for one in gathering.strangers:
        if one.is_in:
            message, is_kept, got = f"must be closed to {one.who}", socket.is_open, 101
        elif one.refused is not None:
            message, is_kept, got = f"must refuse {one.who}, and not fail", 400 <= one.refused < FAILED, one.refused
        else:
            known = ", ".join(map(str, sorted(socket.closes))) or "none is documented"
            message, got = f"must send {one.who} away with a documented close code: {known}", one.closed or 0
            is_kept = one.closed in socket.closes
        yield None if is_kept else _breach(contract, gathering, message, "refused", got)


ROOM_RULES: tuple[RoomRule, ...] = (entered, heard, once, in_order, frames, refused)
"""In the order of a report."""


def judge_gathering(contract: Contract, gathering: Gathering, rules: Iterable[RoomRule]) -> list[Verdict]:
    """Judge what happened in a room, rule by rule."""
    return [rule.judge(contract, gathering) for rule in rules]


def _words(gathering: Gathering, one: Attended) -> list[str]:
    """What was said, in the order in which somebody first heard it."""
    words = [word for _, word in gathering.said]
    found: dict[str, None] = {}
    for frame in one.heard:
        text = _text(frame)
        there = sorted((word for word in words if word in text), key=text.index)
        found.update(dict.fromkeys(word for word in there if word not in found))
    return list(found)


def _text(frame: str | bytes) -> str:
    return frame if isinstance(frame, str) else ""


def _breach(contract: Contract, gathering: Gathering, message: str, rule: str, got: Any) -> Violation:
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
