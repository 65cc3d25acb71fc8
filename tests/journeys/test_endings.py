"""Stop, reset-key and delete end a live broadcast at once, and leave a stream that can be used again."""

import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    switches = {"tenbyte": {"delete_stops_live": True}}
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="light", switches=switches)) as emulator:
        yield emulator


@pytest.fixture(name="live")
def _live(customer, body, encode):
    """A stream that is live, and its encoder."""
    stream = customer.create(body(listed=100))
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    return stream, encoder


@pytest.mark.parametrize(
    ("verb", "words"), [("stop", "the stream was stopped"), ("reset-key", "the stream key was reset")]
)
def test_an_order_disconnects_the_encoder_and_says_why(customer, live, verb, words):
    stream, encoder = live
    customer.order(verb, stream)

    assert 0 != encoder.wait()
    assert words in encoder.words


@pytest.mark.parametrize("verb", ["stop", "reset-key"])
def test_an_order_goes_over_stopping_to_idle(customer, live, verb):
    stream, _ = live
    customer.order(verb, stream)
    customer.until(stream, "idle")

    assert ["starting", "live", "stopping", "idle"] == [state for state, _ in customer.moves(stream)]


@pytest.mark.parametrize("verb", ["stop", "reset-key"])
def test_an_order_closes_the_playlists(customer, live, player, verb):
    stream, _ = live
    customer.order(verb, stream)
    customer.until(stream, "idle")
    (variant,) = player.variants(stream["playback"]["hls"])

    assert player.playlist(variant).is_endlist


def test_a_stopped_stream_can_be_live_again_with_its_key(customer, live, encode):
    stream, _ = live
    customer.order("stop", stream)
    customer.until(stream, "idle")
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)

    assert "live" == customer.status(stream)


def test_a_second_broadcast_shows_nothing_of_the_first(customer, live, encode, player):
    stream, _ = live
    (variant,) = player.variants(stream["playback"]["hls"])
    before = {segment.uri for segment in player.playlist(variant).segments}
    customer.order("stop", stream)
    customer.until(stream, "idle")
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    playlist = player.playlist(variant)

    assert (set(), 0, False) == (
        before & {segment.uri for segment in playlist.segments}, playlist.media_sequence or 0, playlist.is_endlist,
    )  # fmt: skip


def test_a_second_broadcast_plays(customer, live, encode, player):
    stream, _ = live
    customer.order("stop", stream)
    customer.until(stream, "idle")
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    (variant,) = player.variants(stream["playback"]["hls"])

    assert 24 == len(player.frames(variant, "video"))


def test_deleting_a_live_stream_disconnects_the_encoder_and_says_why(customer, live):
    stream, encoder = live
    assert 204 == customer.delete(stream)

    assert 0 != encoder.wait()
    assert "the stream was deleted" in encoder.words


def test_deleting_a_live_stream_leaves_nothing_to_play(customer, live, player, eventually):
    stream, _ = live
    customer.delete(stream)

    eventually(lambda: 404 == player.fetch(stream["playback"]["hls"]).status_code)


def test_deleting_a_live_stream_leaves_no_process(customer, live, eventually):
    stream, _ = live
    customer.delete(stream)

    eventually(lambda: customer.transcoder(stream) is None)


def test_without_the_switch_a_live_stream_cannot_be_deleted(stand_in, customers, body, encode):
    customer = customers(stand_in())
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")

    assert (409, "live") == (customer.delete(stream), customer.status(stream))


def test_a_transcoders_word_that_it_is_idle_frees_the_key(customer, live, encode):
    """The documented webhook is believed: the stream is idle at once, and a new encoder finds a clean stage."""
    stream, _ = live
    report = {
        "event": "stream.status.idle", "stream_id": stream["id"], "status": "idle", "timestamp": "2026-04-16T12:00:00Z"
    }  # fmt: skip
    secret = {"X-Webhook-Secret": customer.tenant.credentials["webhook_secret"]}
    assert 200 == customer.api.post("/webhooks/transcoder", json=report, headers=secret).status_code
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)

    assert "live" == customer.status(stream)


def test_a_reset_ends_what_is_live(customer, live, control):
    _, encoder = live
    control.post("/reset", json={"tenant": customer.tenant.id})

    assert 0 != encoder.wait()
