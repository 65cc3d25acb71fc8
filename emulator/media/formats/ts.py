"""Our MPEG-TS multiplexer (ISO/IEC 13818-1): one programme of at most one picture and one sound.

Each segment begins with PAT and PMT; continuity counters go on from segment to segment.
"""

import struct
from collections.abc import Sequence
from itertools import cycle, islice
from typing import NamedTuple

PACKET, ROOM = 188, 184
PAT_PID, PMT_PID, VIDEO_PID, AUDIO_PID = 0, 0x1000, 0x100, 0x101
VIDEO_STREAM, AUDIO_STREAM = 0xE0, 0xC0
STREAM_TYPES = {"h264": 0x1B, "hevc": 0x24, "aac": 0x0F}
HEVC_REGISTRATION = b"\x05\x04HEVC"
CLOCK = 90_000
WRAP = (1 << 33) - 1
OFFSET = 126_000  # 1.4 s: decode times of reordered pictures and primed sound, and the PCR, stay positive
LEAD = 63_000  # 0.7 s: how long before its decoding a byte arrives
LOAD = f"{ROOM}s"  # as struct calls what a packet carries
COUNTED = bytes(0x10 | count for count in range(16))  # the last byte of a head: payload alone, and its number
FRAMES_A_PES = 4  # AAC frames
CLOCK_STEP = 8_100  # 90 ms: a PCR comes at least every 100 ms (2.7.2), with a packet of its own where nothing is due
LONGEST_GAP = 60 * CLOCK  # that is filled with them


class Unit(NamedTuple):
    """An access unit as elementary stream, times in 90 kHz ticks."""

    dts: int
    pts: int
    is_sync: bool
    content: bytes


class Multiplexer:
    """Turns access units into segments. ``counters`` holds each PID's continuity counter and outlives it."""

    def __init__(self, video: str | None, audio: str | None, counters: dict[int, int]) -> None:
        self._counters = counters
        self._clock_pid = VIDEO_PID if video else AUDIO_PID
        self._told: int | None = None  # the time that was told last
        streams = b""
        if video:
            descriptor = HEVC_REGISTRATION if video == "hevc" else b""
            streams += _stream(STREAM_TYPES[video], VIDEO_PID, descriptor)
        if audio:
            streams += _stream(STREAM_TYPES[audio], AUDIO_PID)
        self._tables = (
            (PAT_PID, _section(0x00, b"\0\1" + _pid(PMT_PID))),
            (PMT_PID, _section(0x02, _pid(self._clock_pid) + b"\xf0\0" + streams)),
        )

    def segment(self, video: Sequence[Unit], audio: Sequence[Unit]) -> bytes:
        """Write a segment; units in decoding order, sound is spread between the pictures it belongs to."""
        parts: list[bytes | bytearray] = []
        for pid, section in self._tables:
            parts.append(self._table(pid, section))
        groups = [audio[at : at + FRAMES_A_PES] for at in range(0, len(audio), FRAMES_A_PES)]
        groups.reverse()
        for unit in video:
            self._keep_time(parts, unit.dts, groups)
            while groups and groups[-1][0].dts <= unit.dts:
                self._put_sound(parts, groups.pop())
            head = _pes_head(VIDEO_STREAM, unit.pts, unit.dts, 0)
            self._put(parts, VIDEO_PID, head + unit.content, clock=unit.dts, is_entry=unit.is_sync)
            self._told = unit.dts
        while groups:
            if self._clock_pid == AUDIO_PID:
                self._keep_time(parts, groups[-1][0].dts, [])
            self._put_sound(parts, groups.pop())
        return b"".join(parts)

    def _keep_time(self, parts: list[bytes | bytearray], until: int, groups: list[Sequence[Unit]]) -> None:
        """Tell the time as often as it has to be told, up to something that tells it by itself."""
        if self._told is None or not 0 < until - self._told <= LONGEST_GAP:
            return
        while until - self._told > CLOCK_STEP:
            self._told += CLOCK_STEP
            while groups and groups[-1][0].dts <= self._told:
                self._put_sound(parts, groups.pop())
            count = self._counters.get(self._clock_pid, 0) - 1 & 15  # it carries nothing, so it is not counted
            head = bytes((0x47, self._clock_pid >> 8, self._clock_pid & 0xFF, 0x20 | count))
            field = _adaptation(self._told, is_entry=False)
            parts += (head, _stuffed(field, ROOM - len(field)))

    def _put_sound(self, parts: list[bytes | bytearray], group: Sequence[Unit]) -> None:
        content = b"".join(unit.content for unit in group)
        first = group[0]
        pes = _pes_head(AUDIO_STREAM, first.pts, first.pts, len(content)) + content
        clock = first.dts if self._clock_pid == AUDIO_PID else None
        self._put(parts, AUDIO_PID, pes, clock=clock, is_entry=True)
        if clock is not None:
            self._told = clock

    def _count(self, pid: int) -> int:
        count = self._counters.get(pid, 0)
        self._counters[pid] = (count + 1) & 15
        return count

    def _table(self, pid: int, section: bytes) -> bytes:
        head = bytes((0x47, 0x40 | pid >> 8, pid & 0xFF, 0x10 | self._count(pid)))
        return (head + b"\0" + section).ljust(PACKET, b"\xff")

    def _put(self, parts: list[bytes | bytearray], pid: int, pes: bytes, *, clock: int | None, is_entry: bool) -> None:
        """Cut a PES packet into transport packets: the first with its adaptation field, the last stuffed."""
        field = _adaptation(clock, is_entry=is_entry)
        begin = ROOM - len(field)
        if len(pes) < begin:
            field = _stuffed(field, begin - len(pes))
            begin = len(pes)
        parts += (
            bytes((0x47, 0x40 | pid >> 8, pid & 0xFF, (0x30 if field else 0x10) | self._count(pid))),
            field,
            pes[:begin],
        )
        full = (len(pes) - begin) // ROOM
        end = begin + full * ROOM
        if full:
            parts.append(self._full(pid, pes[begin:end], full))
        if rest := pes[end:]:
            head = bytes((0x47, pid >> 8, pid & 0xFF, 0x30 | self._count(pid)))
            parts += (head, _stuffed(b"", ROOM - len(rest)), rest)

    def _full(self, pid: int, content: bytes, full: int) -> bytearray:
        """Write packets without an adaptation field, all at once; their counters go round."""
        head, count = bytes((0x47, pid >> 8, pid & 0xFF, 0)), self._counters[pid]
        packets = bytearray(head + head.join(struct.unpack(LOAD * full, content)))
        packets[3::PACKET] = bytes(islice(cycle(COUNTED), count, count + full))
        self._counters[pid] = (count + full) & 15
        return packets


