"""Restart: an encoder that is there gets a new transcoder; without one the stream waits for a while."""

import os
import signal

import pytest

pytestmark = pytest.mark.media
LONG = {"gop": 96}  # four seconds, so that a test meets the stream while it starts


@pytest.fixture(name="starting")
def _starting(customer, body, encode, eventually):
    """A stream whose encoder sends, and that has nothing to play yet."""
    stream = customer.create(body(LONG))
    encoder = encode(customer.url(stream))
    eventually(lambda: customer.transcoder(stream))
    return stream, encoder


def test_a_restart_while_starting_replaces_the_transcoder(customer, starting, eventually):
    stream, _ = starting
    before = customer.transcoder(stream)
    customer.order("restart", stream)

    eventually(lambda: customer.transcoder(stream) not in {before, None})


def test_a_restart_while_starting_keeps_the_encoder_and_goes_live(customer, starting):
    stream, encoder = starting
    customer.order("restart", stream)
    customer.until(stream, "live")

    assert encoder.is_running


def test_what_a_restarted_transcoder_makes_plays(customer, starting, player):
    stream, _ = starting
    customer.order("restart", stream)
    customer.until(stream, "live")
    (variant,) = player.variants(stream["playback"]["hls"])

    assert 24 == len(player.frames(variant, "video"))


def test_a_live_stream_cannot_be_restarted(customer, body, encode):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")

    assert 409 == customer.api.post(f"/streams/{stream['id']}/restart").status_code


def test_a_restart_without_input_waits_and_falls_back_to_idle(stand_in, customers, body):
    customer = customers(stand_in(switches={"tenbyte": {"patience_seconds": 0.2}}))
    stream = customer.create(body())
    customer.order("restart", stream)
    customer.until(stream, "idle")

    assert [("starting", "restart"), ("idle", "no_input")] == customer.moves(stream)


def test_an_encoder_that_comes_after_a_restart_is_taken(customer, body, encode):
    stream = customer.create(body())
    customer.order("restart", stream)
    encode(customer.url(stream))

    customer.until(stream, "live")


def test_the_patience_of_a_restart_ends_when_an_encoder_has_come(stand_in, customers, body, encode, player, eventually):
    """An encoder came and went within the patience: a second restart has all of its own."""
    customer = customers(stand_in(switches={"tenbyte": {"patience_seconds": 5.0}}))
    clock = customer.emulator.clock
    stream = customer.create(body())
    customer.order("restart", stream)
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.end()
    customer.until(stream, "idle")
    customer.order("restart", stream)
    restarted_at = clock.monotonic()
    customer.until(stream, "idle", times=2)

    assert clock.monotonic() - restarted_at >= 4.9


def test_a_restart_of_a_stream_that_stops_is_not_undone_by_the_end_of_the_old_broadcast(
    customer, body, encode, eventually
):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    os.kill(customer.transcoder(stream), signal.SIGSTOP)  # it takes seconds to end now
    customer.order("stop", stream)
    customer.order("restart", stream)
    eventually(lambda: not customer.emulator.media.studio.on_air())

    assert "starting" == customer.status(stream)


def test_an_old_broadcast_that_ends_late_does_no_harm_to_a_new_one(customer, body, encode, player, eventually):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    os.kill(customer.transcoder(stream), signal.SIGSTOP)  # it takes seconds to end now
    customer.order("stop", stream)
    customer.order("restart", stream)
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    eventually(lambda: len(customer.emulator.media.studio.on_air()) == 1)
    (variant,) = player.variants(stream["playback"]["hls"])

    assert (False, "live") == (player.playlist(variant).is_endlist, customer.status(stream))
