"""One publisher: datagrams and time in; datagrams, and FLV tags, out (RFC 9725; RFC 8445 as the lite side).

Liveness is no matter of STUN: some publishers ask twice and never again. Whatever proves that it knows the session's
secrets is a sign of life.
"""

from collections.abc import Callable, Sequence
from typing import Any

from offair.emulator.media.formats.flv import Tag
from offair.emulator.media.ingest.whip import answer, rtcp
from offair.emulator.media.ingest.whip.dtls import Association, HandshakeError, Identity
from offair.emulator.media.ingest.whip.offer import Offer
from offair.emulator.media.ingest.whip.rtp import RtpPacket, is_protected, is_rtcp
from offair.emulator.media.ingest.whip.srtp import Envelopes
from offair.emulator.media.ingest.whip.stun import BindingRequest, bind
from offair.emulator.media.ingest.whip.tags import announce
from offair.emulator.media.ingest.whip.timeline import LipSync
from offair.emulator.media.ingest.whip.track import MediaTrack

REPORTS = 1.0  # seconds between two reports
KEYS, PATIENCE = 0.5, 0.15  # seconds between two times that a key frame is asked for, and until the first
GOP = 2.0  # seconds after which a key frame is asked for: browsers send none by themselves, and segments begin with one
MOST_BITS = 4_000_000  # a second, of video
DTLS = range(20, 64)  # first bytes of a datagram (RFC 7983)
Address = tuple[Any, ...]  # as the socket gives it


