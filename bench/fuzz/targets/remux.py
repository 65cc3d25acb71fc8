"""FLV that passes through: fragments that the packager's reader reads, or a documented error at a sequence header."""

from offair.emulator.media.formats import flv
from offair.emulator.media.formats.boxes import MalformedMediaError, Splitter, UnsupportedMediaError
from offair.emulator.media.formats.flv import Reader, Tag, TagKind
from offair.emulator.media.formats.gate import Gate
from offair.emulator.media.formats.samples import read_fragment
from offair.emulator.media.formats.tracks import read_track
from offair.emulator.media.transcoding.remux.remux import Remux, can_remux

AVC = Tag(TagKind.VIDEO, 0, bytes.fromhex(
    "1700000000014d400affe10016674d400af64b6022000003000200000300281e244a7001000468ce0fc8"))  # fmt: skip
HEVC = Tag(TagKind.VIDEO, 0, bytes.fromhex(
    "90687663310101600000009000000000001ef000fcfdf8f800000f03200001001840010c01ffff01600000030090000003000003001e9594"
    "09210001002942010101600000030090000003000003001ea042085965654a4c2f0168080000030008000003005040220001000644"
    "01c073c089"))  # fmt: skip
AAC = Tag(TagKind.AUDIO, 0, bytes.fromhex("af00158856e500"))
SOUND = [Tag(TagKind.AUDIO, 128 * number, bytes.fromhex("af01182c")) for number in range(9)]
PICTURES = [Tag(TagKind.VIDEO, 100 * number, bytes.fromhex("2701000064000000022011")) for number in range(1, 9)]
KEY = Tag(TagKind.VIDEO, 0, bytes.fromhex("1701000064000000026511"))
HEVC_KEY = Tag(TagKind.VIDEO, 0, bytes.fromhex("91687663310000c8000000022801"))
HEVC_PICTURES = [Tag(TagKind.VIDEO, 100 * number, bytes.fromhex("a3687663310000000201d0")) for number in range(1, 9)]
HEAD = flv.header(has_audio=True, has_video=True)


def _file(*tags: Tag) -> bytes:
    return HEAD + b"".join(map(flv.pack, tags))


def _in_order(*tags: Tag) -> list[Tag]:
    return sorted(tags, key=lambda tag: tag.timestamp)


SEEDS = (
    _file(AVC, AAC, *_in_order(KEY, *PICTURES, *SOUND)),
    _file(HEVC, AAC, *_in_order(HEVC_KEY, *HEVC_PICTURES, *SOUND)),
    _file(AAC, *SOUND, AAC, *SOUND),
)


def consume(data: bytes) -> None:
    """As an engine does it: what breaks off begins a new run."""
    gate, run = Gate(), _Run()
    try:
        tags = Reader().receive(data)
    except ValueError:
        return
    try:
        for tag in tags:
            if gate.breaks_off(tag):
                run.end()
                gate.rejoin()
                run = _Run()
            content = gate.push(tag)
            if content and not can_remux(gate.facts):
                return
            run.take(content)
        run.end()
    except (MalformedMediaError, UnsupportedMediaError):
        return


class _Run:
    def __init__(self) -> None:
        self._reader, self._remux = Reader(), Remux(0.5)
        self._written: dict[TagKind, bytes] = {}

    def take(self, content: bytes) -> None:
        for tag in self._reader.receive(content):
            for kind, made in self._remux.push(tag).items():
                self._written[kind] = self._written.get(kind, b"") + made

    def end(self) -> None:
        for kind, made in self._remux.end().items():
            self._written[kind] = self._written.get(kind, b"") + made
        for written in self._written.values():
            _look(written)


def _look(written: bytes) -> None:
    init, *pieces = Splitter().push(written)
    track, end = read_track(init.content), 0
    for piece in pieces:
        fragment = read_fragment(track, piece.content)
        assert fragment is not None
        for sample in fragment.samples:
            assert sample.dts >= end
            end = sample.dts + sample.duration
