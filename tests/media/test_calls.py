"""What a copied stream costs, counted in function calls: the same on any machine, however busy."""

import struct
import sys
from fractions import Fraction

from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.formats.gate import Gate
from offair.emulator.media.ingest.rtmp import messages
from offair.emulator.media.ingest.rtmp.chunks import ChunkReader, ChunkWriter
from offair.emulator.media.listening.numbers.source import SourceMeter
from offair.emulator.media.packager.names import FMP4, TS
from offair.emulator.media.packager.plan import DashPlan, HlsPlan, PackagePlan, TrackPlan, VariantPlan
from offair.emulator.media.packager.take import Take
from offair.emulator.media.transcoding.remux.remux import Remux

SPS = bytes.fromhex("6742c00dd90141fb0110000003001000000303c0f14992")  # 320x180
AVCC = b"\x01" + SPS[1:4] + b"\xff\xe1" + struct.pack(">H", len(SPS)) + SPS + bytes.fromhex("01000468cb8cb2")
HEADERS = [
    Tag(TagKind.VIDEO, 0, b"\x17\0\0\0\0" + AVCC),
    Tag(TagKind.AUDIO, 0, bytes.fromhex("af001190")),  # AAC-LC, 48 kHz, stereo
]
UNIT = (4000).to_bytes(4) + b"\x41" + bytes(3999)
GULP, WARM, SECONDS = 200, 4, 12  # milliseconds that come together; seconds before the counting, and in all
MOST_TO_READ = 8  # calls of Python functions for a tag
MOST_TO_SEGMENT = 38
NAMES = {TagKind.VIDEO: "source", TagKind.AUDIO: "audio"}


def programme(seconds: int) -> list[Tag]:
    """Media as a usual encoder sends it: 30 pictures a second with a key frame every two, and AAC of 48 kHz."""
    pictures = [
        Tag(TagKind.VIDEO, round(n * 1000 / 30), (b"\x27" if n % 60 else b"\x17") + b"\x01\0\0\0" + UNIT)
        for n in range(30 * seconds)
    ]
    sounds = [Tag(TagKind.AUDIO, n * 1024 // 48, b"\xaf\x01" + bytes(200)) for n in range(47 * seconds)]
    return HEADERS + sorted(pictures + sounds, key=lambda tag: tag.timestamp)


def gulps(tags: list[Tag]) -> list[list[Tag]]:
    """Put together what a tick brings."""
    return [[tag for tag in tags if tag.timestamp // GULP == n] for n in range(tags[-1].timestamp // GULP + 1)]


class Counter:
    """Counts calls of Python functions while it is open."""

    def __init__(self) -> None:
        self.calls = 0

    def __enter__(self) -> None:
        self._before = sys.getprofile()
        sys.setprofile(self._count)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self._before)

    def _count(self, _frame: object, event: str, _argument: object) -> None:
        self.calls += event == "call"


def package() -> PackagePlan:
    """As a stream is packaged that asks for nothing special: MPEG-TS for HLS, fMP4 for DASH."""
    plain = {"bitrate": 0, "peak_bitrate": 0, "has_set_keys": False}
    return PackagePlan(
        tracks=(
            TrackPlan(name="source", kind="video", frame_rate=Fraction(30), **plain),
            TrackPlan(name="audio", kind="audio", frame_rate=None, **plain),
        ),
        variants=(VariantPlan(name="source", video="source", audio="audio"),),
        segment=2.0,
        hls=HlsPlan(segment_format="mpegts", playlist_size=6, preserved_segments=2, part=None),
        dash=DashPlan(window=60, min_buffer=4),
    )


def test_to_read_a_tag_takes_few_calls():
    reader, writer, counter = ChunkReader(), ChunkWriter(), Counter()
    tags = programme(2)
    start = writer.set_chunk_size(messages.CHUNK_SIZE)
    data = b"".join(writer.write(messages.MEDIA_STREAMS[tag.kind], messages.write_tag(tag, 1)) for tag in tags)
    list(reader.receive(start))
    with counter:
        read = [messages.read_tag(message) for message in reader.receive(data)]

    assert tags == read
    assert MOST_TO_READ > counter.calls / len(tags)


def test_from_a_tag_to_its_share_of_the_segments_it_takes_few_calls():
    gate, remux, meter, counter = Gate(), Remux(0.5), SourceMeter(lambda: 0.0), Counter()
    take = Take(package(), {"source": {}}, wall=lambda: 0.0, not_before=0.0, told_parts={})
    cuts, counted = [], 0

    def carry(gulp: list[Tag]) -> None:
        run = gate.run_on(gulp)
        meter.take_tags(run)
        passed = [tag for item in gulp[len(run) :] for tag in gate.admit(item) if isinstance(tag, Tag)]
        for tag in (*run, *passed):
            for kind, content in remux.push(tag).items():
                cuts.extend(take.feed(NAMES[kind], content))

    for number, gulp in enumerate(gulps(programme(SECONDS))):
        if number < WARM * 1000 // GULP:
            carry(gulp)
            continue
        counted += len(gulp)
        with counter:
            carry(gulp)

    assert {FMP4, TS} == {cut.place.suffix for cut in cuts}
    assert MOST_TO_SEGMENT > counter.calls / counted