class Session:
    """Receives one publisher's tracks. Every ``now`` is in seconds of a clock that never goes back.

    ``id`` is the secret of its URL, ``ufrag`` what its STUN is told by, ``answer`` what the publisher gets. ``heard``
    counts what came from nobody else. ``is_over`` when it said goodbye, or broke it off: then ``trouble`` says how.
    """

    def __init__(
        self,
        offer: Offer,
        identity: Identity,
        *,
        candidates: Sequence[answer.Address],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self.id, self.ufrag = random_bytes(16).hex(), random_bytes(4).hex()
        self._password = random_bytes(16).hex()
        ours = answer.Credentials(ufrag=self.ufrag, password=self._password, fingerprint=identity.fingerprint)
        number = int.from_bytes(random_bytes(8)) >> 2
        self.answer = answer.write(offer, ours, number=number, candidates=candidates)
        self._source = int.from_bytes(random_bytes(4))
        self._may_be_reduced = offer.may_be_reduced
        self._dtls = Association(identity, offer.fingerprint, is_client=answer.is_dtls_client(offer))
        self._envelopes: Envelopes | None = None
        self._tracks = {section.kind: MediaTrack(section.kind, codec) for section, codec in offer.tracks}
        self._kinds = {codec.number: section.kind for section, codec in offer.tracks}
        self._repeats = {
            section.repeats[codec.number]: section.kind
            for section, codec in offer.tracks
            if codec.number in section.repeats
        }
        self._sync = LipSync()
        self._began: float | None = None
        self._peer: Address | None = None
        self._reported, self._asked = 0.0, PATIENCE - KEYS  # seconds since it began
        self._out: list[tuple[bytes, Address]] = []
        self._flawed: set[str] = set()  # kinds of tracks of which that was told
        self.heard = 0
        self.is_over = False
        self.trouble: str | None = None

    def greet(self, request: BindingRequest, address: Address, now: float) -> bool:
        """Answer a STUN request from an address; False for one that does not know the password."""
        if not request.is_sealed_by(self._password):
            return False
        self.heard += 1
        if request.is_nominating or self._peer is None:
            self._peer = address
        self._out.append((bind(request, address[0], address[1], self._password), address))
        self._send(self._dtls.begin(now))
        return True

    def receive(self, datagram: bytes, now: float) -> list[Tag]:
        """Take a datagram that is no STUN, and give what it completes; what it cannot mean is ignored."""
        if self.is_over or not datagram:
            return []
        if datagram[0] in DTLS:
            return self._shake(datagram, now)
        if not is_protected(datagram) or self._envelopes is None:
            return []
        if is_rtcp(datagram):
            reports = self._envelopes.open_reports(datagram)
            self.heard += reports is not None
            self._note(reports or b"", self._since(now))
            return []
        packet = self._envelopes.open_media(datagram)
        self.heard += packet is not None
        tags = self._take(packet or b"", self._since(now))
        self._ask(self._since(now))
        return tags

    def tick(self, now: float) -> list[Tag]:
        """Do what is due; to be called every 0.02 s. Gives what waited for packets that did not come."""
        if self.is_over:
            return []
        if self._envelopes is None:
            try:
                self._send(self._dtls.tick(now))
            except HandshakeError as error:
                self._break_off(str(error))
            return []
        since = self._since(now)
        tags = [tag for track in self._tracks.values() for tag in track.pop(since, self._shift(track))]
        self._ask(since)
        if since - self._reported >= REPORTS:
            self._reported = since
            self._report(since)
        return tags

    def flaws(self, now: float) -> list[str]:
        """Say what is wrong with the publisher's media, of each track once."""
        found = {
            track.kind: words
            for track in self._tracks.values()
            if track.kind not in self._flawed and (words := track.flaw(self._since(now)))
        }
        self._flawed |= found.keys()
        return list(found.values())

    def want_key(self) -> None:
        """Let no picture through before the next key frame, which is asked for."""
        if (video := self._tracks.get("video")) is not None:
            video.needs_key = True

    def close(self) -> None:
        """Say goodbye."""
        self.is_over = True
        self._send(self._dtls.close())

    def outgoing(self) -> list[tuple[bytes, Address]]:
        """Give the datagrams to send, each with where to."""
        out, self._out = self._out, []
        return out

    def _since(self, now: float) -> float:
        return now - (now if self._began is None else self._began)

    def _shake(self, datagram: bytes, now: float) -> list[Tag]:
        try:
            self._send(self._dtls.receive(datagram))
        except HandshakeError as error:
            self._break_off(str(error))
            return []
        self.is_over = self._dtls.is_over
        if self._envelopes is not None or self._dtls.keys is None:
            return []
        self._envelopes, self._began = Envelopes(self._dtls.keys), now
        self.heard += 1
        return [announce(tuple(self._tracks))]

    def _break_off(self, words: str) -> None:
        self.is_over, self.trouble = True, words

    def _take(self, content: bytes, now: float) -> list[Tag]:
        packet = RtpPacket.read(content)
        if packet is None:
            return []
        if packet.kind in self._repeats:
            track = self._tracks[self._repeats[packet.kind]]
            if track.source is None or (original := packet.repeated(packet.kind, track.source)) is None:
                return []
            return track.push_repeated(original, now, self._shift(track))
        if packet.kind not in self._kinds:
            return []
        track = self._tracks[self._kinds[packet.kind]]
        return track.push(packet, now, self._shift(track))

    def _shift(self, track: MediaTrack) -> float:
        return self._sync.shift if track.kind == "audio" else 0.0

    def _note(self, content: bytes, now: float) -> None:
        for report in rtcp.read(content):
            for track in self._tracks.values():
                if track.source == report.source:
                    track.note(report, now)
                    lead = track.clock.lead(report)
                    if lead is not None:
                        self._sync.note(track.kind, lead, now)

    def _ask(self, now: float) -> None:
        """Ask for what is missing: packets, or a whole picture."""
        for track in self._tracks.values():
            if track.source is None:
                continue
            if track.asks_again and track.lineup.has_gaps and (numbers := track.lineup.wanted(now)):
                self._tell(rtcp.ask_again(self._source, track.source, numbers))
            is_due = track.needs_key or (track.kind == "video" and now - track.keyed >= GOP)
            if is_due and now - self._asked >= KEYS:
                self._asked = now
                self._tell(rtcp.ask_for_key(self._source, track.source))

    def _report(self, now: float) -> None:
        receptions = [found for track in self._tracks.values() if (found := track.reception(now)) is not None]
        if not receptions:
            return
        packets = rtcp.report(self._source, receptions)
        video = self._tracks.get("video")
        if video is not None and video.source is not None:
            packets += rtcp.allow(self._source, [video.source], MOST_BITS)
        self._tell(packets)

    def _tell(self, packets: bytes) -> None:
        """Send RTCP: FFmpeg reads feedback only where it stands alone, and others want a report before it."""
        if not self._may_be_reduced and packets[1] != rtcp.RECEIVER_REPORT:
            packets = rtcp.report(self._source) + packets
        if self._envelopes is not None:
            self._send([self._envelopes.close_reports(packets)])

    def _send(self, datagrams: Sequence[bytes]) -> None:
        if self._peer is not None:
            self._out += [(datagram, self._peer) for datagram in datagrams]
