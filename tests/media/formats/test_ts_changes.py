"""What of the sound in MPEG-TS another run has to begin with; pictures and times are tried with real files."""

import pytest

from offair.emulator.media.formats.ts_changes import Changes

SOUND = 0x101
LC_48_MONO = bytes.fromhex("fff14c40")
LC_22_STEREO = bytes.fromhex("fff15c80")
PRIVATE = bytes.fromhex("fff14e40")  # the private bit is anybody's
WITH_CHECKSUM = bytes.fromhex("fff04c40")
AMID_A_FRAME = bytes.fromhex("deadbeef")


def packet(head: bytes) -> bytes:
    """The first packet of a PES packet of sound, without a time."""
    content = b"\0\0\1\xc0\0\0\x80\0\0" + head
    return bytes((0x47, 0x40 | SOUND >> 8, SOUND & 0xFF, 0x10)) + content + b"\xff" * (184 - len(content))


def find(*heads: bytes, sound: str = "mp4a") -> int | None:
    return Changes().find(b"".join(map(packet, heads)), video=0x100, audio=SOUND, codec="avc1", sound=sound)


def test_other_aac_begins_another_run_where_it_comes():
    assert 2 * 188 == find(LC_48_MONO, LC_48_MONO, LC_22_STEREO)


@pytest.mark.parametrize("head", [LC_48_MONO, PRIVATE, WITH_CHECKSUM, AMID_A_FRAME])
def test_the_same_aac_goes_on(head):
    assert find(LC_48_MONO, head, LC_48_MONO) is None


def test_what_is_no_adts_is_not_read_as_such():
    assert find(LC_48_MONO, LC_22_STEREO, sound="mp3") is None
