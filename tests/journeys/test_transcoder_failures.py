"""When ffmpeg dies or cannot begin, the stream is errored, and everybody is told in ffmpeg's own words."""

import os
import signal

import pytest

pytestmark = [pytest.mark.media, pytest.mark.troubled]


@pytest.fixture(name="killed")
def _killed(customer, body, encode, eventually):
    """A stream whose transcoder was killed while it was live, and its encoder."""
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "live")
    os.kill(customer.transcoder(stream), signal.SIGKILL)
    customer.until(stream, "errored")
    return stream, encoder


def test_a_killed_transcoder_makes_the_stream_errored(customer, killed):
    stream, _ = killed

    assert ("errored", "transcoder_failed") == customer.moves(stream)[-1]


def test_a_killed_transcoder_disconnects_the_encoder(killed):
    _, encoder = killed

    assert 0 != encoder.wait()
    assert "the stream failed" in encoder.words


def test_a_killed_transcoder_is_in_the_journal_with_its_exit(killed, until):
    stream, _ = killed
    entry = until("transcoder_failed", kind="trouble", stream=stream["id"])

    assert "-9" in entry.summary


def test_a_killed_transcoder_leaves_whole_playlists(killed, player):
    stream, _ = killed
    (variant,) = player.variants(stream["playback"]["hls"])

    assert (True, True) == (player.playlist(variant).is_endlist, bool(player.frames(variant, "video", most=6)))


def test_after_a_killed_transcoder_the_stream_can_be_live_again(customer, killed, encode):
    stream, _ = killed
    encode(customer.url(stream))

    customer.until(stream, "live", times=2)


@pytest.fixture(name="impossible")
def _impossible(stand_in, customers, body, encode):
    """A stream whose preset no encoder knows; the light profile would have replaced it."""
    customer = customers(stand_in(media_profile="faithful"))
    stream = customer.create(body({"preset": "warp-speed"}))
    encoder = encode(customer.url(stream))
    customer.until(stream, "errored")
    return customer, stream, encoder


def test_a_preset_that_does_not_exist_errs_in_ffmpegs_words(impossible):
    customer, stream, _ = impossible

    assert "warp-speed" in customer.words(stream, "errored")


def test_a_preset_that_does_not_exist_is_told_in_the_journal(impossible):
    customer, stream, _ = impossible
    entries = customer.emulator.journal.entries({"kind": "publication", "stream": stream["id"]})

    assert "warp-speed" in next(entry.details["words"] for entry in entries if "transcoder_failed" in entry.summary)
    assert [] == customer.emulator.journal.entries({"kind": "trouble", "stream": stream["id"]})


def test_a_preset_that_does_not_exist_disconnects_the_encoder(impossible):
    _, _, encoder = impossible

    assert 0 != encoder.wait()


def test_a_video_stream_without_video_is_refused_with_a_sentence(customer, body, encode):
    stream = customer.create(body())
    encode(customer.url(stream), "audio")
    customer.until(stream, "errored")

    assert "the encoder sends none" in customer.words(stream, "errored")


def test_an_ffmpeg_that_is_not_there_errs_with_the_next_step(stand_in, customers, body, encode, tmp_path):
    customer = customers(stand_in(ffmpeg=tmp_path / "nowhere"))
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "errored")

    assert "OFFAIR_FFMPEG" in customer.words(stream, "errored")


def test_a_bug_of_ours_leaves_nobody_on_air(customer, body, encode, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.broadcast.pipeline.plan", lambda *_: 1 / 0)
    stream = customer.create(body())
    encoder = encode(customer.url(stream))
    customer.until(stream, "errored")

    assert ("emulator_failed", True) == (customer.moves(stream)[-1][1], encoder.wait() != 0)


def test_a_stopped_transcoder_is_noticed(stand_in, customers, body, encode):
    """A process that hangs is as bad as one that is gone."""
    customer = customers(stand_in(stale_after=3.0))
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    os.kill(customer.transcoder(stream), signal.SIGSTOP)
    customer.until(stream, "errored")

    assert "transcoder_stalled" == customer.moves(stream)[-1][1]
