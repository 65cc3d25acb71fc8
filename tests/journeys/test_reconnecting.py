"""A killed encoder may come back, and the broadcast goes on with a discontinuity; one that stays away is an error."""

import os
import signal

import pytest

pytestmark = pytest.mark.media


@pytest.fixture(name="live")
def _live(customer, body, encode):
    stream = customer.create(body(hls="mpegts", listed=100))
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    return stream, encoder


@pytest.fixture(name="returned")
def _returned(customer, live, encode):
    """A stream whose encoder was killed and is back."""
    stream, encoder = live
    encoder.kill()
    customer.until(stream, "reconnecting")
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    return stream


def media(player, stream):
    (variant,) = player.variants(stream["playback"]["hls"])
    return player.playlist(variant)


def test_a_killed_encoder_makes_the_stream_reconnect(customer, live):
    stream, encoder = live
    encoder.kill()
    customer.until(stream, "reconnecting")

    assert ("reconnecting", "connection_lost") == customer.moves(stream)[-1]


def test_while_the_encoder_is_away_the_playlists_stay_open(customer, live, player):
    stream, encoder = live
    encoder.kill()
    customer.until(stream, "reconnecting")

    assert not media(player, stream).is_endlist


def test_a_returning_encoder_makes_the_stream_live_again(customer, returned):
    assert ("live", "encoder_returned") == customer.moves(returned)[-1]


def test_an_encoder_may_come_back_before_the_old_transcoder_has_ended(customer, live, encode):
    stream, encoder = live
    os.kill(customer.transcoder(stream), signal.SIGSTOP)  # it takes seconds to end now
    encoder.kill()
    customer.until(stream, "reconnecting")
    again = encode(customer.url(stream))
    customer.until(stream, "live", times=2)

    assert again.is_running


def test_the_media_sequence_goes_on_after_a_discontinuity(live, customer, encode, player):
    stream, encoder = live
    before = media(player, stream)
    encoder.kill()
    customer.until(stream, "reconnecting")
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    after = media(player, stream)
    names = [segment.uri for segment in after.segments]

    assert before.segments[-1].uri in names
    assert (before.media_sequence or 0) <= (after.media_sequence or 0)
    assert names.index(before.segments[-1].uri) < [s.discontinuity for s in after.segments].index(True)
    assert 1 == [segment.discontinuity for segment in after.segments].count(True)


def test_what_follows_a_discontinuity_is_decoded(returned, player):
    (variant,) = player.variants(returned["playback"]["hls"])
    playlist = player.playlist(variant)
    (start,) = [number for number, segment in enumerate(playlist.segments) if segment.discontinuity]
    segment = playlist.segments[start].absolute_uri

    assert player.frames(segment, "video", most=6)


def test_the_time_of_day_goes_on_after_a_discontinuity(returned, player):
    segments = media(player, returned).segments
    times = [segment.program_date_time for segment in segments]

    assert sorted(times) == times


def test_dash_gets_a_period_for_every_run(returned, player):
    assert 2 == player.text(returned["playback"]["dash"]).count("<Period ")


def test_the_grace_begins_anew_with_every_loss(stand_in, customers, body, encode):
    """The timer of a loss that was made good must not end the next one early."""
    customer = customers(stand_in(switches={"tenbyte": {"grace_seconds": 5.0}}))
    clock = customer.emulator.clock
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.kill()
    customer.until(stream, "reconnecting")
    again = encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    again.kill()
    customer.until(stream, "reconnecting", times=2)
    lost_at = clock.monotonic()
    customer.until(stream, "errored")

    assert clock.monotonic() - lost_at >= 4.9


def test_one_that_comes_back_with_other_tracks_is_told_which_are_wanted(customer, live, encode):
    stream, encoder = live
    encoder.kill()
    customer.until(stream, "reconnecting")
    other = encode(customer.url(stream), "video")
    customer.until(stream, "errored")
    other.wait()

    assert "came back with H.264 (avc1) alone, and the broadcast began with H.264 (avc1) and AAC (mp4a)" in other.words


def test_a_stream_that_reconnects_can_be_stopped(customer, live):
    stream, encoder = live
    encoder.kill()
    customer.until(stream, "reconnecting")
    customer.order("stop", stream)
    customer.until(stream, "idle")


def test_after_the_grace_the_stream_is_errored(stand_in, customers, body, encode):
    customer = customers(stand_in(switches={"tenbyte": {"grace_seconds": 0.3}}))
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.kill()
    customer.until(stream, "errored")

    assert [("reconnecting", "connection_lost"), ("errored", "encoder_timeout")] == customer.moves(stream)[2:]


def test_after_the_grace_the_playlists_are_closed(stand_in, customers, body, encode, player, eventually):
    customer = customers(stand_in(switches={"tenbyte": {"grace_seconds": 0.3}}))
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.kill()
    customer.until(stream, "errored")

    eventually(lambda: media(player, stream).is_endlist)


def test_an_errored_stream_can_be_live_again(stand_in, customers, body, encode):
    customer = customers(stand_in(switches={"tenbyte": {"grace_seconds": 0.3}}))
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.kill()
    customer.until(stream, "errored")
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)


@pytest.fixture(name="stalled")
def _stalled(stand_in, customers, body, encode):
    """A stream whose encoder keeps its connection and sends nothing any more."""
    customer = customers(stand_in(media_profile="passthrough", stale_after=4.0))
    stream = customer.create(body(listed=100))
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    os.kill(encoder.process.pid, signal.SIGSTOP)
    customer.until(stream, "reconnecting")
    return customer, stream


def test_a_stalled_encoder_is_lost_and_another_goes_on(stalled, encode, player):
    customer, stream = stalled
    before = media(player, stream)
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    after = media(player, stream)
    names = [segment.uri for segment in after.segments]

    assert ["live", "reconnecting", "live"] == [state for state, _ in customer.moves(stream)][1:]
    assert (before.media_sequence or 0) <= (after.media_sequence or 0)
    assert names.index(before.segments[-1].uri) < [s.discontinuity for s in after.segments].index(True)
    assert 1 == [segment.discontinuity for segment in after.segments].count(True)
