"""The earpiece of every stream that is on air; where readers of the progressive MP4 come in."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from offair.emulator.core.audience import Audience
from offair.emulator.core.clock import Deadline
from offair.emulator.core.showing import Course, Onlooker, Parting
from offair.emulator.core.streams import Stream
from offair.emulator.media.listening.expecting import Expected
from offair.emulator.media.transcoding.kit import Kit

if TYPE_CHECKING:  # a start can do without
    from offair.emulator.media.listening.earpiece import Earpiece
    from offair.emulator.media.listening.progressive.feed import Feed
    from offair.emulator.media.listening.progressive.tap import FeedTap
    from offair.emulator.media.packager.plan import PackagePlan

GOODBYE = 0.5  # seconds in which a reader may take its last bytes while the emulator closes


class Earpieces:
    """The earpiece of every stream that is on air; where readers come in."""

    def __init__(self, kit: Kit, audience: Audience) -> None:
        self._journal = kit.journal
        self._clock = kit.clock
        self._audience = audience
        self._by_stream: dict[str, Earpiece] = {}
        self._expected: list[Expected] = []
        self._changed = threading.Condition()

    def open(self, stream: Stream, publication: str, plan: "PackagePlan") -> "Earpiece":
        """Listen to a broadcast that begins."""
        from offair.emulator.media.listening.earpiece import Earpiece

        def drop() -> None:
            words = "a reader of the endless MP4 took too little for too long, and was dropped"
            self._journal.write_about(stream, "publication", words)

        def fail(error: Exception) -> None:
            self._journal.write_about(stream, "trouble", f"somebody could not be shown the stream: {error!r}")

        self._audience.begin(stream.id, plan.segment)
        earpiece = Earpiece(
            plan, publication=publication, clock=self._clock, on_key=self.wake, on_slow=drop, on_error=fail
        )
        self._by_stream[stream.id] = earpiece
        for expected in self._take_expected(lambda one: one.stream == stream.id):
            expected.begin(earpiece.feed(expected.variant))
        return earpiece

    def of(self, stream: str, publication: str) -> "Earpiece | None":
        """The earpiece of a stream's broadcast; None before its transcoder first ran."""
        earpiece = self._by_stream.get(stream)
        return earpiece if earpiece and earpiece.publication == publication else None

    def tap(
        self, stream: str, variant: str | None, sever: Callable[[], None], *, is_counted: bool, deadline: Deadline,
        go_on: Callable[[], bool],
    ) -> "FeedTap | None":  # fmt: skip
        """Let a reader in, waiting for a key frame until the deadline or until ``go_on`` says that none will come."""

        def find() -> "Feed | None":
            earpiece = self._by_stream.get(stream)
            feed = earpiece.feed(variant) if earpiece else None
            return feed if feed and feed.can_be_joined else None

        with self._changed:
            while (feed := find()) is None:
                if deadline.is_over or not go_on():
                    return None
                self._changed.wait(deadline.remaining)
        return feed.join(sever, is_counted=is_counted)

    def show(
        self, stream: str, variant: str | None, onlooker: Onlooker, course: Course, *, go_on: Callable[[], bool]
    ) -> Callable[[], None] | None:
        """Show a stream from a key frame on, as soon as there is one; None when ``go_on`` says that none will come.

        What is given ends it. Whoever waits for a stream that starts is told when that never does.
        """
        earpiece = self._by_stream.get(stream)
        feed = earpiece.feed(variant) if earpiece else None
        if earpiece is not None and feed is None:
            return None
        showing = feed.show(onlooker, course) if feed else None
        if showing is not None:
            return showing.leave
        if not go_on():
            return None
        expected = Expected(stream, variant, onlooker, course, go_on)
        with self._changed:
            self._expected.append(expected)
        opened = self._by_stream.get(stream)
        if (opened is not earpiece or not go_on()) and self._take_expected(lambda one: one is expected):
            return self.show(stream, variant, onlooker, course, go_on=go_on)  # what was missed a moment ago
        return lambda: self._leave(expected)

    def give_up(self) -> None:
        """Tell whoever waits for a stream that will not start, and let whoever waits look again."""
        self.wake()
        for expected in self._take_expected(lambda one: not one.go_on()):
            expected.onlooker.over(Parting.ABSENT, "nothing is on air")

    def _take_expected(self, wanted: Callable[[Expected], bool]) -> list[Expected]:
        with self._changed:
            taken = [expected for expected in self._expected if wanted(expected)]
            self._expected = [expected for expected in self._expected if expected not in taken]
        return taken

    def _leave(self, expected: Expected) -> None:
        with self._changed:
            self._expected = [one for one in self._expected if one is not expected]
        expected.leave()

    def wake(self) -> None:
        """Let whoever waits look again."""
        with self._changed:
            self._changed.notify_all()

    def forget(self, stream: str) -> None:
        """Let go of a stream that is deleted."""
        self._by_stream.pop(stream, None)
        self._audience.forget(stream)

    def close(self) -> None:
        """End every reader: with a moment to take what is its own, and then at once."""
        deadline = self._clock.deadline(GOODBYE)
        feeds = [feed for earpiece in self._by_stream.values() for feed in earpiece.feeds]
        for feed in feeds:
            feed.finish()
        for feed in feeds:
            feed.wait_for_readers(deadline)
            feed.cut()
