from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.ts import AUDIO_PID, OFFSET, VIDEO_PID, WRAP, Multiplexer, Unit

UNITS = st.lists(
    st.builds(
        Unit,
        dts=st.integers(0, 1 << 34),
        pts=st.integers(0, 1 << 34),
        is_sync=st.booleans(),
        content=st.binary(min_size=1, max_size=700),
    ),
    max_size=8,
)


def read(stream):
    """Take transport packets apart: for each PID, (is a start, adaptation field, payload, counter)."""
    assert 0 == len(stream) % 188
    packets = {}
    for at in range(0, len(stream), 188):
        packet = stream[at : at + 188]
        assert 0x47 == packet[0]
        pid, control = (packet[1] & 31) << 8 | packet[2], packet[3] >> 4
        if control & 3 == 2:
            continue  # it tells the time and nothing else
        size = packet[4] + 1 if control & 2 else 0
        assert control & 1
        field = packet[5 : 4 + size]
        packets.setdefault(pid, []).append((bool(packet[1] & 0x40), field, packet[4 + size :], packet[3] & 15))
    return packets


def payloads(packets, pid):
    """Join what belongs to one PES packet."""
    whole = []
    for is_start, _, payload, _ in packets.get(pid, []):
        whole = [*whole, payload] if is_start else [*whole[:-1], whole[-1] + payload]
    return whole


def stamp(content):
    assert content[0] & content[2] & content[4] & 1
    return (content[0] >> 1 & 7) << 30 | content[1] << 22 | (content[2] >> 1) << 15 | content[3] << 7 | content[4] >> 1


@given(units=UNITS)
def test_every_picture_comes_out_of_its_packets_again(units):
    packets = read(Multiplexer("h264", None, {}).segment(units, []))
    written = payloads(packets, VIDEO_PID)
    assert [unit.content for unit in units] == [pes[9 + pes[8] :] for pes in written]
    for unit, pes in zip(units, written, strict=True):
        assert b"\0\0\1\xe0\0\0" == pes[:6]
        assert unit.pts + OFFSET & WRAP == stamp(pes[9:14])
        assert unit.dts + OFFSET & WRAP == stamp(pes[14:19] if pes[7] == 0xC0 else pes[9:14])


@given(units=UNITS)
def test_every_sound_comes_out_of_its_packets_again(units):
    written = payloads(read(Multiplexer(None, "aac", {}).segment([], units)), AUDIO_PID)
    assert b"".join(unit.content for unit in units) == b"".join(pes[9 + pes[8] :] for pes in written)
    assert all(int.from_bytes(pes[4:6]) == len(pes) - 6 for pes in written)


@given(first=UNITS, second=UNITS)
def test_counters_go_on_from_segment_to_segment(first, second):
    counters: dict[int, int] = {}
    segments = [Multiplexer("hevc", "aac", counters).segment(units, units) for units in (first, second)]
    for packets in read(b"".join(segments)).values():
        assert [number & 15 for number in range(len(packets))] == [packet[3] for packet in packets]


def test_a_segment_begins_with_its_tables():
    stream = Multiplexer("h264", "aac", {}).segment([Unit(0, 0, is_sync=True, content=b"x")], [])
    assert b"\x47\x40\x00" == stream[:3]
    assert b"\x47\x50\x00" == stream[188:191]
    pmt = stream[188 + 5 :]
    assert b"\x1b\xe1\x00\xf0\x00" + b"\x0f\xe1\x01\xf0\x00" == pmt[12:22]


def test_a_table_ends_with_a_checksum_that_proves_it():
    """CRC-32/MPEG-2 over a section and its own checksum is zero."""
    stream = Multiplexer("h264", None, {}).segment([], [])
    length = int.from_bytes(stream[6:8]) & 0xFFF
    register = 0xFFFFFFFF
    for byte in stream[5 : 8 + length]:
        for bit in range(7, -1, -1):
            top = register >> 31 ^ byte >> bit & 1
            register = register << 1 & 0xFFFFFFFF ^ (0x04C11DB7 if top else 0)
    assert 0 == register


def test_a_key_frame_is_marked_and_each_picture_carries_the_clock():
    units = [Unit(at * 3000, at * 3000, is_sync=at == 0, content=b"x" * 300) for at in range(3)]
    packets = read(Multiplexer("h264", "aac", {}).segment(units, []))[VIDEO_PID]
    fields = [field for is_start, field, _, _ in packets if is_start]
    assert [0x50, 0x10, 0x10] == [field[0] for field in fields]
    clocks = [int.from_bytes(field[1:7]) >> 15 for field in fields]
    assert [3000, 3000] == [b - a for a, b in pairwise(clocks)]
    assert all(clock < unit.dts + OFFSET for clock, unit in zip(clocks, units, strict=True))


def test_time_wraps_at_33_bits():
    unit = Unit(WRAP + 1 - OFFSET, WRAP + 1 - OFFSET, is_sync=True, content=b"x")
    (pes,) = payloads(read(Multiplexer("h264", None, {}).segment([unit], [])), VIDEO_PID)
    assert 0 == stamp(pes[9:14])


def clocks(stream):
    """Where the time is told: the index of the packet, and the time in 90 kHz."""
    packets = [stream[at : at + 188] for at in range(0, len(stream), 188)]
    return [
        (number, int.from_bytes(packet[6:12]) >> 15)
        for number, packet in enumerate(packets)
        if packet[3] & 0x20 and packet[4] > 6 and packet[5] & 0x10
    ]


@given(gaps=st.lists(st.integers(1, 4 * 90_000), min_size=1, max_size=8), has_sound=st.booleans())
def test_the_time_is_told_every_tenth_of_a_second_however_rare_pictures_are(gaps, has_sound):
    times = [sum(gaps[:count]) for count in range(len(gaps))]
    pictures = [Unit(time, time, is_sync=True, content=b"p" * 300) for time in times]
    sounds = (
        [Unit(at, at, is_sync=True, content=b"s" * 100) for at in range(0, times[-1] + 1, 1920)] if has_sound else []
    )
    multiplexer = Multiplexer("h264", "aac" if has_sound else None, {})
    half = len(pictures) // 2
    stream = multiplexer.segment(pictures[:half], sounds[: len(sounds) // 2])
    stream += multiplexer.segment(pictures[half:], sounds[len(sounds) // 2 :])
    told = [time for _, time in clocks(stream)]

    assert all(0 < later - earlier <= 9_000 for earlier, later in pairwise(told))


@given(rate=st.sampled_from([8_000, 22_050, 44_100, 48_000]))
def test_the_time_is_told_in_sound_alone_of_any_rate(rate):
    step = 1024 * 90_000 // rate
    sounds = [Unit(number * step, number * step, is_sync=True, content=b"s" * 100) for number in range(60)]
    told = [time for _, time in clocks(Multiplexer(None, "aac", {}).segment([], sounds))]

    assert all(0 < later - earlier <= 9_000 for earlier, later in pairwise(told))
