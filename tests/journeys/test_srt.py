"""The printed SRT URL takes an encoder, as the RTMP one does."""

import re
from contextlib import closing

import pytest
from click.testing import CliRunner
from judging import BUSY, broken
from lossy import Network

from offair.emulator.cli import main

pytestmark = pytest.mark.media


def _url(stream):
    return stream["ingest"]["srt"]


@pytest.mark.parametrize("hls", ["mpegts", "fmp4"])
def test_a_stream_pushed_over_srt_goes_live_and_plays(customer, body, encode, player, hls):
    stream = customer.create(body(hls=hls, ingest={"kind": "push", "protocols": ["srt"]}))
    encode(_url(stream))
    customer.until(stream, "live")

    assert [24, 24] == [len(player.frames(stream["playback"]["hls"], kind)) for kind in ("video", "audio")]


@pytest.mark.parametrize("profile", ["passthrough", "light"])
@pytest.mark.parametrize("clip", ["a picture a second", "late sound"])
def test_a_track_that_is_slow_to_show_what_it_is_is_waited_for(stand_in, customers, body, encode, profile, clip):
    customer = customers(stand_in(media_profile=profile))
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["srt"]}))
    encode(_url(stream), clip)
    customer.until(stream, "live")

    assert ["starting", "live"] == [state for state, _ in customer.moves(stream)]


@pytest.fixture(name="network")
def _network(customer):
    """A bad way to the port of SRT, which ends with the test."""
    with closing(Network(customer.emulator.media.edge.srt_port, loss=0.03, disorder=0.03, lossy=1_000_000)) as network:
        network.start()
        yield network


@pytest.mark.parametrize("latency", [2000, 4000])  # milliseconds: a busy machine may stop for a while
def test_over_a_bad_network_a_stream_stays_whole(customer, body, encode, network, player, latency):
    """What is lost is asked for again, what is late is waited for, and what comes twice left out."""
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["srt"]}, hls="fmp4"))
    asked = _url(stream).partition("?")[2]
    encode(f"srt://127.0.0.1:{network.port}?latency={latency * 1000}&{asked}")
    customer.until(stream, "live")
    found = broken({"hls": stream["playback"]["hls"]}, seconds=6.0, ignore=BUSY)
    (variant,) = player.variants(stream["playback"]["hls"])
    segments = player.playlist(variant).segments

    assert ({}, ["starting", "live"]) == (found, [state for state, _ in customer.moves(stream)])
    assert [] == [segment.uri for segment in segments if segment.discontinuity]
    assert [] == customer.emulator.journal.entries({"kind": "publication", "text": "latency"})
    assert min(network.lost, network.disordered) > 15


def test_a_goodbye_over_srt_brings_the_stream_to_rest(customer, body, encode):
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["srt"]}))
    encoder = encode(_url(stream))
    customer.until(stream, "live")
    encoder.end()
    customer.until(stream, "idle")

    assert ["starting", "live", "stopping", "idle"] == [state for state, _ in customer.moves(stream)]


def test_a_wrong_key_over_srt_ends_the_encoder(customer, body, encode):
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["srt"]}))
    encoder = encode(_url(stream).replace(stream["stream_key"], "nobody"))

    assert (True, []) == (encoder.wait() != 0, customer.moves(stream))


def test_a_stream_for_rtmp_refuses_srt(customer, body, encode):
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["rtmp"]}))
    encoder = encode(_url(stream))

    assert (True, []) == (encoder.wait() != 0, customer.moves(stream))


def test_a_second_encoder_is_refused_across_protocols(customer, body, encode):
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["rtmp", "srt"]}))
    first = encode(customer.url(stream))
    customer.until(stream, "live")
    second = encode(_url(stream))

    assert (True, True) == (second.wait() != 0, first.is_running)


def test_a_stop_disconnects_an_srt_encoder(customer, body, encode):
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["srt"]}))
    encoder = encode(_url(stream))
    customer.until(stream, "live")
    customer.order("stop", stream)
    customer.until(stream, "idle")

    assert 0 != encoder.wait()


def test_the_built_in_encoder_speaks_srt_too(customer, body):
    """With what goes wrong on request: a second of black is pictures all the same."""
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["srt"]}))
    done = CliRunner().invoke(main, ["publish", _url(stream), "--seconds", "3", "--fault", "black@1+1"])
    customer.until(stream, "idle")

    assert ["starting", "live", "stopping", "idle"] == [state for state, _ in customer.moves(stream)]
    assert re.fullmatch(r"published 3\.0 s, 90 frames, \d{5,6} bytes\n", done.output), done.output


def test_the_built_in_encoder_is_told_that_it_is_refused(customer, body):
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["srt"]}))
    done = CliRunner().invoke(main, ["publish", _url(stream).replace(stream["stream_key"], "nobody")])

    assert (1, True, []) == (done.exit_code, "it was not taken: " in done.output, customer.moves(stream)), done.output
