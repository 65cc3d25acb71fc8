import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.emulator.media.ingest.continuity import BACKWARD, FORWARD, WRAP, Continuity
from understudy.emulator.media.ingest.flv import Tag, TagKind

VIDEO, AUDIO = TagKind.VIDEO, TagKind.AUDIO
PICTURE, SOUND, HEADER = b"\x27\x01\0\0\0", b"\xaf\x01", b"\x17\x00\0\0\0"


def leaps(*times: tuple[TagKind, int]) -> list[int]:
    watch = Continuity()
    return [watch.leap(Tag(kind, at % WRAP, PICTURE if kind is VIDEO else SOUND)) for kind, at in times]


@given(start=st.integers(0, WRAP - 1), steps=st.lists(st.integers(-BACKWARD, FORWARD), max_size=40))
def test_what_goes_on_within_bounds_is_one_run(start, steps):
    """Over the wrap of 32 bits as well."""
    times = [start]
    for step in steps:
        times.append(times[-1] + step)

    assert not any(leaps(*((VIDEO, at) for at in times)))


@given(
    start=st.integers(0, WRAP - 1),
    leap=st.integers(FORWARD + 1, WRAP // 2 - 1) | st.integers(-WRAP // 2, -BACKWARD - 1),
)
def test_a_leap_is_told_once_and_by_how_much(start, leap):
    assert [0, leap, 0] == leaps((VIDEO, start), (VIDEO, start + leap), (VIDEO, start + leap + 40))


@pytest.mark.parametrize("leap", [30_000, -30_000])
def test_both_tracks_leap_as_one(leap):
    after = [(VIDEO, 60_000 + leap), (AUDIO, 60_010 + leap), (VIDEO, 60_040 + leap)]

    assert 1 == sum(map(bool, leaps((VIDEO, 60_000), (AUDIO, 60_010), *after)))


def test_slow_pictures_beside_steady_sound_do_not_leap():
    sound = [(AUDIO, at) for at in range(0, 20_000, 500)]

    assert not any(leaps((VIDEO, 0), *sound, (VIDEO, 20_000)))


def test_sequence_headers_and_metadata_have_no_time():
    watch = Continuity()
    watch.leap(Tag(VIDEO, 60_000, PICTURE))

    assert [0, 0] == [watch.leap(Tag(VIDEO, 0, HEADER)), watch.leap(Tag(TagKind.SCRIPT, 0, b"\x02"))]
