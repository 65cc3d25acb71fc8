"""What a program map of MPEG-TS says that there is (ISO/IEC 13818-1, 2.4.4.8), and what of it nobody here reads."""

from collections.abc import Sequence
from typing import NamedTuple

VIDEO_TYPES = {0x01: "mpeg1", 0x02: "mpeg2", 0x10: "mp4v", 0x1B: "avc1", 0x24: "hvc1"}
AUDIO_TYPES = {0x03: "mp3", 0x04: "mp3", 0x0F: "mp4a", 0x11: "mp4a-latm", 0x81: "ac-3"}
# ISO/IEC 13818-1, table 2-34; ATSC A/53 part 3; SCTE 35; from 0x80 on it is anybody's, and this is what is usual
OTHERS = {
    0x05: "private sections", 0x06: "private data", 0x15: "metadata", 0x1C: "bare AAC", 0x20: "MVC", 0x21: "JPEG 2000",
    0x2D: "MPEG-H audio", 0x32: "JPEG XS", 0x33: "VVC", 0x35: "EVC", 0x42: "AVS", 0x82: "DTS or subtitles",
    0x86: "SCTE 35 cues", 0x87: "E-AC-3", 0x8A: "DTS", 0xD1: "Dirac", 0xD2: "AVS2", 0xD4: "AVS3", 0xEA: "VC-1",
}  # fmt: skip
PRIVATE = 0x06
REGISTRATION = 0x05  # 2.6.8: four letters of whoever registered a format
# SMPTE's registry, and the AV1 and Opus mappings that it names
REGISTERED = {
    "AV01": "AV1", "Opus": "Opus", "AC-3": "AC-3", "EAC3": "E-AC-3", "AC-4": "AC-4", "DTS1": "DTS", "DTS2": "DTS",
    "DTS3": "DTS", "BSSD": "AES3 sound", "HEVC": "HEVC", "VVC ": "VVC", "VC-1": "VC-1", "drac": "Dirac", "VP09": "VP9",
    "KLVA": "KLV metadata", "ID3 ": "ID3 metadata",
}  # fmt: skip
# ETSI EN 300 468, table 12, and TS 101 154
DVB = {0x56: "teletext", 0x59: "subtitles", 0x6A: "AC-3", 0x7A: "E-AC-3", 0x7B: "DTS", 0x7C: "AAC in DVB's way"}


class Announced(NamedTuple):
    """A stream of the program: its type, its PID, and what its descriptors call it (empty where they do not)."""

    kind: int
    pid: int
    name: str = ""

    @property
    def is_read(self) -> bool:
        """Its type is one whose pictures or sound are taken."""
        return self.kind in VIDEO_TYPES or self.kind in AUDIO_TYPES

    def __str__(self) -> str:
        known = OTHERS.get(self.kind, "unknown")
        what = f"{self.name} ({known}, " if self.name not in {"", known} else f"{known} ("
        return f"{what}stream type 0x{self.kind:02x})"


def read_map(section: bytes | bytearray) -> list[Announced]:
    """Read a section, as much of it as there is."""
    end = min(3 + ((section[1] & 0x0F) << 8 | section[2]) - 4, len(section) - 4)
    at = 12 + ((section[10] & 0x0F) << 8 | section[11])
    found = []
    while at < end:
        begin = at + 5
        behind = begin + ((section[at + 3] & 0x0F) << 8 | section[at + 4])
        pid = (section[at + 1] & 0x1F) << 8 | section[at + 2]
        found.append(Announced(section[at], pid, _name(section[begin:behind])))
        at = behind
    return found


def advise(unread: Sequence[Announced]) -> str:
    """Say what of a program is left out, and what to do where it was meant to be seen or heard."""
    advice = "send H.264 or HEVC and AAC, or AV1 and Opus by Enhanced RTMP"
    if any(one.kind == PRIVATE and not one.name for one in unread):
        advice += "; ffmpeg writes as private data what it knows no MPEG-TS for, such as AV1"
    return f"{', '.join(map(str, unread))} in the encoder's MPEG-TS cannot be taken: {advice}"


def _name(descriptors: bytes | bytearray) -> str:
    at = 0
    while at + 2 <= len(descriptors):
        tag, content = descriptors[at], descriptors[at + 2 : at + 2 + descriptors[at + 1]]
        if tag == REGISTRATION and len(content) >= 4:
            letters = content[:4].decode("latin-1")
            return REGISTERED.get(letters, repr(letters))
        if tag in DVB:
            return DVB[tag]
        at += 2 + len(content)
    return ""