def _pid(pid: int) -> bytes:
    return (0xE000 | pid).to_bytes(2)


def _stream(kind: int, pid: int, descriptors: bytes = b"") -> bytes:
    return bytes((kind,)) + _pid(pid) + (0xF000 | len(descriptors)).to_bytes(2) + descriptors


def _section(table: int, body: bytes) -> bytes:
    """Write a PSI section: 2.4.4; it is always programme 1 of transport stream 1."""
    section = bytes((table,)) + (0xB000 | len(body) + 9).to_bytes(2) + b"\0\1\xc1\0\0" + body
    return section + _crc(section).to_bytes(4)


def _crc(content: bytes) -> int:
    """CRC-32/MPEG-2: 13818-1, annex A. Run twice a broadcast, so it needs no table."""
    register = 0xFFFFFFFF
    for byte in content:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C11DB7 if register & 0x80000000 else 0)) & 0xFFFFFFFF
    return register


def _adaptation(clock: int | None, *, is_entry: bool) -> bytes:
    """Write an adaptation field with the programme clock of a decode time: 2.4.3.4."""
    if clock is None and not is_entry:
        return b""
    flags = (0x40 if is_entry else 0) | (0x10 if clock is not None else 0)
    pcr = b"" if clock is None else ((clock + OFFSET - LEAD & WRAP) << 15 | 0x7E00).to_bytes(6)
    return bytes((1 + len(pcr), flags)) + pcr


def _stuffed(field: bytes, count: int) -> bytes:
    """Lengthen an adaptation field (or begin one) by so many bytes."""
    if not count:
        return field
    if field:
        return bytes((field[0] + count,)) + field[1:] + b"\xff" * count
    return b"\0" if count == 1 else bytes((count - 1, 0)) + b"\xff" * (count - 2)


def _pes_head(stream: int, pts: int, dts: int, length: int) -> bytes:
    """Write a PES header: 2.4.3.6; a length of 0 is 'until the next one', allowed for pictures only."""
    stamps = _stamp(3, pts) + _stamp(1, dts) if dts != pts else _stamp(2, pts)
    whole = 3 + len(stamps) + length if length else 0
    flags = 0xC0 if dts != pts else 0x80
    return b"\0\0\1" + bytes((stream,)) + whole.to_bytes(2) + bytes((0x84, flags, len(stamps))) + stamps


def _stamp(prefix: int, time: int) -> bytes:
    time = time + OFFSET & WRAP
    return (
        prefix << 36
        | (time >> 30 & 7) << 33
        | 1 << 32
        | (time >> 15 & 0x7FFF) << 17
        | 1 << 16
        | (time & 0x7FFF) << 1
        | 1
    ).to_bytes(5)
