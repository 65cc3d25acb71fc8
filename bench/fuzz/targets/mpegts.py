"""MPEG-TS at the gate: packets or a NotMpegTsError, the same however the bytes are cut."""

from cuts import outcome, pieces

from offair.emulator.media.formats.mpegts import PACKET, NotMpegTsError, TsGate


def _packet(pid: int, content: bytes, *, adaptation: bytes = b"") -> bytes:
    head = bytes((0x47, 0x40 | pid >> 8, pid & 0xFF, 0x30 if adaptation else 0x10)) + adaptation
    return (head + content).ljust(PACKET, b"\xff")


PAT = _packet(0, bytes.fromhex("00 00b00d0001c10000 0001e100 2ab104b2"))
PMT = _packet(0x100, bytes.fromhex("00 02b0170001c10000 e100f000 1be100f000 0fe101f000 2f44b99b"))
MEDIA = _packet(0x101, bytes.fromhex("000001e0"), adaptation=b"\x07\x50\0\0\0\0\x7e\0")
SEEDS = (b"\x0a" + PAT + PMT + MEDIA, b"\xbb" + b"noise" + MEDIA + PAT + PMT + MEDIA, b"\x00\x47" + PMT + PAT)


def consume(data: bytes) -> None:
    """The first byte says into what pieces the rest is cut."""
    step, said = data[0] + 1 if data else 1, data[1:]
    whole, cut = TsGate(), TsGate()
    one = outcome(lambda piece: [whole.push(piece)], pieces(said, len(said) or 1), NotMpegTsError)
    other = outcome(lambda piece: [cut.push(piece)], pieces(said, step), NotMpegTsError)
    assert (b"".join(one[0]), one[1], whole.facts) == (b"".join(other[0]), other[1], cut.facts)
    whole.rejoin()
