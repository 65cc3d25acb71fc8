"""The gate gives a fresh ffmpeg what it needs to begin, wherever in a publication that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats import amf0, flv
from offair.emulator.media.formats.flv import Facts, Tag, TagKind
from offair.emulator.media.formats.gate import Gate

AVC_HEADER = Tag(TagKind.VIDEO, 0, b"\x17\x00\x00\x00\x00avcC")
AAC_HEADER = Tag(TagKind.AUDIO, 0, b"\xaf\x00\x12\x10")
AUDIO_ONLY, VIDEO_ONLY, BOTH = 4, 1, 5


def key(timestamp: int) -> Tag:
    return Tag(TagKind.VIDEO, timestamp, b"\x17\x01\x00\x00\x00key")


def inter(timestamp: int) -> Tag:
    return Tag(TagKind.VIDEO, timestamp, b"\x27\x01\x00\x00\x00inter")


def aac(timestamp: int) -> Tag:
    return Tag(TagKind.AUDIO, timestamp, b"\xaf\x01aac")


def metadata(*, timestamp: int = 0, **fields: amf0.Value) -> Tag:
    return Tag(TagKind.SCRIPT, timestamp, amf0.encode("onMetaData", fields))


def push(gate: Gate, *tags: Tag) -> bytes:
    return b"".join(map(gate.push, tags))


def flags(data: bytes) -> int:
    return data[4]


def test_nothing_comes_out_before_the_tracks_are_known():
    assert b"" == push(Gate(), metadata(videocodecid=7.0, audiocodecid=10.0), AVC_HEADER, key(0), inter(33))


def test_all_that_an_encoder_sends_comes_out_in_order_once_its_headers_are_there():
    script = metadata(videocodecid=7.0, audiocodecid=10.0)
    media = [aac(0), key(0), aac(23), inter(33)]

    out = push(Gate(), script, AVC_HEADER, AAC_HEADER, *media)

    assert BOTH == flags(out)
    assert [script, AAC_HEADER, AVC_HEADER, *media] == flv.read(out)


def test_pictures_that_waited_for_the_audio_header_are_not_lost():
    out = push(Gate(), metadata(videocodecid=7.0, audiocodecid=10.0), AVC_HEADER, key(0), inter(33), AAC_HEADER)

    assert [key(0), inter(33)] == flv.read(out)[-2:]


def test_metadata_comes_once_and_at_timestamp_0():
    """At any other timestamp ffmpeg makes a subtitle track of it."""
    out = push(Gate(), metadata(timestamp=40, videocodecid=7.0), AVC_HEADER, key(50), metadata(timestamp=90), key(99))

    assert [0] == [tag.timestamp for tag in flv.read(out) if tag.kind is TagKind.SCRIPT]


def test_audio_alone_begins_anywhere():
    out = push(Gate(), metadata(audiocodecid=10.0), AAC_HEADER, aac(5000))

    assert AUDIO_ONLY == flags(out)
    assert aac(5000) == flv.read(out)[-1]


def test_announced_video_that_never_comes_is_given_up_after_a_second_of_media():
    gate = Gate()
    early = push(gate, metadata(videocodecid=7.0, audiocodecid=10.0), AAC_HEADER, aac(0), aac(999))

    late = gate.push(aac(1000))

    assert b"" == early
    assert AUDIO_ONLY == flags(late)
    assert [aac(0), aac(999), aac(1000)] == flv.read(late)[-3:]
    assert Facts(audio="mp4a") == gate.facts


def test_without_metadata_a_single_track_is_found_after_a_second():
    gate = Gate()

    out = push(gate, AVC_HEADER, key(0), *(inter(time) for time in range(40, 1001, 40)))

    assert VIDEO_ONLY == flags(out)
    assert Facts(video="avc1") == gate.facts


def test_a_track_that_appears_too_late_is_left_out():
    """The file header has said that there is no such track."""
    gate = Gate()
    push(gate, metadata(audiocodecid=10.0), AAC_HEADER, aac(0))

    assert b"" == push(gate, AVC_HEADER, key(40))


def test_a_codec_without_a_header_proves_its_track():
    gate = Gate()

    out = gate.push(Tag(TagKind.AUDIO, 0, b"\x2fmp3")) + gate.push(AVC_HEADER) + gate.push(key(0))

    assert BOTH == flags(out)
    assert (True, False) == (gate.facts.has_audio, gate.facts.is_aac)


def test_pictures_before_the_first_key_frame_are_dropped():
    out = push(Gate(), metadata(videocodecid=7.0), AVC_HEADER, inter(10), inter(20), key(30), inter(40))

    assert [key(30), inter(40)] == flv.read(out)[-2:]
    assert inter(10) not in flv.read(out)


def test_a_rejoin_starts_a_new_file_at_the_next_key_frame():
    gate = Gate()
    script = metadata(videocodecid=7.0, audiocodecid=10.0)
    push(gate, script, AVC_HEADER, AAC_HEADER, key(0), aac(0))
    gate.rejoin()

    assert b"" == push(gate, inter(800), aac(830), inter(950), aac(1000))
    out = gate.push(key(1000))

    heads = [Tag(tag.kind, 1000, tag.payload) for tag in (AAC_HEADER, AVC_HEADER)]
    assert BOTH == flags(out)
    assert [script, *heads, aac(1000), key(1000)] == flv.read(out)


def test_a_rejoin_takes_the_latest_sequence_header():
    gate = Gate()
    changed = Tag(TagKind.VIDEO, 500, b"\x17\x00\x00\x00\x00another")
    push(gate, metadata(videocodecid=7.0), AVC_HEADER, key(0), changed, key(500))
    gate.rejoin()

    assert changed.payload == flv.read(gate.push(key(1000)))[1].payload


def test_a_rejoin_keeps_the_tracks():
    """The playlists of a publication exist already; a track cannot join them."""
    gate = Gate()
    push(gate, metadata(audiocodecid=10.0), AAC_HEADER, aac(0))
    gate.rejoin()

    out = push(gate, AVC_HEADER, key(40), aac(50))

    assert AUDIO_ONLY == flags(out)
    assert aac(50) == flv.read(out)[-1]


def test_a_rejoin_does_not_wait_again_for_a_track_that_was_given_up():
    gate = Gate()
    push(gate, metadata(videocodecid=7.0, audiocodecid=10.0), AAC_HEADER, aac(0), aac(1000))
    gate.rejoin()

    assert AUDIO_ONLY == flags(gate.push(aac(1023)))


OPENING = (metadata(videocodecid=7.0, audiocodecid=10.0), AVC_HEADER, AAC_HEADER, key(0), aac(0))
CHANGED_HEADER = Tag(TagKind.VIDEO, 500, b"\x17\x00\x00\x00\x00another")


def later(tag: Tag, timestamp: int) -> Tag:
    return Tag(tag.kind, timestamp, tag.payload)


@pytest.mark.parametrize(
    ("tag", "breaks"),
    [
        pytest.param(later(AVC_HEADER, 500), False, id="the-same-header-again"),
        pytest.param(CHANGED_HEADER, True, id="another-video-header"),
        pytest.param(Tag(TagKind.AUDIO, 500, b"\xaf\x00\x11\x90"), True, id="another-audio-header"),
        pytest.param(metadata(width=2.0), False, id="metadata"),
        pytest.param(inter(40), False, id="the-next-picture"),
        pytest.param(inter(10_000), False, id="after-ten-seconds"),
        pytest.param(inter(10_001), True, id="after-more"),
        pytest.param(aac(0xFFFFFFFF - 500), False, id="a-little-back"),
        pytest.param(aac(0xFFFFFFFF - 5000), True, id="back"),
    ],
)
def test_a_new_configuration_or_a_leap_in_time_breaks_off(tag, breaks):
    gate = Gate()
    push(gate, *OPENING)

    assert breaks == gate.breaks_off(tag)


@pytest.mark.parametrize(
    ("tag", "breaks"),
    [
        pytest.param(CHANGED_HEADER, False, id="another-size"),
        pytest.param(Tag(TagKind.VIDEO, 500, b"\x90hvc1another"), True, id="another-codec"),
        pytest.param(Tag(TagKind.AUDIO, 500, b"\xaf\x00\x11\x90"), True, id="another-audio-header"),
        pytest.param(inter(10_001), True, id="a-leap"),
    ],
)
def test_where_no_picture_is_copied_another_size_does_not_break_off(tag, breaks):
    gate = Gate()
    push(gate, *OPENING)

    assert breaks == gate.breaks_off(tag, is_copied=False)


def test_time_that_wraps_at_32_bits_is_no_leap():
    gate = Gate()
    push(gate, *OPENING[:3], key(0xFFFFFFF0), aac(0xFFFFFFF0))

    assert not gate.breaks_off(inter(24))


BLANK = Tag(TagKind.AUDIO, 0, b"\xaf\x00")


def test_a_header_that_configures_nothing_is_waited_past():
    gate = Gate()
    early = push(gate, metadata(videocodecid=7.0, audiocodecid=10.0), AVC_HEADER, BLANK, key(0), inter(40))
    tags = flv.read(push(gate, AAC_HEADER, aac(59)))

    assert b"" == early
    assert AAC_HEADER in tags
    assert BLANK not in tags


def test_a_header_that_configures_nothing_ends_no_run():
    gate = Gate()
    push(gate, *OPENING)

    assert not gate.breaks_off(BLANK)
    assert b"" == push(gate, BLANK)


def test_what_waits_is_forgotten_when_the_time_leaps():
    gate = Gate()
    out = push(
        gate, metadata(videocodecid=7.0, audiocodecid=10.0), AVC_HEADER, key(0), inter(40), key(500_000), AAC_HEADER
    )

    assert [key(500_000)] == flv.read(out)[-1:]
    assert key(0) not in flv.read(out)


def test_nothing_is_broken_off_that_has_not_begun():
    gate = Gate()
    push(gate, *OPENING)
    gate.rejoin()

    assert not gate.breaks_off(CHANGED_HEADER)


def test_after_a_rejoin_with_another_header_nothing_breaks_off_any_more():
    gate = Gate()
    push(gate, *OPENING)
    gate.rejoin()
    out = push(gate, CHANGED_HEADER, aac(600), key(600))

    assert CHANGED_HEADER.payload == flv.read(out)[2].payload
    assert [False] * 3 == [gate.breaks_off(tag) for tag in (CHANGED_HEADER, inter(640), aac(620))]


def test_a_rejoin_takes_another_codec():
    gate = Gate()
    push(gate, *OPENING)
    before = gate.facts
    gate.rejoin()
    push(gate, Tag(TagKind.VIDEO, 500, b"\x90hvc1cfg"), Tag(TagKind.VIDEO, 500, b"\x91hvc1\0\0\0key"))

    assert (Facts(video="avc1", audio="mp4a"), Facts(video="hvc1", audio="mp4a", is_enhanced=True)) == (
        before,
        gate.facts,
    )


kinds = st.sampled_from([key, inter, aac])
streams = st.lists(st.tuples(kinds, st.integers(0, 3000)), max_size=30).map(
    lambda made: [make(time) for make, time in made]
)


OTHER_AVC, OTHER_AAC = b"\x17\x00\x00\x00\x00AVCC", b"\xaf\x00\x13\x90"


def other_aac(timestamp: int) -> Tag:
    return Tag(TagKind.AUDIO, timestamp, b"\xaf\x01other")


PICTURES, SOUND = Tag(TagKind.VIDEO, 400, OTHER_AVC), Tag(TagKind.AUDIO, 400, OTHER_AAC)
TURNS = {
    "the pictures first": [PICTURES, key(400), aac(390), SOUND, other_aac(410)],
    "the sound first": [SOUND, other_aac(390), PICTURES, key(400), other_aac(410)],
    "with an old picture between": [SOUND, other_aac(390), key(395), PICTURES, key(400), other_aac(410)],
    "with much of the old sound late": [PICTURES, key(400), aac(360), inter(440), aac(393), SOUND, other_aac(410)],
}


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_pictures_and_sound_that_are_set_up_anew_a_little_apart_begin_one_run(turn):
    """What had come of the old sound is left out: nothing could read it."""
    gate, runs = Gate(), [b""]
    for tag in [AVC_HEADER, AAC_HEADER, key(0), aac(0), inter(200), aac(350), *turn, inter(460), other_aac(460)]:
        if gate.breaks_off(tag):
            gate.rejoin()
            runs.append(b"")
        runs[-1] += gate.push(tag)
    audio, video, *media = flv.read(runs[-1])

    assert (2, OTHER_AAC, OTHER_AVC) == (len(runs), audio.payload, video.payload)
    assert {key(400), other_aac(410), inter(460), other_aac(460)} <= set(media)
    assert [] == [tag for tag in media if tag in {aac(tag.timestamp), key(395)}]


def test_sound_that_is_not_set_up_anew_is_kept_where_the_pictures_are():
    gate = Gate()
    push(gate, AVC_HEADER, AAC_HEADER, key(0), aac(0))
    header = Tag(TagKind.VIDEO, 400, OTHER_AVC)
    breaks = gate.breaks_off(header)
    gate.rejoin()
    media = [aac(380), key(400), aac(403), inter(440)]

    assert (True, media) == (breaks, flv.read(push(gate, header, *media))[2:])


def test_pictures_do_not_wait_for_ever_for_sound_that_has_ended():
    gate = Gate()
    push(gate, AVC_HEADER, AAC_HEADER, key(0), aac(0))
    header, media = Tag(TagKind.VIDEO, 400, OTHER_AVC), [key(400), *map(inter, range(440, 1_500, 40))]
    gate.breaks_off(header)
    gate.rejoin()

    assert media == flv.read(push(gate, header, *media))[2:]


@given(streams, st.booleans(), st.booleans())
def test_whatever_comes_out_begins_so_that_a_decoder_can_start(media, has_video, has_audio):
    gate = Gate()
    heads = [head for head, is_there in ((AVC_HEADER, has_video), (AAC_HEADER, has_audio)) if is_there]

    out = push(gate, *heads, *media)

    if out:
        tags = flv.read(out)
        pictures = [tag for tag in tags if tag.kind is TagKind.VIDEO]
        assert (gate.facts.has_audio << 2 | gate.facts.has_video) == flags(out)
        assert gate.facts.has_video == bool(pictures)
        if pictures:
            assert (True, True) == (pictures[0].is_sequence_header, pictures[1].is_keyframe)


@given(st.lists(st.binary(max_size=20), max_size=400), st.sampled_from([TagKind.AUDIO, TagKind.VIDEO, TagKind.SCRIPT]))
def test_nonsense_never_piles_up(payloads, kind):
    gate = Gate()
    for payload in payloads:
        gate.push(Tag(kind, 0, payload))

    assert len(gate._waiting) < Gate.MOST_TAGS


@pytest.mark.parametrize("size", [1 << 20, 5 << 20])
def test_what_waits_has_a_weight_limit(size):
    gate = Gate()
    for _ in range(20):
        gate.push(Tag(TagKind.AUDIO, 0, b"\xaf\x01" + bytes(size)))

    assert gate._weight < Gate.MOST_BYTES


def test_sound_that_begins_a_moment_before_the_first_picture_goes_with_it():
    gate = Gate()
    out = b"".join(map(gate.push, [metadata(videocodecid=7.0, audiocodecid=10.0), AVC_HEADER, AAC_HEADER,
                                   aac(0), aac(80), key(101), aac(102)]))  # fmt: skip

    assert [aac(80), key(101), aac(102)] == [tag for tag in flv.read(out)[1:] if not tag.is_sequence_header]


def opened() -> Gate:
    gate = Gate()
    push(gate, metadata(videocodecid=7.0, audiocodecid=10.0), AVC_HEADER, AAC_HEADER, key(0), aac(0))
    return gate


def test_media_that_goes_on_passes_as_it_is():
    media = [inter(33), aac(23), inter(66), key(100)]

    assert media == opened().run_on(media)


@pytest.mark.parametrize(
    "special",
    [AVC_HEADER, AAC_HEADER, metadata(text="a cue"), inter(20_000), Tag(TagKind.VIDEO, 40, b"")],
    ids=["pictures' header", "sound's header", "a cue", "a leap", "nothing in it"],
)
def test_what_is_more_than_media_that_goes_on_is_left_to_look_at(special):
    assert [inter(33)] == opened().run_on([inter(33), special, aac(46)])


def test_nothing_runs_on_before_a_transcoder_has_begun_or_where_another_takes_over():
    gate = opened()
    gate.rejoin()

    assert ((), ()) == (Gate().run_on([key(0)]), gate.run_on([key(33)]))


def test_what_ran_on_is_what_a_leap_is_measured_from():
    gate = opened()
    gate.run_on([inter(9_000)])

    assert [inter(18_000)] == gate.run_on([inter(18_000)])
