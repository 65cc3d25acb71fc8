"""H5Live as a service: its sockets, and where its progressive MP4 and its playlists play. A cloud says what exists."""

from functools import partial

from offair.contracts.contract import Contract
from offair.emulator.core.problems import Forbidden, Unbuilt
from offair.emulator.provider.call import Call, Rooms
from offair.emulator.provider.operations import Operations, Sockets
from offair.emulator.provider.query import Query
from offair.emulator.provider.surface import Cors, Render, Spot, Surface
from offair.emulator.providers.bintu.h5live.viewer import Viewer
from offair.emulator.providers.bintu.h5live.wish import REFUSED, Denied, Find, read_query

FOLDERS = ("h5live/http/", "h5live/authhttp/")
PROGRESSIVE, PLAYLIST = "stream.mp4", "playlist.m3u8"


def serve(promise: Contract, find: Find, render: Render) -> Surface:
    """Make the service: ``find`` says what a wish means, and whether there is such a thing."""
    sockets = Sockets(promise)
    for key in promise.sockets:
        sockets(key)(partial(_open, find=find))
    return Surface(
        operations=Operations(promise), sockets=sockets, render=render, cors=Cors(), locate=partial(locate, find=find)
    )


def locate(path: str, query: Query, rooms: Rooms, *, find: Find) -> Spot | None:
    """Read ``h5live/http/stream.mp4`` and ``playlist.m3u8``, and what that leads to; Forbidden for who is refused."""
    folder = next((folder for folder in FOLDERS if path.startswith(folder)), None)
    if folder is None:
        return None
    found = find(read_query(query.lists), rooms)
    if isinstance(found, Denied):
        if found.code == REFUSED:
            raise Forbidden(found.words)
        return None
    name = path.removeprefix(folder)
    variant = f"{found.variant}/" if found.variant else ""
    if name == PROGRESSIVE:
        return Spot(found.stream, variant + PROGRESSIVE)
    if name == PLAYLIST:
        return Spot(found.stream, f"{variant}index.m3u8" if variant else "master.m3u8")
    return Spot(found.stream, name)


def _open(call: Call, *, find: Find) -> Viewer:
    if call.gallery is None:
        raise Unbuilt("nothing plays here")
    return Viewer(call, find, call.gallery)
