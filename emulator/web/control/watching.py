"""Watching what the stand-in plays, without being a viewer: nobody is counted, asked, or let down on purpose."""

from collections.abc import Iterator

from offair.emulator.core.ports import Piece, Tap
from offair.emulator.core.problems import Missing
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.faulting import find_stream
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.control.streams import root_of
from offair.emulator.web.endless import Endless
from offair.emulator.web.hearer import Hearer

PICTURE = "thumbnail.jpg"
UNKEPT = {"Cache-Control": "no-store"}


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations that show what plays."""

    @operation("GET /watch/{streamId}")
    def watch(call: Call) -> Reply:
        stream = find_stream(steered, call.path["streamId"])
        if not stream.state.is_on_air:
            raise Missing(f"the stream {stream.id} is {stream.state}: publish to it, and watch it then")
        rendition = call.query.get("rendition")

        def begin(hearer: Hearer) -> tuple[str, Iterator[bytes]]:
            tap = steered.desk.origin.tap(stream.id, rendition, hearer.sever, is_counted=False)
            if tap is None:
                words = f"has no rendition {rendition} that plays" if rendition else "gives nothing to be seen (yet)"
                raise Missing(f"the stream {stream.id} {words}")
            hearer.keep_little_unseen()
            return tap.media_type, _read(tap, hearer)

        return Reply(200, Endless(begin), UNKEPT, "video/mp4")

    @operation("GET /streams/{streamId}/thumbnail.jpg")
    def thumbnail(call: Call) -> Reply:
        stream = find_stream(steered, call.path["streamId"])
        piece = steered.desk.origin.find(stream.id, PICTURE, {})
        if piece is None:
            raise Missing(f"there is no picture of the stream {stream.id} (yet)")
        return Reply(200, piece.path if piece.content is None else piece.content, UNKEPT, piece.media_type)

    @operation("GET /streams/{streamId}/playlists")
    def playlists(call: Call) -> Reply:
        stream = find_stream(steered, call.path["streamId"])
        root = root_of(steered, stream.cloud, stream.id)
        named = (
            (name, steered.desk.origin.find(stream.id, name, {})) for name in steered.desk.stage.manifests(stream.id)
        )
        there = [
            {"name": name, "url": f"{root}/{name}", "media_type": piece.media_type, "text": _text(piece)}
            for name, piece in named
            if piece
        ]
        return Reply(200, {"playlists": there})


def _read(tap: Tap, hearer: Hearer) -> Iterator[bytes]:
    try:
        for content in tap:
            if not content and hearer.is_gone:
                return
            yield content
    finally:
        tap.close()


def _text(piece: Piece) -> str:
    return (piece.path.read_bytes() if piece.content is None else piece.content).decode()
