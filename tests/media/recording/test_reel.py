"""The index of a file is what its bytes say, wherever a kill cut them off."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offair.emulator.media.formats.boxes import Splitter, boxes
from offair.emulator.media.recording.reel import SPACER, Reel, scan

SEGMENT = Fraction(1)


@pytest.fixture(name="grow")
def _grow(broadcasts):
    def grow(track: str = "source", *, shift: Fraction = Fraction(0)) -> tuple[Reel, bytes]:
        reel = Reel(SEGMENT, shift=shift)
        content = b"".join(map(reel.add, Splitter().push(broadcasts["first"][track])))
        reel.close()
        return reel, content

    return grow


@pytest.mark.parametrize("track", ["source", "audio"])
def test_an_index_that_is_read_back_is_the_one_that_was_written(grow, tmp_path, track):
    reel, content = grow(track)
    (tmp_path / "0.mp4").write_bytes(content)

    assert reel.shots == scan(tmp_path / "0.mp4", SEGMENT).shots


@given(share=st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_a_file_ends_its_index_has_every_whole_fragment_and_no_other(grow, tmp_path, share):
    whole, content = grow()
    size = round(share * len(content))
    (tmp_path / "0.mp4").write_bytes(content[:size])
    ends = [0, whole.init_size, *(box.end for box in boxes(content, whole.init_size) if box.kind == b"mdat")]

    assert max(end for end in ends if end <= size) == scan(tmp_path / "0.mp4", SEGMENT).size


@pytest.mark.parametrize("track", ["source", "audio"])
def test_no_segment_begins_where_another_ends(grow, track):
    """FFmpeg 9.0 takes ranges that touch for one, and of that it plays the first segment alone."""
    reel, content = grow(track)
    ends = [reel.init_size, *(shot.offset + shot.size for shot in reel.shots)]
    between = [content[end : shot.offset] for end, shot in zip(ends, reel.shots, strict=False)]

    assert [SPACER] * 3 == between
    assert len(content) == ends[-1]


def test_a_file_of_segments_that_touch_is_read_as_it_is(grow, tmp_path):
    """As those are that an older version left unfinished."""
    reel, content = grow()
    (tmp_path / "0.mp4").write_bytes(content.replace(SPACER, b""))
    shots = scan(tmp_path / "0.mp4", SEGMENT).shots

    assert [shot.size for shot in reel.shots] == [shot.size for shot in shots]
    assert [reel.init_size, *(shot.offset + shot.size for shot in shots)][:-1] == [shot.offset for shot in shots]


@pytest.mark.parametrize("track", ["source", "audio"])
def test_segments_are_as_long_as_asked_for(grow, track):
    reel, _ = grow(track)

    assert [1, 1, 1] == [round(shot.length) for shot in reel.shots]


def test_a_segment_of_pictures_begins_with_a_key_frame(grow):
    reel, _ = grow()

    assert {True} == {shot.is_independent for shot in reel.shots}


@pytest.mark.parametrize(
    ("shown", "unit", "is_independent"),
    [((0, 1, 2, 3), 0x65, True), ((2, 0, 1, 3), 0x65, False), ((0, 1, 2, 3), 0x41, False)],
    ids=["closed", "an open group", "no key frame but by its encoder's word"],
)
def test_a_segment_is_independent_where_its_pictures_are(forge, shown, unit, is_independent):
    """However they were put into fragments: those that lead an open group often come in another than its key frame."""
    track, reel = forge.track(), Reel(SEGMENT)
    samples = [
        sample._replace(pts=3000 * place, content=memoryview(b"\0\0\0\2" + bytes((unit, 0x9A))))
        for sample, place in zip(forge.samples([3000] * 4, keys=lambda number: not number), shown, strict=True)
    ]
    for piece in forge.record(track.init, forge.stream(track, samples, every=1)).pieces:
        reel.add(piece)
    reel.close()

    assert [is_independent] == [shot.is_independent for shot in reel.shots]


def test_a_later_run_lies_behind_the_one_before(grow):
    before, _ = grow()
    after, _ = grow(shift=before.end)

    assert before.shots[0].start + before.end == after.shots[0].start


def test_a_file_that_is_none_has_an_empty_index(tmp_path):
    (tmp_path / "0.mp4").write_bytes(b"this is no MP4, is it?")

    assert [] == scan(tmp_path / "0.mp4", SEGMENT).shots
