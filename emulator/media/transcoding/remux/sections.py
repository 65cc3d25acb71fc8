"""Init sections of one track, written from what an encoder's sequence header says (ISO/IEC 14496-12, 8)."""

import struct

from offair.emulator.media.formats.boxes import U32, Fields, MalformedMediaError, box
from offair.emulator.media.formats.codecs import (
    DECODER_CONFIG,
    DECODER_SPECIFIC,
    ES_DESCRIPTOR,
    MPEG4_AUDIO,
    read_avc_record,
    read_hevc_record,
    read_specific,
)
from offair.emulator.media.formats.parameter_sets import find_size

BRANDS = box(b"ftyp", b"iso6", U32.pack(0), b"iso6cmfcmp41")
MOVIE_TIMESCALE = 1000
MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
RECORDS = {"avc1": (b"avcC", read_avc_record), "hvc1": (b"hvcC", read_hevc_record)}
VIDEO_TIMESCALE = 90_000
FIRST_REFERENCE = bytes(6) + struct.pack(">H", 1)  # of a sample entry to the dref box
INCH_72 = 72 << 16  # dots an inch
SHOWN = 3  # a track that is enabled and in the movie
FULL_VOLUME = 0x0100
LARGEST = 0xFFFF  # pixels of a side that a sample entry has room for
UNDETERMINED = 0x55C4  # the language, as three letters of five bits
SELF_CONTAINED = 1
AUDIO_STREAM = 0x15  # streamType 5, upStream 0, reserved 1: ISO/IEC 14496-1, 7.2.6.6
SINGLE = 0x02  # SLConfigDescriptor, predefined for MP4


def video_section(codec: str, record: bytes) -> bytes:
    """Write the init section of pictures of ``avc1`` or ``hvc1``.

    ``record`` is the decoder configuration record. MalformedMediaError for one that does not say a size.
    """
    kind, read = RECORDS[codec]
    _, _, sets = read(Fields(record, 0, len(record)))
    size = find_size(sets, codec)
    if size is None:
        raise MalformedMediaError("the encoder's sequence header has no parameter set that says how large a picture is")
    if not all(0 < side <= LARGEST for side in size):
        raise MalformedMediaError(f"the encoder's sequence header claims pictures of {size[0]}x{size[1]}")
    entry = box(
        codec.encode(),
        FIRST_REFERENCE + bytes(16),
        struct.pack(">HHIIIH", *size, INCH_72, INCH_72, 0, 1),
        bytes(32),  # no compressor's name
        struct.pack(">Hh", 24, -1),
        box(kind, record),
    )
    return _section(b"vide", entry, box(b"vmhd", U32.pack(1), bytes(8)), timescale=VIDEO_TIMESCALE, size=size)


def audio_section(specific: bytes) -> bytes:
    """Write the init section of AAC; its timescale is its sampling rate.

    ``specific`` is the AudioSpecificConfig. UnsupportedMediaError for AAC of a kind that is not ours.
    """
    sound = read_specific(specific)
    decoder = bytes((MPEG4_AUDIO, AUDIO_STREAM)) + bytes(11) + _descriptor(DECODER_SPECIFIC, specific)
    es = bytes(3) + _descriptor(DECODER_CONFIG, decoder) + _descriptor(6, bytes((SINGLE,)))
    entry = box(
        b"mp4a",
        FIRST_REFERENCE + bytes(8),
        struct.pack(">HHII", sound.channels, 16, 0, min(sound.sample_rate, 0xFFFF) << 16),
        box(b"esds", bytes(4), _descriptor(ES_DESCRIPTOR, es)),
    )
    return _section(b"soun", entry, box(b"smhd", bytes(8)), timescale=sound.sample_rate, size=(0, 0))


def _descriptor(tag: int, content: bytes) -> bytes:
    """Write an MPEG-4 descriptor, its length in four bytes: ISO/IEC 14496-1, 8.3.3."""
    length = bytes(len(content) >> shift & 127 | (128 if shift else 0) for shift in (21, 14, 7, 0))
    return bytes((tag,)) + length + content


def _section(handler: bytes, entry: bytes, head: bytes, *, timescale: int, size: tuple[int, int]) -> bytes:
    volume = 0 if handler == b"vide" else FULL_VOLUME
    mvhd = (bytes(12), U32.pack(MOVIE_TIMESCALE), bytes(4), struct.pack(">IH", 0x10000, FULL_VOLUME), bytes(10))
    tkhd = (U32.pack(SHOWN), bytes(8), U32.pack(1), bytes(20), struct.pack(">HH", volume, 0))
    mdhd = (bytes(12), U32.pack(timescale), bytes(4), struct.pack(">HH", UNDETERMINED, 0))
    dinf = box(b"dinf", box(b"dref", bytes(4), U32.pack(1), box(b"url ", U32.pack(SELF_CONTAINED))))
    empty = (box(b"stts", bytes(8)), box(b"stsc", bytes(8)), box(b"stsz", bytes(12)), box(b"stco", bytes(8)))
    stbl = box(b"stbl", box(b"stsd", bytes(4), U32.pack(1), entry), *empty)
    trak = box(
        b"trak",
        box(b"tkhd", *tkhd, MATRIX, struct.pack(">II", size[0] << 16, size[1] << 16)),
        box(
            b"mdia",
            box(b"mdhd", *mdhd),
            box(b"hdlr", bytes(8), handler, bytes(13)),
            box(b"minf", head, dinf, stbl),
        ),
    )
    mvex = box(b"mvex", box(b"trex", bytes(4), struct.pack(">5I", 1, 1, 0, 0, 0)))
    return BRANDS + box(b"moov", box(b"mvhd", *mvhd, MATRIX, bytes(24), U32.pack(2)), trak, mvex)
