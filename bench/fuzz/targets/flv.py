"""FLV: tags or a ValueError, the same however the bytes are cut; and the gate's output is FLV again, in bounds."""

from cuts import outcome, pieces

from offair.emulator.media.formats import amf0, flv
from offair.emulator.media.formats.flv import Reader, Tag, TagKind
from offair.emulator.media.formats.gate import Gate

METADATA = Tag(TagKind.SCRIPT, 0, amf0.encode("onMetaData", {"videocodecid": 7.0, "audiocodecid": 10.0}))
TAGS = (
    METADATA,
    Tag(TagKind.VIDEO, 0, b"\x17\0\0\0\0avcC"),
    Tag(TagKind.AUDIO, 0, b"\xaf\0\x12\x10"),
    Tag(TagKind.VIDEO, 0xFFFFFFF0, b"\x17\x01\0\0\0key"),
    Tag(TagKind.AUDIO, 9, b"\xaf\x01aac"),
    Tag(TagKind.VIDEO, 40, b"\x27\x01\0\0\0inter"),
)
ENHANCED = (
    Tag(TagKind.VIDEO, 0, b"\x90hvc1cfg"),
    Tag(TagKind.VIDEO, 0, b"\x91hvc1\0\0\0key"),
    Tag(TagKind.AUDIO, 0, b"\x2fmp3"),
)
HEAD = flv.header(has_audio=True, has_video=True)
SEEDS = tuple(b"\x0b" + HEAD + b"".join(map(flv.pack, tags)) for tags in (TAGS, TAGS[1:], ENHANCED))


def consume(data: bytes) -> None:
    """The first byte says into what pieces the rest is cut, and where the gate has to rejoin."""
    step, said = data[0] + 1 if data else 1, data[1:]
    tags, refusal = outcome(Reader().receive, pieces(said, len(said) or 1), ValueError)
    cut, cut_refusal = outcome(Reader().receive, pieces(said, step), ValueError)
    assert (refusal is None) == (cut_refusal is None)
    assert tags == cut or refusal is not None
    gate, out = Gate(), b""
    for number, tag in enumerate(cut):
        if number == step or gate.breaks_off(tag):
            gate.rejoin()
            out = b""
        out += gate.push(tag)
    if out:
        assert (gate.facts.has_audio << 2 | gate.facts.has_video) == out[4]
        flv.read(out)
