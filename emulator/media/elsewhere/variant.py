"""One variant of a broadcast on its way to a relay: an onlooker, whose fragments become tags again."""

from collections.abc import Sequence

from offair.emulator.core.showing import Cue, Parting, Sight
from offair.emulator.core.sockets import Pieces
from offair.emulator.media.elsewhere.relay import Lead, Relay
from offair.emulator.media.formats.unfolding import Unfolding


class RelayedVariant:
    """Fills ``Onlooker``. Takes whatever comes: the relay leaves out what its target is too slow for."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._unfolding: Unfolding | None = None

    def begun(self, sight: Sight) -> None:
        """Have the target called, anew where the encoder changes."""
        if self._unfolding is not None:
            self._relay.pause()
        self._unfolding = Unfolding(sight.init, fps=sight.picture.fps if sight.picture else None)
        self._relay.begin(Lead("flv", {tag.kind: tag for tag in self._unfolding.heads(0)}))

    def shown(self, fragments: Sequence[Pieces]) -> int:
        """Send fragments on; nothing ever waits here."""
        if self._unfolding is not None:
            for tag in self._unfolding.tags([b"".join(pieces) for pieces in fragments]):
                self._relay.put(tag)
        return 0

    def told(self, cue: Cue) -> None:
        """Leave out what is said: an ffmpeg that sends on has no such messages."""

    def over(self, ending: Parting, words: str) -> None:  # noqa: ARG002 - the broadcast's end is told to the relay itself
        """Let the target go."""
        self._relay.pause()
