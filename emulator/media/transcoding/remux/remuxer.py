"""In a transcoder's place where nothing is transcoded: tags in, fragments to the sinks, and no process."""

from collections.abc import Callable, Mapping, Sequence

from offair.emulator.media.formats.flv import Passed, Tag, TagKind
from offair.emulator.media.transcoding.ladder import Plan
from offair.emulator.media.transcoding.outlet import Sink, Sinks
from offair.emulator.media.transcoding.remux.remux import Remux

FRAGMENT = 0.5  # seconds; a single picture where the packager makes parts
KINDS = {"video": TagKind.VIDEO, "audio": TagKind.AUDIO}


class Remuxer:
    """Has the words of a transcoder, and no process, so ``pid`` and ``progress`` are None.

    ``is_patient`` says that a fragment lasts longer than what comes at once, except at key frames.
    ``on_error`` hears of what a sink raised.
    """

    pid = None
    progress = None

    def __init__(
        self, plan: Plan, sinks: Sequence[Mapping[str, Sink]], *, on_error: Callable[[Exception], None]
    ) -> None:
        self._names = {KINDS[track.kind]: track.name for track in plan.package.tracks}
        self._sinks = Sinks(self._names.values(), sinks, on_error)
        self.is_patient = plan.package.part is None
        self._remux = Remux(FRAGMENT if self.is_patient else 0.0)

    @property
    def carried(self) -> int:
        """How many bytes came out."""
        return self._sinks.carried

    def write(self, passed: Passed, *, go_on: Callable[[], bool]) -> None:  # noqa: ARG002 - nothing here waits
        """Take tags; MalformedMediaError for a sequence header that says nothing sensible."""
        for tag in passed:
            if isinstance(tag, Tag) and (fragments := self._remux.push(tag)):
                self._deliver(fragments)

    def close(self) -> None:
        """Give the sinks what is left."""
        self._deliver(self._remux.end())

    def _deliver(self, fragments: Mapping[TagKind, bytes]) -> None:
        for kind, content in fragments.items():
            self._sinks.deliver(self._names[kind], content)
