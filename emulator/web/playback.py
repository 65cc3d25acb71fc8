"""What players fetch: manifests that are never cached, segments that always may be, and the time of day."""

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from offair.emulator.core.audience import Audience
from offair.emulator.core.clock import Clock
from offair.emulator.core.ids import as_written
from offair.emulator.core.ports import MisaskedError, Origin, OverdueError, Piece, Usher
from offair.emulator.core.problems import Problem
from offair.emulator.core.streams import STREAMS
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import Provider
from offair.emulator.provider.query import Query
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Find, Spot
from offair.emulator.web.delivery import deliver
from offair.emulator.web.hearer import Hearer
from offair.emulator.web.hot import Locate
from offair.emulator.web.links import carry, handed_on
from offair.emulator.web.progressive import NAME, Progressive
from offair.emulator.web.responding import respond
from offair.emulator.web.spoiling.spoiler import Spoiler
from offair.emulator.web.viewer import viewing_of

CDN = "/cdn"
APART = "_offair/"  # below it streams play in the common form, whatever form their cloud has: for what is ours
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, Content-Type, Origin, Accept",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, Date, Server, Age",
    "Access-Control-Max-Age": "86400",
    "Timing-Allow-Origin": "*",
}
METHODS = ["GET", "HEAD", "OPTIONS"]
FRESH = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"
PLAYLIST = "application/vnd.apple.mpegurl"


def by_id(path: str, _query: Query) -> Spot | None:
    """Read a playback path of the common form: a stream's id, and a name below the stream's playback root."""
    stream, slash, name = path.partition("/")
    return Spot(as_written(stream), name) if slash and name else None


def common_root(provider: Provider | None, cdn: str, stream: str) -> str:
    """Write where all of a stream is in the common form, below its cloud's ``cdn``."""
    return f"{cdn}/{'' if provider is None or provider.locate is None else APART}{stream}"


def locator(provider: Provider, rooms: Rooms, find: Find | None = None) -> Locate:
    """Read a cloud's playback paths, in its own form or the common one; another cloud's stream is nowhere in it.

    The common form of a cloud that has its own stands apart (``common_root``), so that it is none of the cloud's.
    ``find`` is a service's in place of the cloud's.
    """
    reading = find or provider.locate

    def locate(path: str, query: Query) -> Spot | Reply | None:
        found: Spot | tuple[str, str] | Reply | None
        if reading is None or (find is None and path.startswith(APART)):
            found = by_id(path.removeprefix(APART), query)
        else:
            found = reading(path, query, rooms)
        if isinstance(found, Reply):
            return found
        place = None if found is None else Spot(*found)
        stream = None if place is None else rooms.world.get(STREAMS, place.stream)
        return None if stream is not None and stream.cloud != provider.name else place

    return locate


def _as_it_is(_name: str, piece: Piece) -> Piece:
    return piece


def _linked(name: str, piece: Piece) -> Piece:
    """Have a playlist's links begin where the player asked, and show what it showed."""
    if piece.media_type != PLAYLIST:
        return piece
    folder, asked = posixpath.dirname(name), posixpath.dirname(request.path)
    beside = "" if asked.endswith(f"/{folder}") else folder
    return _carrying(name, piece, query=handed_on(request.query_string.decode("latin-1")), folder=beside)


def _carrying(_name: str, piece: Piece, *, query: str, folder: str = "", heading: str = "") -> Piece:
    """Have a playlist's links show this query too, and put the heading into it, if there is one."""
    if piece.media_type != PLAYLIST:
        return piece
    text = (piece.path.read_bytes() if piece.content is None else piece.content).decode()
    first, _, rest = carry(text, folder=folder, query=query).partition("\n")
    return replace(piece, content="\n".join([first, *filter(None, [heading]), rest]).encode())


