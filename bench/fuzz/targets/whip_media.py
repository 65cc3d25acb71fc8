"""RTP, RTCP and STUN of a publisher, as they are once they are opened: times never go back, memory is bounded."""

import struct

from offair.emulator.media.formats.flv import TagKind, elapsed
from offair.emulator.media.ingest.whip import rtcp
from offair.emulator.media.ingest.whip.lineup import MOST
from offair.emulator.media.ingest.whip.offer import PayloadFormat
from offair.emulator.media.ingest.whip.rtp import RtpPacket
from offair.emulator.media.ingest.whip.stun import BindingRequest, is_stun
from offair.emulator.media.ingest.whip.timeline import LipSync
from offair.emulator.media.ingest.whip.track import MediaTrack

CODECS = {96: ("video", "H264", 90_000), 98: ("video", "VP9", 90_000), 111: ("audio", "OPUS", 48_000)}
STEP = 0.02
SPS, PPS = b"\x67\x42\xc0\x1f\xda\x01\x40\x16", b"\x68\xce\x3c\x80"


def _packet(kind: int, number: int, payload: bytes, *, marker: bool = True) -> bytes:
    return struct.pack(">BBHII", 0x80, marker << 7 | kind, number & 0xFFFF, number * 3000, kind) + payload


def _said(*datagrams: bytes) -> bytes:
    return b"".join(struct.pack(">BH", 1, len(datagram)) + datagram for datagram in datagrams)


def _set(*units: bytes) -> bytes:
    return b"\x78" + b"".join(struct.pack(">H", len(unit)) + unit for unit in units)


REPORT = struct.pack(">BBHIIIIII", 0x80, 200, 6, 96, 3_900_000_000, 0, 3000, 1, 1)
SEEDS = (
    _said(_packet(96, 65_534, _set(SPS, PPS), marker=False), _packet(96, 65_534, b"\x65key"), _packet(96, 1, b"\x41x"),
          _packet(96, 0, b"\x41y"), REPORT, _packet(96, 40_000, b"\x7c\x85a"), _packet(96, 40_001, b"\x7c\x45b")),
    _said(_packet(98, 1, b"\x8c\x05key"), _packet(98, 2, b"\x8e\x05\x38" + bytes(8) + b"\1\4\1x"),
          _packet(98, 3, b"\xfc\x85\1\x40\3\2x"), _packet(98, 5, b"\xac\5\x40\1x"), _packet(98, 4, b"\x4cx")),
    _said(_packet(111, 1, b"sound"), _packet(111, 2, b""), REPORT + REPORT, _packet(111, 9, b"sound")),
    _said(b"\0\1\0\x24\x21\x12\xa4\x42" + bytes(12) + b"\0\6\0\4a:bc\0\x25\0\0\0\x08\0\x14" + bytes(20)),
)  # fmt: skip


def consume(data: bytes) -> None:
    """A list of ticks to wait, a length, and a packet of that length."""
    now, at = 0.0, 0
    tracks = {number: MediaTrack(kind, PayloadFormat(number=number, name=name, clock=clock))
              for number, (kind, name, clock) in CODECS.items()}  # fmt: skip
    latest, sync = dict.fromkeys(tracks, 0), LipSync()
    while at + 3 <= len(data):
        ticks, length = struct.unpack_from(">BH", data, at)
        content = data[at + 3 : at + 3 + length % 1500]
        at += 3 + len(content)
        now += ticks * STEP
        if is_stun(content):
            request = BindingRequest.read(content)
            assert request is None or not request.is_sealed_by("a password that nobody guesses")
        for report in rtcp.read(content):
            for track in tracks.values():
                track.note(report, now)
                if (lead := track.clock.lead(report)) is not None:
                    sync.note(track.kind, lead, now)
        packet = RtpPacket.read(content)
        for number, track in tracks.items():
            tags = track.pop(now, sync.shift)
            if packet is not None and packet.kind == number:
                tags += track.push(packet, now, sync.shift)
            for tag in tags:
                assert elapsed(latest[number], tag.timestamp) >= 0
                assert tag.kind is (TagKind.VIDEO if track.kind == "video" else TagKind.AUDIO)
                latest[number] = tag.timestamp
            assert len(track.lineup.wanted(now)) <= 2 * MOST
            assert (reception := track.reception(now)) is None or len(reception.to_bytes()) == 24
