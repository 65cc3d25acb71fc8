"""Whatever an encoder's media has become on its way, it is taken or refused, and never met as a bug of ours."""

from contextlib import suppress
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from tiny_media import SPS

from offair.emulator.core.clock import Clock
from offair.emulator.media.broadcast.seat import Seat
from offair.emulator.media.formats.boxes import MalformedMediaError
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.formats.mpegts import NotMpegTsError
from offair.emulator.media.formats.ts import Multiplexer, Unit
from offair.emulator.media.formats.ts_packets import PACKET
from offair.emulator.media.ingest.reception import Chunk
from offair.emulator.media.listening.numbers.source import SourceMeter
from offair.emulator.media.testcard.clip import load_clip

CLIP = load_clip()[:60]
LC_48_MONO = bytes.fromhex("fff14c40")
TICKS = 90  # a millisecond
changes = st.lists(st.tuples(st.integers(0), st.integers(0), st.integers(0, 255)), min_size=1, max_size=30)
moments = st.lists(st.tuples(st.integers(0), st.integers(0, (1 << 32) - 1)), max_size=3)


@dataclass
class Heard:
    """What a seat brought to its engine, taken as an engine does, but for a transcoder."""

    seat: Seat
    meter: SourceMeter

    def take(self, piece: Tag | Chunk) -> None:
        self.seat.measure(self.meter, run := self.seat.run_on([piece]))
        for item in [piece][len(run) :]:
            if self.seat.breaks_off(item, is_copied=True):
                self.seat.rejoin()
            self.seat.measure_piece(self.meter, item, self.seat.open(item))

    def tell(self) -> object:
        return self.seat.trouble, self.seat.unread, self.meter.numbers(self.seat.facts, is_connected=True)


def hear(container: str, pieces: list[Tag | Chunk]) -> Heard:
    clock = Clock()
    seat = Seat(id, None, container, clock=clock, stale_after=15.0, on_fault=lambda *_: None)
    heard = Heard(seat, SourceMeter(clock.monotonic))
    with suppress(NotMpegTsError, MalformedMediaError):
        for piece in pieces:
            heard.take(piece)
    heard.tell()
    return heard


def program() -> bytes:
    """The clip's times and sizes as MPEG-TS."""
    pictures, sounds = [], []
    for tag in CLIP:
        time, content = tag.timestamp * TICKS, tag.payload[5:]
        if tag.kind is TagKind.AUDIO:
            sounds.append(Unit(time, time, is_sync=True, content=LC_48_MONO + content))
        elif tag.is_picture:
            begin = SPS + b"\0\0\1\x68set\0\0\1\x65" if tag.is_keyframe else b"\0\0\1\x41"
            pictures.append(Unit(time, time, is_sync=tag.is_keyframe, content=begin + content))
    muxer = Multiplexer("h264", "aac", {})
    return b"".join(muxer.segment([one], sounds[place : place + 1]) for place, one in enumerate(pictures))


PROGRAM = program()


def test_what_nobody_changed_is_taken():
    chunks = [Chunk(PROGRAM[at : at + PACKET]) for at in range(0, len(PROGRAM), PACKET)]

    assert [("avc1", "mp4a")] * 2 == [
        (heard.seat.facts.video, heard.seat.facts.audio) for heard in (hear("flv", CLIP), hear("mpegts", chunks))
    ]


@given(changes=changes, moments=moments)
def test_changed_tags_are_taken_or_refused(changes, moments):
    tags = list(CLIP)
    for which, place, value in changes:
        tag, content = tags[which % len(tags)], bytearray(tags[which % len(tags)].payload[:2000] or b"\0")
        content[place % min(len(content), 64)] = value
        tags[which % len(tags)] = Tag(tag.kind, tag.timestamp, bytes(content))
    for which, moment in moments:
        tag = tags[which % len(tags)]
        tags[which % len(tags)] = Tag(tag.kind, moment, tag.payload)
    hear("flv", tags)


@given(changes=changes, size=st.sampled_from([PACKET, 7 * PACKET, 1000]), cut=st.integers(0, 400))
def test_changed_packets_are_taken_or_refused(changes, size, cut):
    content = bytearray(PROGRAM)
    for which, place, value in changes:
        content[which % (len(content) // PACKET) * PACKET + place % 40] = value
    del content[5000 : 5000 + cut]
    hear("mpegts", [Chunk(bytes(content[at : at + size])) for at in range(0, len(content), size)])