@dataclass(frozen=True, kw_only=True)
class Playback:
    """What of one cloud is played, below ``/<cloud>/cdn``, and the time of day at ``/<cloud>/cdn/time``.

    ``locate`` says what a path means, the ``usher`` who may see it, the ``audience`` hears who fetched what was there,
    and the ``spoiler`` lets go wrong what a test asked for. ``stages`` are services that play at roots of their own,
    each with its own ``locate``: what a player shows there in its query is in the links of its playlists too.
    """

    cloud: str
    locate: Locate
    origin: Origin
    usher: Usher
    audience: Audience
    spoiler: Spoiler
    clock: Clock
    stages: Mapping[str, Locate] = field(default_factory=dict)

    def add_to(self, app: Flask, scope: str) -> None:
        """Serve what of it is below a scope: ``/<cloud>``, or that of one of its stages."""
        fetch = self.spoiler.spoiling(self._fetch, CORS)
        fetch_linked = self.spoiler.spoiling(self._fetch_linked, CORS)
        endless = Progressive(self.cloud, self.origin, self.usher, self.audience, CORS, sorry)
        watch = self.spoiler.spoiling(endless.watch, CORS)

        def view(path: str, *, locate: Locate, is_stage: bool) -> Response:
            if request.method == "OPTIONS":
                return Response(status=204, headers=CORS)
            try:
                place = locate(path, Query.of(request.query_string.decode("latin-1")))
            except Problem as problem:
                return sorry(403, str(problem))
            if place is None and is_stage:
                raise NotFound  # the service says so in its own words
            if place is None:
                return sorry(404, f"{path} is nothing that plays")
            if isinstance(place, Reply):
                return respond(replace(place, headers={**CORS, **place.headers}), request)
            stream, name, carried, heading = place
            refused = self.usher.may_watch(self.cloud, viewing_of(request, stream, name))
            if refused is not None:
                return sorry(403, refused.text)
            if name == NAME or name.endswith(f"/{NAME}"):
                return watch(stream, name)
            if carried:
                linked = partial(_carrying, query=carried, heading=heading)
                return self.spoiler.spoiling(partial(self._fetch, linked=linked), CORS)(stream, name)
            return (fetch_linked if is_stage else fetch)(stream, name)

        root = f"/{self.cloud}{CDN}"
        views: dict[str, Callable[..., Response]] = {
            f"{stage}/<path:path>": partial(view, locate=locate, is_stage=True) for stage, locate in self.stages.items()
        }
        views[f"{root}/<path:path>"] = partial(view, locate=self.locate, is_stage=False)
        views[f"{root}/time"] = self._time
        for rule, function in views.items():
            if rule.startswith(f"{scope}/"):
                app.add_url_rule(
                    rule, endpoint=f"play {rule}", view_func=function, methods=METHODS, provide_automatic_options=False
                )

    def _fetch_linked(self, stream: str, name: str) -> Response:
        return self._fetch(stream, name, linked=_linked)

    def _fetch(self, stream: str, name: str, *, linked: Callable[[str, Piece], Piece] = _as_it_is) -> Response:
        hearer = Hearer(request.environ.get("werkzeug.socket"))
        try:
            piece = self.origin.find(stream, name, request.args, go_on=lambda: not hearer.is_gone)
            if piece is None:
                return sorry(404, f"{name} does not exist (yet, or any more)")
            piece = linked(name, piece)
            response = deliver(
                request,
                piece.content if piece.content is not None else piece.path,
                piece.media_type,
                headers=CORS,
                freshness=FOR_EVER if piece.is_immutable else FRESH,
            )
        except MisaskedError as error:
            return sorry(400, str(error))
        except OverdueError as error:
            return sorry(503, str(error))
        except OSError:  # it left the window between the look and the read
            return sorry(404, f"{name} does not exist any more")
        if request.method == "GET":
            viewing = viewing_of(request, stream, name)
            self.audience.saw(stream, viewing.player, viewing=viewing, size=response.content_length or 0)
        return response

    def _time(self) -> Response:
        moment = datetime.fromtimestamp(self.clock.wall(), tz=UTC)
        text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Response(text, headers={**CORS, "Cache-Control": "no-store"}, mimetype="text/plain")


def sorry(status: int, words: str) -> Response:
    """Answer that there is nothing, which may be different in a moment."""
    return Response(f"{words}\n", status, {**CORS, "Cache-Control": FRESH}, "text/plain")
