"""A session: who it lets in, what it gives, what it asks for, and that no network keeps it from that."""

import struct

import pytest
import webrtc
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.media.formats.flv import TagKind
from offair.emulator.media.ingest.whip.stun import BindingRequest

THERE = ("127.0.0.1", 40000)
KEY, NACK, REMB = (206, 1), (205, 1), (206, 15)
RECEIVED = (201, 2)


def pictures(tags):
    """The numbers of the pictures that came, each of which is whole."""
    found = []
    for tag in tags:
        if tag.is_picture:
            content = bytes(tag.picture[1])[5:]
            assert content == content[:4] * (len(content) // 4)
            found.append(int.from_bytes(content[:4]))
    return found


def publish(call, count, *, first=0, keys=None, steps=3, length=400):
    for number in range(first, first + count):
        is_key = number == first if keys is None else number in keys
        payloads = webrtc.picture(number, is_key=is_key, length=length)
        call.send(call.publisher.say(number * 3000, payloads))
        call.step(steps)


@pytest.mark.parametrize("setup", ["actpass", "active", "passive"])
def test_pictures_come_whole_whoever_begins_dtls(dial, setup):
    call = dial(setup=setup)
    publish(call, 10)

    assert list(range(10)) == pictures(call.tags)


def test_the_tracks_are_announced_first(dial):
    call = dial()
    publish(call, 1)

    assert [TagKind.SCRIPT, TagKind.VIDEO, TagKind.VIDEO] == [tag.kind for tag in call.tags]


def test_sound_and_pictures_share_a_clock(dial):
    call = dial()
    for number in range(10):
        call.send(call.publisher.say(number * 2700, webrtc.picture(number, is_key=not number)))
        call.send(call.publisher.speak(number * 1440, b"sound"))
        call.step(3)
    times = {kind: [tag.timestamp for tag in call.tags if tag.kind is kind and not tag.is_sequence_header]
             for kind in (TagKind.VIDEO, TagKind.AUDIO)}  # fmt: skip

    assert times[TagKind.VIDEO] == times[TagKind.AUDIO]
    assert {30} == {
        after - before for before, after in zip(times[TagKind.VIDEO], times[TagKind.VIDEO][1:], strict=False)
    }


def test_a_request_that_does_not_know_the_password_is_not_answered(dial):
    call = dial(connects=False)
    forged = BindingRequest.read(webrtc.request(call.publisher.ufrag, "guessed"))

    assert (False, [], 0) == (call.session.greet(forged, THERE, 0.0), call.session.outgoing(), call.session.heard)


def test_the_first_key_frame_is_asked_for_only_if_it_does_not_come(dial):
    prompt, late = dial(), dial()
    publish(prompt, 10)
    publish(late, 40, keys={30})

    assert (0, [30, 31]) == (webrtc.kinds(prompt.publisher.reports).count(KEY), pictures(late.tags)[:2])
    assert 1 <= webrtc.kinds(late.publisher.reports).count(KEY) <= 3


def test_a_publisher_that_sends_no_key_frames_is_asked_for_one_every_two_seconds(dial):
    call = dial()
    publish(call, 150)  # 4.5 seconds

    assert 3 <= webrtc.kinds(call.publisher.reports).count(KEY) <= 6


def test_a_key_frame_that_is_wanted_holds_back_the_others(dial):
    call = dial()
    publish(call, 3)
    call.session.want_key()
    publish(call, 6, first=3, keys={6})

    assert [0, 1, 2, 6, 7, 8] == pictures(call.tags)


@st.composite
def networks(draw):
    """A bad beginning, then a good network: some are late or come twice, and a few are lost, the first two never."""
    copies = draw(st.lists(st.sampled_from([(0,), (1,), (2,), (4,), (0, 3)]), max_size=60))
    lost = draw(st.sets(st.integers(0, 60), max_size=4))
    return [(0,), (0,), *(() if at in lost else one for at, one in enumerate(copies)), *[(0,)] * 2000]


@given(fates=networks())
def test_whatever_the_network_does_every_picture_comes_once_and_in_order(dial, fates):
    call = dial(fates=fates)
    publish(call, 12)
    call.fates = iter([(0,)] * 10_000)
    publish(call, 1, first=12, keys=())
    call.step(60)

    assert (list(range(13)), []) == (pictures(call.tags), call.session.flaws(call.now))


@settings(max_examples=20, deadline=None)
@given(lost=st.lists(st.booleans(), min_size=5, max_size=40))
def test_without_retransmissions_nothing_broken_gets_through(dial, lost):
    call = dial(fates=((0,),))
    call.publisher.repeat = lambda _number: None
    for number, is_lost in enumerate(lost):
        datagrams = call.publisher.say(number * 3000, webrtc.picture(number, is_key=number % 8 == 0, length=400))
        call.send(datagrams[:1] + datagrams[2:] if is_lost else datagrams)
        call.step(3)
    call.step(40)
    came = pictures(call.tags)

    assert sorted(set(came)) == came
    for number in came:
        began = max(key for key in range(0, number + 1, 8))
        assert not any(lost[began : number + 1])


def test_a_lost_packet_is_asked_for_again_in_a_packet_of_its_own(dial):
    call = dial()
    publish(call, 2)
    datagrams = call.publisher.say(6000, webrtc.picture(2, is_key=False, length=400))
    call.send(datagrams[:3] + datagrams[4:])
    call.step(5)

    assert [NACK] in [webrtc.kinds([report]) for report in call.publisher.reports]
    assert [0, 1, 2] == pictures(call.tags)


def test_a_publisher_that_wants_reports_before_feedback_gets_them(dial):
    call = dial()
    call.session._may_be_reduced = False
    call.session.want_key()
    publish(call, 30, keys=())

    assert [(201, 0), KEY] in [webrtc.kinds([report]) for report in call.publisher.reports]


def test_reports_say_what_comes_and_how_much_may(dial):
    call = dial()
    for number in range(60):
        call.send(call.publisher.say(number * 2700, webrtc.picture(number, is_key=number % 30 == 0)))
        call.send(call.publisher.speak(number * 1440, b"sound"))
        call.step(3)

    assert [RECEIVED, REMB] in [webrtc.kinds([report]) for report in call.publisher.reports]


def test_sound_is_moved_to_its_pictures_by_reports(dial):
    call = dial()
    for number in range(200):
        call.send(call.publisher.say(number * 2700, webrtc.picture(number, is_key=number % 60 == 0)))
        call.send(call.publisher.speak(number * 1440, b"sound"))
        if number % 10 == 0:
            wall = 3_900_000_000 + number * 0.03
            call.send([call.publisher.report(webrtc.VIDEO_SOURCE, wall, number * 2700)])
            call.send([call.publisher.report(webrtc.AUDIO_SOURCE, wall + 0.2, number * 1440)])
        call.step(3)
    last = {tag.kind: tag.timestamp for tag in call.tags}

    assert 200 == last[TagKind.AUDIO] - last[TagKind.VIDEO]


def test_another_source_goes_on_where_time_is(dial):
    call = dial()
    publish(call, 3)
    call.publisher.numbers[webrtc.VIDEO] = 20_000
    for number in range(3, 6):
        payloads = webrtc.picture(number, is_key=number == 3)
        call.send(call.publisher.say(2_000_000_000 + number * 3000, payloads, source=77))
        call.step(3)
    times = [tag.timestamp for tag in call.tags if tag.is_picture]

    assert (list(range(6)), True) == (pictures(call.tags), max(times) < 1000)


def test_b_frames_are_told_of_once(dial):
    """Each is shown before a picture that came earlier, and there is no time between those two left for it."""
    call = dial()
    for place, number in enumerate([0, *(3 * group + at for group in range(8) for at in (3, 1, 2))]):
        call.send(call.publisher.say(number * 3000, webrtc.picture(place, is_key=not place)))
        call.step(3)
    told = [call.session.flaws(call.now) for _ in range(2)]

    assert [1, 0] == list(map(len, told))
    assert "B frames" in told[0][0]


def test_video_of_which_nothing_can_be_made_is_told_of_once(dial):
    call = dial()
    told = []
    for number in range(200):  # 6 seconds without a key frame
        call.send(call.publisher.say(number * 2700, webrtc.picture(number, is_key=False)))
        call.step(3)
        told += call.session.flaws(call.now)

    assert 1 == len(told)
    assert "video comes from the publisher, and nothing could be made of it for 5 s" in told[0]


def test_there_is_nothing_wrong_with_a_track_that_was_announced_and_does_not_come(dial):
    call = dial()
    publish(call, 200)

    assert [] == call.session.flaws(call.now)


def test_times_wrap_as_those_of_tags_do(dial):
    """Whoever leaps on by hours at every picture comes to the end of 32 bits of milliseconds."""
    call = dial()
    for number in range(400):
        call.send(call.publisher.say(number << 30, webrtc.picture(number, is_key=True)))
        call.step()

    assert {True} == {tag.timestamp < 1 << 32 for tag in call.tags}
    assert 400 == len(pictures(call.tags))


def test_a_goodbye_ends_it(dial):
    call = dial()
    for datagram in call.publisher.dtls.close():
        call.arrive(datagram)

    assert (True, None) == (call.session.is_over, call.session.trouble)


def test_closing_says_goodbye(dial):
    call = dial()
    call.session.close()
    call.answer()

    assert call.publisher.dtls.is_over


def test_a_stranger_in_the_publishers_place_is_told_of(dial, identity):
    call = dial(connects=False)
    call.publisher = webrtc.Publisher(identity, call.session.answer)
    call.arrive(call.publisher.knock())
    call.step(5)

    assert (True, True) == (call.session.is_over, "another certificate" in call.session.trouble)


@given(st.lists(st.tuples(st.sampled_from([0, 22, 100, 128, 144, 191, 255]), st.binary(max_size=60)), max_size=10))
def test_what_is_forged_is_ignored(dial, drawn):
    call = dial()
    heard = call.session.heard
    for first, data in drawn:
        call.tags += call.session.receive(bytes((first,)) + data, call.now)
    tags = len(call.tags)

    assert (heard, 1) == (call.session.heard, tags)
    publish(call, 3)
    assert call.session.is_over or [0, 1, 2] == pictures(call.tags)


@given(st.lists(st.tuples(st.integers(1, 2000), st.sampled_from([96, 97, 111, 5]), st.binary(max_size=60)), max_size=9))
def test_no_bytes_of_a_publisher_break_it(dial, drawn):
    call, number = dial(), 0
    for step, kind, payload in drawn:
        number += step
        raw = webrtc.packet(number, number, payload, kind=kind, source=number % 3)
        call.tags += call.session.receive(call.publisher._outbound.protect(raw), call.now)
        call.step()

    assert not call.session.is_over


def test_vp9_comes_through(dial):
    call = dial(codec="VP9")
    for number in range(3):
        head = 0x0C if number == 0 else 0x4C
        call.send(call.publisher.say(number * 3000, [bytes((head,)) + struct.pack(">I", number)]))
        call.step(3)

    assert ["vp09"] * 4 == [tag.codec for tag in call.tags if tag.kind is TagKind.VIDEO]
