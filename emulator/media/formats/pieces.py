"""One track as it comes, piece by piece: its init section as a :class:`Track`, then its fragments."""

from collections.abc import Sequence

from offair.emulator.media.formats.boxes import Splitter
from offair.emulator.media.formats.samples import Fragment, read_fragment
from offair.emulator.media.formats.tracks import Track, read_track

Piece = Track | Fragment


class Written(bytes):
    """Bytes of a track whose writer tells what is in them, so that nobody has to read them again."""

    pieces: Sequence[Piece]

    def __new__(cls, *pieces: Piece) -> "Written":
        """Put pieces one behind the other."""
        contents = [piece.init if isinstance(piece, Track) else piece.content for piece in pieces]
        written = super().__new__(cls, contents[0] if len(contents) == 1 else b"".join(contents))
        written.pieces = pieces
        return written


class TrackReader:
    """Reads a track's bytes, cut anywhere; MalformedMediaError for what is not fragmented MP4 of one track."""

    def __init__(self) -> None:
        self._splitter = Splitter()
        self._track: Track | None = None

    def receive(self, content: bytes) -> Sequence[Piece]:
        """Take the next bytes and give the pieces that they complete."""
        if isinstance(content, Written):
            return content.pieces
        pieces: list[Piece] = []
        for run in self._splitter.push(content):
            if run.kind == "init":
                self._track = read_track(run.content)
                pieces.append(self._track)
            elif self._track is not None and (fragment := read_fragment(self._track, run.content)) is not None:
                pieces.append(fragment)
        return pieces
