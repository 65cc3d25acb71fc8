"""What is written down of frames: each is held against the contract and journalled, one that goes to many once."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from offair.contracts.jsontext import parse
from offair.contracts.sockets import SocketTerm
from offair.contracts.violation import Violation
from offair.emulator.core.faults.calls import ANY, FAULTS, Fault, take
from offair.emulator.core.sockets import Frame
from offair.emulator.provider.talking import Heard
from offair.emulator.web.body import shown
from offair.emulator.web.chain import stream_of
from offair.emulator.web.mount import Mount, Passage
from offair.emulator.web.telling import url_of

LATEST = 8  # frames that are known again when they go to the next member of a room


class Ledger:
    """The frames of one documented socket, over all its connections."""

    def __init__(self, term: SocketTerm, mount: Mount) -> None:
        self.term = term
        self.mount = mount
        self._latest: deque[Frame] = deque(maxlen=LATEST)

    def leaf(self, passage: Passage) -> "Leaf":
        """Open the leaf of one connection."""
        tenant = passage.caller.tenant.id if passage.caller else None
        request = passage.request
        return Leaf(
            ledger=self, tenant=tenant, stream=stream_of(passage), url=url_of(request), peer=request.remote_addr
        )

    def is_known(self, frame: Frame) -> bool:
        """Say whether this very frame was written down a moment ago: it goes to everybody in a room."""
        if any(frame is known for known in self._latest):
            return True
        self._latest.append(frame)
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What is written down of one connection."""

    ledger: Ledger
    tenant: str | None
    stream: str | None
    url: Callable[[], str]
    peer: str | None

    def read(self, frame: Frame) -> Heard:
        """Read, judge and journal a client's frame."""
        term = self.ledger.term
        name, body = term.frame_name("from_client", frame), _json(frame)
        violations = term.frame_violations("from_client", frame)
        self._write(f"{term.key}: {name or 'a frame'} from the client", frame, body, "client", violations)
        return Heard(frame=frame, name=name, body=body, violations=violations)

    def note_sent(self, frame: Frame) -> str | None:
        """Judge and journal a frame of ours, and give its name; a breach is our bug."""
        term = self.ledger.term
        name = term.frame_name("from_server", frame)
        if self.ledger.is_known(frame):
            return name
        violations = term.frame_violations("from_server", frame)
        for violation in violations:
            words = f"our own {name or 'frame'} breaks its contract: {term.key}: {violation}"
            self.ledger.mount.journal.write("trouble", words, cloud=self.ledger.mount.cloud)
        self._write(f"{term.key}: {name or 'a frame'} to the client", frame, _json(frame), "server", violations)
        return name

    def note_end(self, code: int, reason: str, by: str, *, poured: int = 0) -> None:
        """Journal who ended the conversation, with which code, and after how many messages of a stream."""
        words = f"{self.ledger.term.key}: closed by the {by} with {code}{f' ({reason})' if reason else ''}"
        self._journal(words, code=code, reason=reason, sender=by, **({"poured": poured} if poured else {}))

    def faults(self, name: str | None) -> list[Fault]:
        """List what goes wrong with this frame, and count it."""
        mount, key = self.ledger.mount, self.ledger.term.key
        world = mount.rooms.world
        if self.tenant is None or not world.count(FAULTS, tenant=self.tenant):
            return []
        faults = take(world, self.tenant, f"{key}.{name}", every=f"{key}.{ANY}")
        for fault in faults:
            words = f"{fault.kind} at {key}.{name}"
            mount.journal.write("fault", words, cloud=mount.cloud, tenant=self.tenant, fault=fault.kind)
        return faults

    def _write(self, words: str, frame: Frame, body: Any, sender: str, violations: list[Violation]) -> None:
        content = frame if isinstance(frame, bytes) else frame.encode()
        told = shown(content, frame if body is None else body)
        self._journal(words, sender=sender, body=told, violations=[str(violation) for violation in violations])

    def _journal(self, words: str, **details: Any) -> None:
        mount = self.ledger.mount
        mount.journal.write(
            "frame", words, cloud=mount.cloud, tenant=self.tenant, stream=self.stream,
            socket=self.ledger.term.key, url=self.url, peer=self.peer, **details,
        )  # fmt: skip


def _json(frame: Frame) -> Any:
    """Read a text frame as JSON; None for what is none."""
    if isinstance(frame, bytes):
        return None
    try:
        return parse(frame.encode())
    except ValueError:
        return None
