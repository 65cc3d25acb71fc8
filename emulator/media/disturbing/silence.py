"""Silent AAC frames, written bit by bit for any channel configuration. Pure.

Source: ISO/IEC 14496-3, 1.6.2.1 (AudioSpecificConfig), table 1.19 (channel configurations), 4.4.2.1 (raw data block).
"""

RATE_ESCAPE = 15
SINGLE, PAIR, LOW, END = 0, 1, 3, 7  # the elements' identifiers (table 4.85)
ELEMENTS = {
    1: (SINGLE,),
    2: (PAIR,),
    3: (SINGLE, PAIR),
    4: (SINGLE, PAIR, SINGLE),
    5: (SINGLE, PAIR, PAIR),
    6: (SINGLE, PAIR, PAIR, LOW),
    7: (SINGLE, PAIR, PAIR, PAIR, LOW),
}


def channel_configuration(specific: bytes) -> int:
    """Read the channel configuration out of an AudioSpecificConfig; 0 where it is too short or does not say."""
    bits = f"{int.from_bytes(specific[:8].ljust(8, bytes(1))):064b}"
    at = 5 + (6 if bits[:5] == "11111" else 0)
    at += 4 + (24 if int(bits[at : at + 4], 2) == RATE_ESCAPE else 0)
    return int(bits[at : at + 4], 2)


def silent_frame(configuration: int) -> bytes:
    """Write a raw data block in which no channel has a spectral line; KeyError for an unusual configuration."""
    seen = dict.fromkeys((SINGLE, PAIR, LOW), 0)
    bits = ""
    for element in ELEMENTS[configuration]:
        bits += f"{element:03b}{seen[element]:04b}" + (_pair() if element == PAIR else _channel(_window()))
        seen[element] += 1
    bits += f"{END:03b}"
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


def _pair() -> str:
    """Two channels with a common window, and no mid/side stereo."""
    return "1" + _window() + "00" + 2 * _channel("")


def _channel(window: str) -> str:
    """A global gain, then no sections as there are no bands, no pulses, no noise shaping, no gain control."""
    return f"{0:08b}{window}000"


def _window() -> str:
    """One long window (reserved bit, sequence, shape) with no scale factor band, and no prediction."""
    return f"0000{0:06b}0"
