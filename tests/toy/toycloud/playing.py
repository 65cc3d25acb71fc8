"""Where the toy's rooms are watched, and by whom."""

from urllib.parse import urlencode

from offair.emulator.core.ports import Reason, Refused
from offair.emulator.core.streams import Stream
from offair.emulator.core.viewing import Viewing
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.query import Query
from offair.emulator.provider.surface import Spot
from toycloud.rules import PASSES, VENUES


def locate(path: str, query: Query, rooms: Rooms) -> Spot | None:
    """Read ``hls/<stage>/<name>``; a playlist's links carry the pass that it was fetched with."""
    kind, _, rest = path.partition("/")
    stage, _, name = rest.partition("/")
    found = rooms.world.get(VENUES, stage) if kind == "hls" and name else None
    shown = urlencode({"pass": query["pass"]}) if "pass" in query else ""
    return Spot(found.room, name, carried=shown) if found else None


def usher(viewing: Viewing, stream: Stream | None, rooms: Rooms) -> Refused | None:
    """Let nobody into a guarded room who has no pass for it that is still good."""
    if stream is None or not stream.extra["is_guarded"]:
        return None
    given = viewing.query.get("pass", ())
    paper = rooms.world.get(PASSES, given[0]) if given else None
    if paper is None or paper.room != stream.id or paper.until <= rooms.world.clock.now():
        return Refused(Reason.FORBIDDEN, "this room is guarded, and your pass is not good")
    return None
