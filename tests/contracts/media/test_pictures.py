"""What can be decoded alone is seen in the pictures themselves, in either container and codec; and PCR in MPEG-TS."""

import pytest
from airing import Clip
from airing_pictures import Group, clocked, fragment, header, pictured, transport

from offair.contracts.checks.media.containers import look

CLIP = Clip(7, 0.0, 10.0, 2.0, 0)
CONTAINERS = ("ts", "fmp4")
LEADING = (("entry", 2), ("skipped", 0), ("skipped", 1), ("inner", 3))
GROUPS = {  # the pictures at the beginning, whether there is a key frame, and whether all can be decoded
    "an IDR picture": ("avc", (("reset", 0), ("inner", 1)), True, True),
    "a recovery point": ("avc", (("entry", 0), ("inner", 1)), True, True),
    "an open group": ("avc", LEADING, True, False),
    "no key frame": ("avc", (("inner", 0), ("inner", 1)), False, None),
    "an IDR picture of HEVC": ("hevc", (("reset", 0), ("inner", 1)), True, True),
    "an IDR picture that is led by decodable ones": (
        "hevc",
        (("reset", 1), ("decodable", 0), ("inner", 2)),
        True,
        True,
    ),
    "a CRA picture that nothing leads": ("hevc", (("entry", 0), ("inner", 1)), True, True),
    "a CRA picture with decodable leading ones": ("hevc", (("entry", 1), ("decodable", 0), ("inner", 2)), True, True),
    "a CRA picture with skipped leading ones": ("hevc", LEADING, True, False),
    "both kinds of leading ones": ("hevc", (("entry", 2), ("decodable", 0), ("skipped", 1), ("inner", 3)), True, False),
    "no key frame of HEVC": ("hevc", (("inner", 0), ("inner", 1)), False, None),
}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", GROUPS)
def test_a_group_of_pictures_tells_whether_it_needs_what_came_before(name, container):
    coding, pictures, starts, closed = GROUPS[name]

    main = look(pictured(CLIP, Group(coding, pictures), container), header(coding)).main

    assert (starts, closed) == (main.starts_with_key, main.is_closed)


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_segment_begins_with_its_first_picture_on_the_screen(container):
    main = look(pictured(CLIP, Group("hevc", LEADING), container), header("hevc")).main

    assert (10.0, 12.0, 20) == (pytest.approx(main.start), pytest.approx(main.end), main.frames)


def test_a_picture_that_cannot_be_read_is_what_its_flags_say():
    main = look(fragment([[b""], [b""]], [0.0, 0.1], 0.0, 0.1), header("avc")).main

    assert (True, None) == (main.starts_with_key, main.is_closed)


def test_a_recovery_that_takes_its_time_is_no_key_frame():
    gradual = [[b"\x06\x06\x01\x40\x80", b"\x41\x9a"], [b"\x41\x9a"]]
    main = look(transport("avc", gradual, [0.0, 0.1], 0.0)).main

    assert False is main.starts_with_key


@pytest.mark.parametrize(
    ("times", "widest"),
    [((0.0, 0.05, 0.1), 0.05), ((0.0, 0.04, 0.273), 0.233), (((1 << 33) / 90_000 - 0.05, 0.0), 0.05), ((3.0,), None)],
)
def test_clock_references_tell_how_far_apart_they_are(times, widest):
    media = pictured(CLIP, Group("avc", (("reset", 0),)), "ts") + clocked(*times)

    assert (None if widest is None else pytest.approx(widest, abs=1e-4)) == look(media).clock_gap


def test_a_clock_that_begins_anew_leaves_no_gap():
    """The discontinuity_indicator says so (ISO/IEC 13818-1 section 2.4.3.5)."""
    first, second = clocked(0.0), clocked(50.0)
    anew = second[:5] + bytes([second[5] | 0x80]) + second[6:]

    assert None is look(pictured(CLIP, Group("avc", (("reset", 0),)), "ts") + first + anew).clock_gap


def test_how_long_a_single_picture_lasts_is_not_known_in_mpegts():
    """Nothing tells but the next time stamp, and that is in another segment."""
    assert None is look(transport("avc", [[b"\x65\x88"]], [0.0], 0.0)).duration
