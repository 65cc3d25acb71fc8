"""What readers of one variant get, wherever they come in."""

from hypothesis import given
from hypothesis import strategies as st

MOST_KEPT = "offair.emulator.media.listening.progressive.feed.MOST_KEPT"
VIDEO, AUDIO = 1, 2


def test_nobody_can_join_before_the_first_key_frame(scene):
    play = scene()
    play.encoder.send(1, "audio")

    assert (False, None) == (play.feed.can_be_joined, play.feed.join(lambda: None))


def test_a_reader_begins_at_the_latest_key_frame_at_time_zero(scene):
    play = scene()
    play.encoder.send(8)
    _, heard = play.readers.drain(play.readers.join())
    first = next(one for one in heard if one.number == VIDEO)

    assert (True, 0.0) == (first.is_key, first.time)
    assert [0.0, 0.1, 0.2] == [round(one.time, 3) for one in heard if one.number == VIDEO]


def test_the_sound_begins_with_the_picture(scene):
    play = scene()
    play.encoder.send(8)
    _, heard = play.readers.drain(play.readers.join())

    assert [0.0, 0.1, 0.2] == [round(one.time, 3) for one in heard if one.number == AUDIO]


def test_sound_that_came_before_its_key_frame_is_kept_for_it(scene):
    play = scene()
    play.encoder.send(5)
    play.encoder.send(3, "audio")
    play.encoder.send(1, "video")
    _, heard = play.readers.drain(play.readers.join())

    assert [(AUDIO, 0.0), (AUDIO, 0.1), (AUDIO, 0.2), (VIDEO, 0.0)] == [
        (one.number, round(one.time, 3)) for one in heard
    ]


def test_sound_that_lags_behind_the_key_frame_is_left_out(scene):
    play = scene()
    play.encoder.send(5)
    play.encoder.send(1, "video")
    tap = play.readers.join()
    play.encoder.send(1, "video")
    play.encoder.send(2, "audio")
    _, heard = play.readers.drain(tap)

    assert [(VIDEO, 0.0), (VIDEO, 0.1), (AUDIO, 0.0), (AUDIO, 0.1)] == [
        (one.number, round(one.time, 3)) for one in heard
    ]


@given(joins=st.lists(st.integers(1, 8), min_size=1, max_size=5), gop=st.integers(1, 6))
def test_whoever_joins_whenever_gets_a_key_frame_first_and_then_everything(scene, joins, gop):
    """Within the lag that is allowed, as nobody reads before the end."""
    play = scene(gop=gop)
    taps = []
    for count in joins:
        play.encoder.send(count)
        taps.append(play.readers.join())
    play.encoder.send(gop)
    for tap in taps:
        _, heard = play.readers.drain(tap)
        pictures = [one for one in heard if one.number == VIDEO]
        sequences = [one.sequence for one in heard]

        assert pictures[0].is_key
        assert [round(0.1 * at, 3) for at in range(len(pictures))] == [round(one.time, 3) for one in pictures]
        assert sorted(sequences) == sequences


def test_all_readers_get_the_same(scene):
    play = scene()
    play.encoder.send(1)
    taps = [play.readers.join(str(number)) for number in range(20)]
    play.encoder.send(9)

    assert 1 == len({repr(play.readers.drain(tap)) for tap in taps})


def test_who_only_looks_is_no_reader_and_not_missed(scene):
    play = scene()
    play.encoder.send(1)
    reader, looker = (
        play.readers.join(),
        play.feed.join(lambda: play.readers.severed.append("looker"), is_counted=False),
    )
    before = play.feed.readers
    reader.close()
    play.encoder.send(100)  # more than anybody may lag

    assert (1, 0, ["looker"], []) == (before, play.feed.readers, play.readers.severed, play.slow)
    looker.close()


def test_a_radio_is_joined_at_its_latest_frame(scene):
    play = scene("audio")
    play.encoder.send(4)
    _, heard = play.readers.drain(play.readers.join())

    assert [(1, 0.0)] == [(one.number, one.time) for one in heard]


def test_pictures_without_sound_are_joined_too(scene):
    play = scene("video")
    play.encoder.send(2)
    _, heard = play.readers.drain(play.readers.join())

    assert [1, 1] == [one.number for one in heard]


def test_an_encoder_that_returns_unchanged_is_read_on_in_time(scene):
    play = scene()
    play.encoder.send(5)
    tap = play.readers.join()
    play.encoder.begin()
    play.encoder.send(3)
    _, heard = play.readers.drain(tap)

    assert [round(0.1 * at, 3) for at in range(8)] == [round(one.time, 3) for one in heard if one.number == VIDEO]
    assert [round(0.1 * at, 3) for at in range(8)] == [round(one.time, 3) for one in heard if one.number == AUDIO]


