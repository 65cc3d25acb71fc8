"""Which room may look into which, and who may say a cloud's name. The layers within are import-linter's."""

from collections.abc import Collection, Iterator, Mapping

from laws.reach import ours, reached
from laws.source import Source, clouds

ALL = "*"
# of the emulator: what each room, and each module beside the rooms, may import besides itself
MAY: Mapping[str, tuple[str, ...]] = {
    "": (),
    "core": (),
    "settings": (),
    "folder": (),
    "fetching": ("core",),
    "watching": ("core", "fetching"),
    "chat": ("core",),
    "provider": ("chat", "core", "settings"),
    "providers": ("chat", "core", "provider"),
    "media": ("core",),
    "web": ("core", "provider", "settings", "watching"),
    "webhooks": ("core", "provider"),
    "console": ("core", "provider", "web"),
    "furnishing": ("core", "provider", "webhooks"),
    "mounting": ("console", "core", "provider", "web"),
    "emulator": ("core", "settings", "folder", "provider", "media", "web", "webhooks", "mounting", "furnishing"),
    "postbox": ("core", "web"),
    "target": ("core", "counterpart", "emulator", "postbox", "provider", "watching"),
    "counterpart": ("core", "emulator"),
    "cli": (ALL,),
    "root": ("cli",),
}
# below everything, and above everything
MAY_TOP: Mapping[str, tuple[str, ...]] = {
    "contracts": ("contracts",),
    "emulator": ("emulator", "contracts"),
    "fixtures": ("fixtures", "emulator", "contracts"),
}
SESSIONS = ("emulator/media/ingest/rtmp", "emulator/media/ingest/srt", "emulator/media/ingest/whip")
DOORS = {"transport", "door"}  # of a session's folder: what holds the socket, and where offers are brought
OUTSIDE = ("socket", "ssl", "asyncio", "threading", "select", "selectors", "queue", "concurrent", "subprocess")


def find_short_names(source: Source) -> Iterator[str]:
    """Name imports of a room without the prefix: they would make a second copy of every class."""
    for name in sorted(reached(source)):
        if name.split(".")[0] in MAY_TOP:
            yield f"{source.name} imports {name}: put 'offair.' before it, or it exists twice"


def find_strangers(source: Source) -> Iterator[str]:
    """Name what a module imports from a room that it may not look into."""
    top = source.parts[0]
    for name in ours(source):
        if not _begins(name, MAY_TOP[top]):
            yield f"{source.name} imports {name}: {top} may use {', '.join(MAY_TOP[top])}; contracts stand below all"
    if top != "emulator":
        return
    if source.room not in MAY:
        yield f"{source.name} is in no room that the law knows: give {source.room} a row in MAY, and in ARCHITECTURE.md"
        return
    allowed = (*MAY[source.room], source.room)
    for name in ours(source):
        inner = name.removeprefix("emulator.")
        if inner != name and ALL not in allowed and not _begins(inner, allowed):
            yield (
                f"{source.name} imports {name}: {source.room} may use {', '.join(allowed)}; "
                "rooms speak through core/ports and events, and emulator.py puts them together"
            )


def find_foreign_clouds(source: Source, names: Collection[str] | None = None) -> Iterator[str]:
    """Name the clouds that a file speaks of although it is not in their folder, and the files of others it imports."""
    text = source.text.lower()
    for cloud in clouds() if names is None else names:
        if cloud in text and cloud not in source.parts:
            yield (
                f"{source.name} names {cloud}: what is one cloud's stands in that cloud's folders alone; "
                "what two clouds need goes into core or the form that they fill in"
            )


def find_open_sessions(source: Source) -> Iterator[str]:
    """Name what a protocol session reaches that talks or waits: it has bytes in, events and bytes out (law 9)."""
    if not source.lies_in(SESSIONS) or source.parts[-1] in DOORS:
        return
    for name in sorted(reached(source)):
        if _begins(name, OUTSIDE):
            yield f"{source.name} reaches {name}: bytes in, events and bytes out; the edge has the sockets"


def _begins(name: str, beginnings: Collection[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in beginnings)
