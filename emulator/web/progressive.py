"""The endless answer: a running stream as one MP4, in chunks, for as long as the broadcast and its reader last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response, request

from offair.emulator.core.audience import Audience
from offair.emulator.core.ports import Origin, Tap, Usher
from offair.emulator.core.viewing import Viewing
from offair.emulator.web.hearer import Hearer
from offair.emulator.web.viewer import viewing_of

NAME = "stream.mp4"


@dataclass(frozen=True, slots=True)
class Progressive:
    """Serves ``stream.mp4``, the best variant, and ``<variant>/stream.mp4``; ``sorry`` says that there is nothing."""

    cloud: str
    origin: Origin
    usher: Usher
    audience: Audience
    headers: dict[str, str]
    sorry: Callable[[int, str], Response]

    def watch(self, stream: str, name: str) -> Response:
        """Answer with the stream from its latest key frame on."""
        variant = name.rpartition("/")[0] or None
        headers = {**self.headers, "Cache-Control": "no-store", "Accept-Ranges": "none"}
        hearer = Hearer.of(request.environ)
        tap = self.origin.tap(stream, variant, hearer.sever)
        if tap is None:
            return self.sorry(404, f"{NAME} of {variant or stream} is not on air")
        if request.method == "HEAD":
            tap.close()
            return Response(headers=headers, mimetype="video/mp4")
        hearer.keep_little_unseen()
        viewing = viewing_of(request, stream, name, protocol="mp4")
        return Response(self._read(tap, viewing, hearer), headers=headers, mimetype="video/mp4")

    def _read(self, tap: Tap, viewing: Viewing, hearer: Hearer) -> Iterator[bytes]:
        rise = self.usher.seat(self.cloud, viewing, hearer.sever)
        try:
            for content in tap:
                if not content and hearer.is_gone:
                    return
                self.audience.saw(viewing.stream, viewing.player, viewing=viewing, size=len(content))
                yield content
        finally:
            rise()
            tap.close()
            self.audience.left(viewing.stream, viewing.player)
