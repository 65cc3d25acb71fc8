"""Tracks that came one by one, put together into one fragmented MP4: ISO/IEC 14496-12, 8.8.

A fragment is shared by all readers, so what differs between them is in the init section alone: its edit list says
where in the media the presentation of this reader begins.
"""

from collections.abc import Sequence
from fractions import Fraction

from understudy.emulator.media.packager.boxes import U32, box, boxes, need
from understudy.emulator.media.packager.samples import Fragment
from understudy.emulator.media.packager.tracks import Track, write_edit

BRANDS = box(b"ftyp", b"iso6", U32.pack(0), b"iso5iso6mp41")


def write_init(tracks: Sequence[Track], zero: Fraction) -> bytes:
    """Write one init section for tracks that are numbered from 1 in their order.

    ``zero`` is the moment, in seconds of the shared timeline, at which the presentation begins.
    """
    head = need(tracks[0].init, b"moov", b"mvhd")
    mvhd = tracks[0].init[head.start : head.end - 4] + U32.pack(len(tracks) + 1)  # it ends with next_track_ID: 8.2.2
    traks = [_trak(track, number, zero) for number, track in enumerate(tracks, start=1)]
    trexes = [_trex(track, number) for number, track in enumerate(tracks, start=1)]
    return BRANDS + box(b"moov", mvhd, *traks, box(b"mvex", *trexes))


def place(fragment: Fragment, *, number: int, sequence: int, shift: int) -> bytes:
    """Give a fragment its track's number, its place in the sequence, and times later by ``shift`` ticks."""
    content = bytearray(fragment.content)
    moof = need(content, b"moof")
    traf = need(content, b"traf", within=moof)
    U32.pack_into(content, need(content, b"mfhd", within=moof).body + 4, sequence & 0xFFFFFFFF)
    U32.pack_into(content, need(content, b"tfhd", within=traf).body + 4, number)
    if shift:
        tfdt = need(content, b"tfdt", within=traf)
        at, width = tfdt.body + 4, 8 if content[tfdt.body] else 4
        content[at : at + width] = (int.from_bytes(content[at : at + width]) + shift).to_bytes(width)
    return bytes(content)


def _trak(track: Track, number: int, zero: Fraction) -> bytes:
    init = track.init
    trak = need(init, b"moov", b"trak")
    parts: list[bytes] = []
    for child in boxes(init, trak.body, trak.end):
        content = init[child.start : child.end]
        if child.kind == b"tkhd":  # the track's number follows two times, whose width is the version's: 8.3.2
            at = child.body - child.start + (20 if init[child.body] else 12)
            parts.append(content[:at] + U32.pack(number) + content[at + 4 :])
            parts.append(write_edit(track.skip + round(zero * track.timescale)))
        elif child.kind != b"edts":
            parts.append(content)
    return box(b"trak", *parts)


def _trex(track: Track, number: int) -> bytes:
    trex = need(track.init, b"moov", b"mvex", b"trex")
    at = trex.body + 4
    return track.init[trex.start : at] + U32.pack(number) + track.init[at + 4 : trex.end]
