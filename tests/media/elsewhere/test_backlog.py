"""What waits for a slow target is bounded, and goes on at a key frame."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.elsewhere.backlog import Backlog, is_head
from offair.emulator.media.formats.flv import Reader, Tag, TagKind
from offair.emulator.media.ingest.reception import Chunk

AVC, KEY, DELTA = b"\x17\x00\x00\x00\x00cfg", b"\x17\x01\x00\x00\x00", b"\x27\x01\x00\x00\x00"
HEADER = Tag(TagKind.VIDEO, 0, AVC)
MOST = 4096
SHORT = 0.01


def picture(number: int, *, is_key: bool, size: int = 1) -> Tag:
    return Tag(TagKind.VIDEO, number * 40, (KEY if is_key else DELTA) + bytes(size))


def begun(heads=()) -> Backlog:
    backlog = Backlog(MOST)
    backlog.begin("flv", list(heads))
    return backlog


def read(backlog: Backlog) -> list[Tag]:
    return Reader().receive(backlog.take(SHORT) or b"")


def test_nothing_is_kept_while_nobody_sends():
    backlog = Backlog(MOST)
    backlog.put(HEADER)

    assert b"" == backlog.take(SHORT)


def test_who_joins_late_is_told_what_came_before():
    announcement = Tag(TagKind.SCRIPT, 0, b"\x02\x00\x0aonMetaData")
    backlog = begun([announcement, HEADER])
    for number in range(40):
        backlog.put(picture(number, is_key=number == 7))

    tags = read(backlog)

    assert [HEADER.payload, picture(7, is_key=True).payload] == [t.payload for t in tags if t.kind is TagKind.VIDEO][:2]


def test_after_the_end_comes_what_waits_and_then_none():
    backlog = begun([HEADER])
    for number in range(40):
        backlog.put(picture(number, is_key=number == 0))
    backlog.end()

    assert (True, None) == (bool(backlog.take(SHORT)), backlog.take(SHORT))


def test_heads_are_metadata_and_decoder_configurations():
    assert [True, True, False, False] == [
        is_head(item) for item in (Tag(TagKind.SCRIPT, 0, b""), HEADER, picture(1, is_key=True), Chunk(b""))
    ]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3000), st.booleans()), max_size=60))
def test_what_is_read_is_bounded_and_every_run_of_it_begins_with_a_key_frame(steps):
    """After a gap (a number that is missing) the next picture is a key frame."""
    backlog = begun([HEADER])
    for number in range(40):  # the gate opens, as no sound is announced, after a second of pictures
        backlog.put(picture(number, is_key=number == 0, size=1))
    reader, seen = Reader(), []
    seen += reader.receive(backlog.take(SHORT))
    for number, (is_key, size, is_taken) in enumerate(steps, start=40):
        backlog.put(picture(number, is_key=is_key, size=size))
        if is_taken:
            content = backlog.take(0)
            assert len(content) <= MOST
            seen += reader.receive(content)
    seen += reader.receive(backlog.take(0))
    pictures = [tag for tag in seen if not tag.is_sequence_header]

    assert all(
        after.is_keyframe for before, after in pairwise(pictures)
        if after.timestamp != before.timestamp + 40
    )  # fmt: skip
