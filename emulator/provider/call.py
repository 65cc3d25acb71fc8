"""A call of a documented operation, and the rooms that a cloud's code may use while it answers."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from offair.contracts.operation import Operation
from offair.contracts.sockets import SocketTerm
from offair.emulator.chat.rooms import Chat
from offair.emulator.core.gallery import Gallery
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Monitor, Whip
from offair.emulator.core.publications import Publications
from offair.emulator.core.tenancy import Tenancy
from offair.emulator.core.tenants import Caller, Tenant
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.provider.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the stand-in listens, as the URLs that clients use: ``api`` and ``cdn`` are this cloud's own roots.

    ``services`` are the roots of its further services, by name.
    """

    api: str
    cdn: str
    rtmp: str
    rtmps: str
    srt: str
    services: Mapping[str, str] = field(default_factory=dict, hash=False)

    @staticmethod
    def socket(url: str) -> str:
        """Write one of these URLs as a WebSocket's."""
        return url.replace("http", "ws", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What a cloud's code may use. ``switches`` is the cloud's own record of choices, ``chat`` where people talk.

    ``media_profile`` says what is made of a ladder: ``passthrough`` makes no rung of it.
    ``gallery`` is where they are shown streams over sockets; None where nothing plays.
    ``whip`` is where offers to publish over WebRTC are brought.
    ``journal`` is for what the cloud would send to people outside of here (a mail, say), ``timers`` for what it does
    later by itself; nothing there may wait.
    """

    world: World
    publications: Publications
    monitor: Monitor
    whip: Whip
    tenancy: Tenancy
    addresses: Addresses
    switches: Any
    journal: Journal
    timers: Timers
    chat: Chat = field(default_factory=Chat)
    media_profile: str = "faithful"
    gallery: Gallery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a form; ``size`` in bytes, ``media_type`` as the sender says."""

    name: str
    filename: str
    media_type: str
    size: int
    content: IO[bytes]

    def save(self, path: Path) -> None:
        """Copy it to a path, making the folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.content.seek(0)
        with path.open("wb") as file:
            shutil.copyfileobj(self.content, file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Rooms):
    """One call. ``body`` is what was read of the content as its media type says: JSON, a form's fields, text.

    It is None when nothing came. ``caller`` is None where nobody said who they are, which the operation must allow.
    """

    operation: Operation | SocketTerm
    path: Mapping[str, str] = field(default_factory=dict)
    query: Query = field(default_factory=Query)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content: bytes = b""
    files: Mapping[str, Upload] = field(default_factory=dict)
    caller: Caller | None = None
    peer: str | None = None

    @property
    def name(self) -> str:
        """What faults, limits and the journal call it: an operation's id, or a socket's key."""
        return self.operation.operation_id if isinstance(self.operation, Operation) else self.operation.key

    @property
    def tenant(self) -> Tenant:
        """Who calls, where the operation needs somebody."""
        if self.caller is None:
            raise LookupError(f"{self.operation.key} is open to everybody and must not ask who calls")
        return self.caller.tenant

    @property
    def folder(self) -> Path:
        """Where the caller's own files are kept; it goes when a reset forgets the tenant."""
        return self.tenancy.folder(self.tenant.id)