def test_sound_that_the_lost_encoder_sent_ahead_is_not_heard_twice(scene):
    play = scene()
    play.encoder.send(5)
    play.encoder.send(2, "audio")
    tap = play.readers.join()
    play.encoder.begin()
    play.encoder.send(4)
    _, heard = play.readers.drain(tap)

    assert [round(0.1 * at, 3) for at in range(9)] == [round(one.time, 3) for one in heard if one.number == AUDIO]


def test_nobody_joins_at_what_a_lost_encoder_left(scene):
    play = scene()
    play.encoder.send(5)
    play.feed.begin()

    assert not play.feed.can_be_joined


def test_another_make_of_media_ends_the_readers_that_cannot_follow(scene):
    play = scene()
    play.encoder.send(5)
    tap = play.readers.join()
    play.encoder.begin(timescale=45_000)
    play.encoder.send(5)
    fragments = list(tap)[1:]

    assert 10 == len(fragments)
    assert play.feed.can_be_joined


def test_the_end_of_the_broadcast_ends_every_reader_after_its_last_fragment(scene):
    play = scene()
    play.encoder.send(3)
    tap = play.readers.join()
    play.encoder.send(1)
    play.feed.finish()

    assert (1 + 8, None) == (len(list(tap)), play.feed.join(lambda: None))


def test_a_reader_that_takes_nothing_is_dropped_and_its_connection_cut(scene):
    play = scene()
    play.encoder.send(1)
    play.readers.join("slow")
    quick = play.readers.join("quick")
    taken = []
    for _ in range(60):
        play.encoder.send(1)
        reading = iter(quick) if not taken else reading  # noqa: F821 - the first turn makes it
        taken += [next(reading) for _ in range(2)]

    assert (["slow"], ["slow"], 1) == (play.slow, play.readers.severed, play.feed.readers)


def test_a_stream_that_stands_still_drops_nobody(scene):
    play = scene()
    play.encoder.send(1)
    tap = play.readers.join()
    play.encoder.send(49)  # 4.9 s are there to be read

    assert ([], 1) == (play.slow, play.feed.readers)
    assert 101 == len(list(play.readers.drain(tap)[1])) + 1


def test_a_picture_too_large_to_keep_is_not_kept_and_readers_go_on(scene, monkeypatch):
    play = scene(gop=1000)
    play.encoder.send(1)
    tap = play.readers.join()
    monkeypatch.setattr(MOST_KEPT, 2_000)
    play.encoder.send(30)
    _, heard = play.readers.drain(tap)

    assert (False, 62) == (play.feed.can_be_joined, len(heard))


def test_who_leaves_is_gone_at_once(scene):
    play = scene()
    play.encoder.send(1)
    tap = play.readers.join()
    tap.close()
    tap.close()

    assert 0 == play.feed.readers


def test_while_nothing_comes_the_reader_may_look_after_its_connection(scene, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.listening.progressive.tap.SILENCE", 0.001)
    play = scene()
    play.encoder.send(1)
    reading = iter(play.readers.join())
    seen = [next(reading) for _ in range(4)]

    assert [True, True, True, False] == [bool(content) for content in seen]


def test_a_cut_does_not_wait_for_what_is_unread(scene):
    play = scene()
    play.encoder.send(5)
    tap = play.readers.join("a reader")
    play.feed.cut()

    assert (1, ["a reader"]) == (len(list(tap)), play.readers.severed)


def test_each_key_frame_is_told_to_those_who_wait(scene):
    play = scene(gop=2)
    play.encoder.send(5)

    assert ["key"] * 3 == play.keys


def test_a_feed_is_watched_for_as_long_as_somebody_reads_counted_or_not(scene):
    play = scene()
    play.encoder.send(5)
    before = play.feed.is_watched
    tap = play.feed.join(lambda: None, is_counted=False)
    meanwhile = play.feed.is_watched
    tap.close()

    assert (False, True, False) == (before, meanwhile, play.feed.is_watched)


def test_where_nobody_looks_on_no_bytes_are_made(scene, monkeypatch):
    made = []
    monkeypatch.setattr(
        "offair.emulator.media.listening.progressive.recent.place", lambda *_, **wanted: made.append(wanted)
    )
    scene().encoder.send(12)

    assert [] == made
