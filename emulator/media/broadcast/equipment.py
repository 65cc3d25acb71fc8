"""What every engine needs of the room around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offair.emulator.core.ports import Callboy
from offair.emulator.core.showing import Course
from offair.emulator.media.elsewhere.relays import Relays, Show
from offair.emulator.media.listening.earpieces import Earpieces
from offair.emulator.media.packager.arrivals import Arrivals
from offair.emulator.media.transcoding.kit import Kit

if TYPE_CHECKING:  # a start can do without
    from offair.emulator.media.transcoding.outlet import OpenOutlet


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """What engines share: the ``kit``, who hears of their broadcasts, and who else takes what comes out of them.

    ``outlets`` open whoever takes what the packager takes; ``time_url`` says where a cloud's players find the time.
    """

    kit: Kit
    callboy: Callboy
    arrivals: Arrivals
    earpieces: Earpieces
    relays: Relays
    time_url: Callable[[str], str]
    outlets: "Sequence[OpenOutlet]" = ()

    def show_of(self, stream: str) -> Show:
        """Give what shows variants of a stream's broadcast, as soon as there is one."""
        return lambda variant, onlooker: self.earpieces.show(stream, variant, onlooker, Course(), go_on=lambda: True)
