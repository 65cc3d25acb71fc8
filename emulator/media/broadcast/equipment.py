"""What every engine needs of the room around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from offair.emulator.core.clock import Deadline
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Callboy
from offair.emulator.media.elsewhere.relays import Relays
from offair.emulator.media.listening.listeners import Listeners
from offair.emulator.media.packager.arrivals import Arrivals

if TYPE_CHECKING:  # a start can do without
    from offair.emulator.media.transcoding.outlet import OpenOutlet


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """What engines share; ``outlets`` open whoever else takes what the packager takes. ``stale_after`` in seconds."""

    choose_ffmpeg: Callable[[], Path]
    profile: str
    journal: Journal
    callboy: Callboy
    arrivals: Arrivals
    wall: Callable[[], float]
    monotonic: Callable[[], float]
    deadline: Callable[[float], Deadline]
    listeners: Listeners
    stale_after: float
    time_url: Callable[[str], str]
    relays: Relays
    outlets: "Sequence[OpenOutlet]" = ()
