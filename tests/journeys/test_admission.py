"""Who may publish: an encoder with a wrong key ends at once, and prints why."""

import pytest

pytestmark = pytest.mark.media


def refused(encoder):
    """Wait for the encoder's end: it must be a failure; give what it printed."""
    assert 0 != encoder.wait()
    return encoder.words


def test_a_wrong_key_is_refused(customer, body, encode):
    stream = customer.create(body())

    assert "invalid stream key" in refused(encode(f"{stream['ingest']['rtmp']}/nobody"))


def test_a_wrong_key_moves_nothing(customer, body, encode):
    stream = customer.create(body())
    refused(encode(f"{customer.url(stream)}x"))

    assert ("idle", []) == (customer.status(stream), customer.moves(stream))


def test_a_deleted_streams_key_is_refused(customer, body, encode):
    stream = customer.create(body())
    assert 204 == customer.delete(stream)

    assert "invalid stream key" in refused(encode(customer.url(stream)))


def test_a_key_that_was_reset_is_refused(customer, body, encode):
    stream = customer.create(body())
    customer.order("reset-key", stream)

    assert "invalid stream key" in refused(encode(customer.url(stream)))


def test_the_new_key_is_good_after_a_reset(customer, body, encode):
    stream = customer.order("reset-key", customer.create(body()))
    encode(customer.url(stream))

    customer.until(stream, "live")


def test_a_stream_for_srt_refuses_rtmp_and_says_what_it_takes(customer, body, encode):
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["srt"]}))
    words = refused(encode(f"{customer.emulator.rtmp_url}/live/{stream['stream_key']}"))

    assert "this stream takes srt, not rtmp" in words


def test_an_unknown_application_is_refused_and_the_right_one_named(customer, body, encode):
    stream = customer.create(body())
    words = refused(encode(f"{customer.emulator.rtmp_url}/studio/{stream['stream_key']}"))

    assert "no such application: studio; publish to live" in words


def test_nobody_publishes_to_a_stream_that_pulls(customer, body, encode):
    primary = {"protocol": "rtmp", "url": "rtmp://127.0.0.1:1/live/a"}
    stream = customer.create(body(ingest={"kind": "pull", "primary": primary}))
    words = refused(encode(f"{customer.emulator.rtmp_url}/live/{stream['stream_key']}"))

    assert "this stream pulls its source; nobody can publish to it" in words


def test_a_second_encoder_is_refused(customer, body, encode):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")

    assert "stream key is already in use" in refused(encode(customer.url(stream)))


def test_the_first_encoder_is_unharmed_by_a_second(customer, body, encode, player, eventually):
    stream = customer.create(body())
    first = encode(customer.url(stream))
    customer.until(stream, "live")
    refused(encode(customer.url(stream)))
    (variant,) = player.variants(stream["playback"]["hls"])
    seen = player.playlist(variant).segments[-1].uri
    eventually(lambda: player.playlist(variant).segments[-1].uri != seen)

    assert (True, "live") == (first.is_running, customer.status(stream))


def test_a_refusal_is_in_the_journal_without_the_whole_key(customer, body, encode, until):
    stream = customer.create(body())
    refused(encode(f"{stream['ingest']['rtmp']}/a-secret-that-nobody-has"))
    entry = until("refused: invalid stream key", kind="publication")

    assert "a-secret-that-nobody-has" not in str(entry)


def test_two_tenants_publish_side_by_side(customers, body, encode):
    broadcasts = [(customer, customer.create(body())) for customer in (customers(), customers())]
    for customer, stream in broadcasts:
        encode(customer.url(stream))
    for customer, stream in broadcasts:
        customer.until(stream, "live")
