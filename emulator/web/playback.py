"""What players fetch: manifests that are never cached, segments that always may be, and the time of day."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Flask, Response, request

from offair.emulator.core.audience import Audience
from offair.emulator.core.clock import Clock
from offair.emulator.core.ids import as_written
from offair.emulator.core.ports import MisaskedError, Origin, OverdueError, Usher
from offair.emulator.core.streams import STREAMS
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import Place, Provider
from offair.emulator.provider.query import Query
from offair.emulator.provider.reply import Reply
from offair.emulator.web.delivery import deliver
from offair.emulator.web.progressive import NAME, Progressive
from offair.emulator.web.responding import respond
from offair.emulator.web.spoiling.spoiler import Spoiler
from offair.emulator.web.viewer import viewing_of

CDN = "/cdn"
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

Locate = Callable[[str, Query], Place | Reply | None]


def by_id(path: str, _query: Query) -> Place | None:
    """Read a playback path of the common form: a stream's id, and a name below the stream's playback root."""
    stream, slash, name = path.partition("/")
    return (as_written(stream), name) if slash and name else None


def locator(provider: Provider, rooms: Rooms) -> Locate:
    """Read a cloud's playback paths, in its own form or the common one; another cloud's stream is nowhere in it."""

    def locate(path: str, query: Query) -> Place | Reply | None:
        place = by_id(path, query) if provider.locate is None else provider.locate(path, query, rooms)
        if isinstance(place, Reply):
            return place
        stream = None if place is None else rooms.world.get(STREAMS, place[0])
        return None if stream is not None and stream.cloud != provider.name else place

    return locate


@dataclass(frozen=True, kw_only=True)
class Playback:
    """What of one cloud is played, below ``/<cloud>/cdn``, and the time of day at ``/<cloud>/cdn/time``.

    ``locate`` says what a path means, the ``usher`` who may see it, the ``audience`` hears who fetched what was there,
    and the ``spoiler`` lets go wrong what a test asked for.
    """

    cloud: str
    locate: Locate
    origin: Origin
    usher: Usher
    audience: Audience
    spoiler: Spoiler
    clock: Clock

    def add_to(self, app: Flask) -> None:
        """Serve it."""
        fetch = self.spoiler.spoiling(self._fetch, CORS)
        endless = Progressive(self.cloud, self.origin, self.usher, self.audience, CORS, sorry)
        watch = self.spoiler.spoiling(endless.watch, CORS)

        def view(path: str) -> Response:
            if request.method == "OPTIONS":
                return Response(status=204, headers=CORS)
            place = self.locate(path, Query.of(request.query_string.decode("latin-1")))
            if place is None:
                return sorry(404, f"{path} is nothing that plays")
            if isinstance(place, Reply):
                return respond(replace(place, headers={**CORS, **place.headers}), request)
            stream, name = place
            refused = self.usher.may_watch(self.cloud, viewing_of(request, stream, name))
            if refused is not None:
                return sorry(403, refused.text)
            return (watch if name == NAME or name.endswith(f"/{NAME}") else fetch)(stream, name)

        root = f"/{self.cloud}{CDN}"
        for rule, name, function in ((f"{root}/<path:path>", "play", view), (f"{root}/time", "time", self._time)):
            app.add_url_rule(
                rule, endpoint=f"{root}.{name}", view_func=function, methods=METHODS, provide_automatic_options=False
            )

    def _fetch(self, stream: str, name: str) -> Response:
        try:
            piece = self.origin.find(stream, name, request.args)
            if piece is None:
                return sorry(404, f"{name} does not exist (yet, or any more)")
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
