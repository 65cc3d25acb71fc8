"""One track from its packets to its tags: in order, repaired where that is possible, in time."""

from collections.abc import Iterable

from offair.emulator.media.formats.flv import Tag
from offair.emulator.media.ingest.whip.depacketizers import DEPACKETIZERS, CodedFrame
from offair.emulator.media.ingest.whip.lineup import InOrder, Lineup
from offair.emulator.media.ingest.whip.offer import PayloadFormat
from offair.emulator.media.ingest.whip.rtcp import ReceptionReport, SenderReport
from offair.emulator.media.ingest.whip.rtp import RtpPacket
from offair.emulator.media.ingest.whip.tags import WRITERS
from offair.emulator.media.ingest.whip.timeline import TrackClock

TIMES = 1 << 32  # of a tag, in milliseconds
HOLD = {"video": 0.25, "audio": 0.06}  # seconds that a missing packet may take; sound cannot wait longer
SMOOTHING = 16  # RFC 3550, 6.4.1
BACKWARDS = 8  # pictures that are shown before one that came earlier, after which it is no accident
UNSEEN = 5.0  # seconds of packets of which nothing could be made, after which something is wrong with them


class MediaTrack:
    """A track of a ``kind`` (``video`` or ``audio``). Every ``now`` is in seconds since the session began.

    ``source`` is who sends it, known from its first packet on. While it ``needs_key``, no other picture is let through;
    ``keyed`` is when the latest came.
    """

    def __init__(self, kind: str, codec: PayloadFormat) -> None:
        self.kind = kind
        self.asks_again = "nack" in codec.feedback
        self.source: int | None = None
        self.needs_key = kind == "video"
        self.keyed = 0.0
        self.clock = TrackClock(codec.clock)
        self.lineup = Lineup(HOLD[kind])
        self._ticks = codec.clock
        self._codec = codec.name
        self._depacketizer = DEPACKETIZERS[codec.name]()
        self._writer = WRITERS[codec.name]()
        self._latest = -1  # milliseconds, of the tag before
        self._placed = 0.0  # seconds, likewise
        self._backwards = 0
        self._began, self._is_seen = 0.0, False
        self._report: tuple[SenderReport, float] | None = None
        self._first = self._received = 0
        self._told = (0, 0)  # expected and received at the last report
        self._transit: float | None = None
        self._jitter = 0.0

    def push(self, packet: RtpPacket, now: float, shift: float) -> list[Tag]:
        """Take a packet of the source and give the tags that it completes, ``shift`` seconds later than it says."""
        if packet.source != self.source:
            self._begin(packet, now)
        self._received += 1
        self._measure(packet, now)
        return self._write(self.lineup.push(packet, now), now, shift)

    def push_repeated(self, packet: RtpPacket, now: float, shift: float) -> list[Tag]:
        """Take a packet that was asked for again; it does not count as one that came."""
        return self._write(self.lineup.push(packet, now, is_repeat=True), now, shift)

    def pop(self, now: float, shift: float) -> list[Tag]:
        """Give the tags that need wait no longer for what is missing."""
        return self._write(self.lineup.pop(now), now, shift)

    def note(self, report: SenderReport, now: float) -> None:
        """Remember the sender's latest report, to say when it came."""
        self._report = report, now

    def reception(self, now: float) -> ReceptionReport | None:
        """Say how the source is received, since the last time and altogether; None before it has begun."""
        if self.source is None:
            return None
        expected = self.lineup.highest - self._first + 1
        lately, got = expected - self._told[0], self._received - self._told[1]
        self._told = expected, self._received
        lost_lately = 256 * (lately - got) // lately if lately > got else 0
        report, at = self._report or (None, now)
        return ReceptionReport(
            source=self.source,
            lost_lately=min(lost_lately, 255),
            lost=expected - self._received,
            highest=self.lineup.highest,
            jitter=int(self._jitter),
            middle=report.middle if report else 0,
            delay=now - at,
        )

    def flaw(self, now: float) -> str | None:
        """Say what is wrong with what comes, where nobody would see why it is not shown, or how."""
        if self._backwards >= BACKWARDS:
            return "the publisher sends B frames, and WebRTC has none: many pictures are lost; encode without (-bf 0)"
        if self.source is not None and not self._is_seen and now - self._began >= UNSEEN:
            return (
                f"{self.kind} comes from the publisher, and nothing could be made of it for {UNSEEN:g} s: "
                f"is it {self._codec}, as was agreed, and does it begin with a key frame and its parameter sets?"
            )
        return None

    def _begin(self, packet: RtpPacket, now: float) -> None:
        """Listen to a source: the first, or one that takes the place of another and owes nothing to it."""
        self._began, self._is_seen, self._placed = now, False, 0.0
        self.source, self._report, self._transit = packet.source, None, None
        self.needs_key = self.kind == "video"
        self.lineup = Lineup(HOLD[self.kind])
        self._depacketizer = DEPACKETIZERS[self._codec]()
        self.clock.restart()
        self._first, self._received, self._told = packet.number, 0, (0, 0)

    def _measure(self, packet: RtpPacket, now: float) -> None:
        """Measure the jitter (RFC 3550, A.8)."""
        transit = now * self._ticks - packet.timestamp
        if self._transit is not None:
            strayed = abs(transit - self._transit)
            if strayed < self._ticks:  # else the timestamps have wrapped
                self._jitter += (strayed - self._jitter) / SMOOTHING
        self._transit = transit

    def _write(self, packets: Iterable[InOrder], now: float, shift: float) -> list[Tag]:
        tags: list[Tag] = []
        for packet, is_after_gap in packets:
            for frame in self._depacketizer.push(packet, is_after_gap=is_after_gap):
                at = self.clock.place(frame.timestamp, now)
                self._backwards += self.kind == "video" and at < self._placed
                self._placed = at
                if self._is_wanted(frame, now):
                    tags += self._writer.write(frame, self._next(at + shift))
        self._is_seen = self._is_seen or bool(tags)
        return tags

    def _is_wanted(self, frame: CodedFrame, now: float) -> bool:
        if self.kind != "video":
            return True
        if not frame.is_whole:
            self.needs_key = True
        elif frame.is_key:
            self.needs_key, self.keyed = False, now
        return not self.needs_key

    def _next(self, seconds: float) -> int:
        """Write a time in milliseconds, in which no two pictures share one, and none is before another; it wraps."""
        self._latest = max(round(seconds * 1000), self._latest + (self.kind == "video"), 0)
        return self._latest % TIMES
