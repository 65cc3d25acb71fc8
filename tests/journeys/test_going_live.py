"""From an encoder's first byte to a stream that plays, and to its end."""

import pytest

pytestmark = pytest.mark.media


def playback(stream):
    return list(stream["playback"].values())


def test_nothing_plays_before_the_first_segment(customer, body, player):
    stream = customer.create(body())

    assert [404, 404] == [player.fetch(url).status_code for url in playback(stream)]


def test_a_publication_starts_and_then_is_live(customer, body, encode):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")

    assert [("starting", "encoder_connected"), ("live", "first_keyframe_received")] == customer.moves(stream)


def test_a_live_stream_says_so_and_since_when(customer, body, encode):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    shown = customer.show(stream)

    assert ("live", True) == (shown["status"], "last_live_at" in shown)


@pytest.mark.parametrize("hls", ["mpegts", "fmp4"])
def test_both_playback_urls_work_as_soon_as_the_stream_is_live(customer, body, encode, player, hls):
    stream = customer.create(body(hls=hls))
    encode(customer.url(stream))
    customer.until(stream, "live")

    assert [200, 200] == [player.fetch(url).status_code for url in playback(stream)]


def test_a_clean_end_stops_and_comes_to_rest(customer, body, encode):
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.end()
    customer.until(stream, "idle")

    assert [("stopping", "encoder_ended"), ("idle", "stopped")] == customer.moves(stream)[2:]


def test_after_a_clean_end_every_manifest_is_closed(customer, body, encode, player):
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    encoder.end()
    customer.until(stream, "idle")
    (variant,) = player.variants(stream["playback"]["hls"])

    assert (True, True) == (
        player.playlist(variant).is_endlist, 'type="static"' in player.text(stream["playback"]["dash"]),
    )  # fmt: skip


def test_everything_that_was_sent_is_played_after_a_clean_end(customer, body, encode, player):
    stream = customer.create(body())
    encoder = encode(customer.url(stream), "both", "-t", "2")
    assert 0 == encoder.wait()
    customer.until(stream, "idle")
    (variant,) = player.variants(stream["playback"]["hls"])

    assert sum(segment.duration for segment in player.playlist(variant).segments) == pytest.approx(2, abs=0.1)


def test_an_encoder_that_leaves_before_the_first_segment_leaves_an_idle_stream(customer, body, encode, eventually):
    stream = customer.create(body({"gop": 240}))
    encoder = encode(customer.url(stream))
    eventually(lambda: customer.transcoder(stream))
    encoder.end()
    customer.until(stream, "idle")

    assert "errored" not in dict(customer.moves(stream))


def test_a_key_may_carry_a_query(customer, body, encode):
    stream = customer.create(body())
    encode(f"{customer.url(stream)}?bitrate=low")

    customer.until(stream, "live")
