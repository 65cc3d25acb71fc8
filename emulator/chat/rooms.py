"""Rooms in which everybody hears the same, in the same order; frames go out as they came in, and nobody waits."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from offair.emulator.core.sockets import Frame, Member

Members = dict[int, Member]
Step = Callable[[Members], None]


@dataclass(slots=True)
class _Room:
    """Who is in a room, and what is still to happen there; somebody sees to it while ``is_busy``."""

    members: Members = field(default_factory=dict)
    waiting: deque[Step] = field(default_factory=deque)
    is_busy: bool = False


class Chat:
    """Rooms by name, of one cloud; one that nobody is in is not there. Calls may come from any thread.

    What happens in a room happens one after another: who joins hears what is said afterwards and nothing before. No
    lock is held while a frame goes out, so that it may be said from anywhere; what is said within a transaction is out
    even if that is undone, so say it after the commit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rooms: dict[str, _Room] = {}

    def join(self, room: str, member: Member) -> None:
        """Let a socket hear what is said in a room; twice is fine."""
        self._add(room, lambda members: members.update({id(member): member}))

    def leave(self, room: str, member: Member) -> None:
        """Let a socket hear no more of a room; twice is fine."""
        self._add(room, lambda members: _drop(members, member))

    def say(self, room: str, frame: Frame) -> None:
        """Send a frame to everybody in a room; who cannot be sent it is dropped, and hears nothing of it any more."""
        self._add(room, lambda members: _send(members, frame))

    def close(self, room: str, code: int, reason: str = "") -> None:
        """Send everybody in a room away, with a close code (RFC 6455, 7.4)."""
        self._add(room, lambda members: _send_away(members, code, reason))

    def count(self, room: str) -> int:
        """Count who is in a room."""
        with self._lock:
            found = self._rooms.get(room)
            return len(found.members) if found else 0

    def _add(self, name: str, step: Step) -> None:
        with self._lock:
            room = self._rooms.setdefault(name, _Room())
            room.waiting.append(step)
            if room.is_busy:
                return  # whoever sees to the room does this too
            room.is_busy = True
        while (due := self._next(name, room)) is not None:
            due(room.members)

    def _next(self, name: str, room: _Room) -> Step | None:
        with self._lock:
            if room.waiting:
                return room.waiting.popleft()
            room.is_busy = False
            if not room.members:
                del self._rooms[name]
            return None


def _drop(members: Members, member: Member) -> None:
    members.pop(id(member), None)


def _send(members: Members, frame: Frame) -> None:
    for member in tuple(members.values()):
        try:
            member.send(frame)
        except Exception:  # noqa: BLE001 - whatever is wrong with one socket, the others hear what was said
            _drop(members, member)


def _send_away(members: Members, code: int, reason: str) -> None:
    leaving = tuple(members.values())
    members.clear()
    for member in leaving:
        try:
            member.close(code, reason)
        except Exception:  # noqa: BLE001 - as above
            member.abort()
