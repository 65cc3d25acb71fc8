"""Faults done to tags: what comes out, tag for tag."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.faults.encoders import CannotDisturb, EncoderFault
from offair.emulator.media.disturbing.disturbance import Disturbance
from offair.emulator.media.disturbing.silence import silent_frame
from offair.emulator.media.formats.flv import Tag, TagKind

VIDEO, AUDIO = TagKind.VIDEO, TagKind.AUDIO
HEADERS = (Tag(VIDEO, 0, b"\x17\0\0\0\0avcC"), Tag(AUDIO, 0, b"\xaf\0\x11\x90"))  # stereo at 48 kHz
FRAME, GOP = 100, 1000  # milliseconds
KINDS = ("drop", "freeze", "black", "silence", "keyless")
BLACK = (b"one black", b"another")


def picture(at: int) -> Tag:
    first = b"\x17" if at % GOP == 0 else b"\x27"
    return Tag(VIDEO, at, first + b"\x01\0\0\x21" + f"picture {at}".encode())


def sound(at: int) -> Tag:
    return Tag(AUDIO, at, b"\xaf\x01" + f"sound {at}".encode())


def programme(until: int, since: int = 0) -> list[Tag]:
    return [make(at) for at in range(since, until, FRAME) for make in (picture, sound)]


def fault(kind: str, **given) -> EncoderFault:
    return EncoderFault(**{"id": "f", "stream": "s", "kind": kind, "at": 1.5, "seconds": 2.0, **given})


def sent(*faults: EncoderFault, until: int = 8000) -> list[Tag]:
    """What comes of a programme; with a GOP of 1 s a fault from 1.5 to 3.5 s leaves pictures until 4 s."""
    disturbance = Disturbance()
    for tag in HEADERS:
        disturbance.push(tag)
    for one in faults:
        disturbance.begin(one, BLACK)
    return [passed for tag in programme(until) for passed in disturbance.push(tag)]


def changed(tags: list[Tag], kind: TagKind) -> list[int]:
    """When what was sent was not what the encoder sent: the timestamps that are other, or missing."""
    true = {tag.timestamp: tag for tag in programme(8000) if tag.kind is kind}
    got = {tag.timestamp: tag for tag in tags if tag.kind is kind}
    return [at for at, tag in true.items() if got.get(at) != tag]


def span(begin: int, end: int) -> list[int]:
    return list(range(begin, end, FRAME))


@pytest.mark.parametrize(
    ("kind", "pictures", "sounds"),
    [
        ("drop", span(1500, 4000), span(1500, 3500)),
        ("freeze", span(1500, 4000), []),
        ("black", span(1500, 4000), []),
        ("silence", [], span(1500, 3500)),
        ("keyless", [2000, 3000], []),
    ],
)
def test_a_fault_lasts_as_long_as_was_asked_and_pictures_until_the_next_key_frame(kind, pictures, sounds):
    tags = sent(fault(kind))

    assert (pictures, sounds) == (changed(tags, VIDEO), changed(tags, AUDIO))


def test_a_frozen_picture_is_the_key_frame_before():
    frozen = {tag.payload for tag in sent(fault("freeze")) if tag.kind is VIDEO and 1500 <= tag.timestamp < 4000}

    assert {picture(1000).payload} == frozen


def test_black_pictures_take_turns_and_keep_the_encoders_composition_time():
    black = [tag for tag in sent(fault("black")) if tag.kind is VIDEO and 1500 <= tag.timestamp < 1700]

    assert [b"\x17\x01\0\0\x21" + units for units in reversed(BLACK)] == [tag.payload for tag in black]
    assert all(tag.is_keyframe for tag in black)


def test_silence_is_a_silent_frame_of_as_many_channels():
    silent = {tag.payload for tag in sent(fault("silence")) if tag.kind is AUDIO and 1500 <= tag.timestamp < 3500}

    assert {b"\xaf\x01" + silent_frame(2)} == silent


@pytest.mark.parametrize(("by", "moved"), [(30.0, 30_000), (-1.0, -1_000), (-60.0, -2_000)])
def test_a_jump_moves_everything_from_then_on_and_never_before_zero(by, moved):
    tags = sent(fault("jump", at=2.0, by=by))

    assert [tag.timestamp + (moved if tag.timestamp >= 2000 else 0) for tag in programme(8000)] == [
        tag.timestamp for tag in tags
    ]


@given(
    st.lists(
        st.builds(
            fault,
            st.sampled_from(KINDS),
            at=st.integers(0, 40).map(lambda tenths: tenths / 10),
            seconds=st.integers(1, 30).map(lambda tenths: tenths / 10),
        ),
        max_size=4,
    )
)
def test_whatever_goes_wrong_is_right_again_afterwards(faults):
    """And timestamps of a track never go back."""
    numbered = [replace(one, id=str(number)) for number, one in enumerate(faults)]
    tags = sent(*numbered, until=9000)
    times = [tag.timestamp for tag in tags if tag.kind is VIDEO]

    assert programme(9000, since=8000) == [tag for tag in tags if tag.timestamp >= 8000]
    assert sorted(times) == times


def test_a_fault_that_is_taken_back_is_over_with_the_next_key_frame():
    over = []
    disturbance = Disturbance(lambda fault, becomes: over.append((fault.id, becomes)))
    disturbance.push(HEADERS[0])
    disturbance.begin(fault("freeze", at=0.0, seconds=60.0))
    [disturbance.push(tag) for tag in programme(1500)]
    disturbance.end("f")
    after = [passed for tag in programme(3000, since=1500) for passed in disturbance.push(tag)]

    assert [("f", "begins"), ("f", "is over")] == over
    assert ([2000], []) == ([tag.timestamp for tag in after if tag == picture(2000)], disturbance.faults)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (HEADERS[1:], "black"),
        (HEADERS[1:], "freeze"),
        (HEADERS[:1], "silence"),
        ((Tag(AUDIO, 0, b"\x2f\xff"),), "silence"),
        ((Tag(VIDEO, 0, b"\x90hvc1"),), "black"),
        ((Tag(AUDIO, 0, b"\xaf\0\x11\x80"),), "silence"),
        (HEADERS, "jump"),
    ],
)
def test_what_an_encoder_cannot_have_is_refused_in_words(headers, kind):
    disturbance = Disturbance()
    for tag in headers:
        disturbance.push(tag)
    with pytest.raises(CannotDisturb):
        disturbance.check(fault(kind))
