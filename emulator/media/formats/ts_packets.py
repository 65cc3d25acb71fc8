"""Packets of MPEG-TS, one at a time: what begins in them, and when (ISO/IEC 13818-1, 2.4.3)."""

PACKET = 188
TIMESTAMPS = 1 << 33  # there are so many before they begin anew
PES_START = b"\0\0\1"
VIDEO_STREAM = 0xE0  # with the number of the stream in the low four bits


def first_key(packets: bytes) -> int | None:
    """Tell where, in whole packets, a picture begins that needs no other."""
    starts = range(0, len(packets), PACKET)
    return next((at for at in starts if begins_picture(packet := packets[at : at + PACKET]) and is_key(packet)), None)


def begins_picture(packet: bytes | bytearray) -> bool:
    """Say whether a packet of a video stream begins (2.4.3.7: stream_id)."""
    if not packet[1] & 0x40:
        return False
    at = 4 + (packet[4] + 1 if packet[3] & 0x20 else 0)
    head = packet[at : at + 4]
    return len(head) == 4 and head[:3] == PES_START and head[3] & 0xF0 == VIDEO_STREAM


def is_key(packet: bytes | bytearray) -> bool:
    """Say whether a decoder may begin here (2.4.3.5: random_access_indicator)."""
    return bool(packet[3] & 0x20 and packet[4] and packet[5] & 0x40)


def timestamp(packet: bytes | bytearray) -> int | None:
    """Tell the presentation time stamp, at 90 kHz, of what begins in a packet (2.4.3.7)."""
    if not packet[1] & 0x40:
        return None
    at = 4 + (packet[4] + 1 if packet[3] & 0x20 else 0)
    head = packet[at : at + 14]
    if len(head) < 14 or head[:3] != PES_START or not head[7] & 0x80:
        return None
    return (head[9] & 0x0E) << 29 | head[10] << 22 | (head[11] & 0xFE) << 14 | head[12] << 7 | head[13] >> 1


def pid_of(packet: bytes | bytearray) -> int:
    """Tell which stream a packet is of (2.4.3.2: PID)."""
    return (packet[1] & 0x1F) << 8 | packet[2]
