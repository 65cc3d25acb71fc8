"""A stream that pulls: every documented protocol, failover, a source that comes back, and one that never comes."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from free_ports import free_port
from rtsp import rtsp_source

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media

NOBODY = {"protocol": "rtmp", "url": "rtmp://127.0.0.1:1/live/nobody-there"}


@pytest.fixture(scope="module", name="emulator")
def _emulator() -> Iterator[Emulator]:
    """An emulator that copies what it pulls."""
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough", stale_after=4.0)) as emulator:
        yield emulator


@pytest.fixture(name="rtmp")
def _rtmp() -> str:
    return f"rtmp://127.0.0.1:{free_port()}/live/a-secret-key"


@pytest.fixture(name="offer")
def _offer(ffmpeg, clips):
    """Run a source: an ffmpeg that waits to be called, or sends UDP to whoever listens."""
    running = []

    def offer(url: str, clip: str = "both") -> subprocess.Popen:
        target = {"rtmp": ["-listen", "1", "-f", "flv", url],
                  "srt": ["-f", "mpegts", f"{url.partition('?')[0]}?mode=listener"],
                  "udp": ["-f", "mpegts", f"{url}?pkt_size=1316"]}[url.partition(":")[0]]  # fmt: skip
        argv = [ffmpeg, "-nostdin", "-v", "fatal", "-re", "-stream_loop", "-1", "-i", str(clips[clip]), "-c", "copy"]
        running.append(subprocess.Popen([*argv, *target]))
        return running[-1]

    yield offer
    for source in running:
        source.kill()
        source.wait()


@contextmanager
def _source(scheme: str, offer, ffmpeg, clips) -> Iterator[str]:
    if scheme == "rtsp":
        with rtsp_source(ffmpeg, clips["both"]) as url:
            yield url
        return
    kind = socket.SOCK_STREAM if scheme == "rtmp" else socket.SOCK_DGRAM
    rest = {"rtmp": "/live/a-key", "srt": "?streamid=a-source&latency=120", "udp": ""}[scheme]
    url = f"{scheme}://127.0.0.1:{free_port(kind)}{rest}"
    offer(url)
    yield url


@pytest.fixture(name="pull")
def _pull(customer, body):
    """Make a stream that pulls from these URLs, the primary and maybe a backup."""

    def pull(*urls: str, by=customer) -> dict:
        endpoints = [{"protocol": "rtmp", "url": url} for url in urls]
        ingest = {"kind": "pull", **dict(zip(("primary", "backup"), endpoints, strict=False))}
        return by.create(body(dash=False, listed=100, ingest=ingest))

    return pull


def playlist(player, stream):
    (variant,) = player.variants(stream["playback"]["hls"])
    return player.playlist(variant)


@pytest.mark.parametrize("scheme", ["rtmp", "srt", "udp", "rtsp"])
def test_what_is_pulled_plays(pull, customer, player, offer, ffmpeg, clips, scheme):
    with _source(scheme, offer, ffmpeg, clips) as url:
        stream = pull(url)
        customer.until(stream, "live")

        assert player.frames(playlist(player, stream).segments[0].absolute_uri, "video", most=3)
        customer.order("stop", stream)


def test_a_source_whose_sound_comes_late_is_read_when_it_is_called_again(pull, customer, offer):
    url = f"srt://127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    first = offer(url, "late sound")
    stream = pull(url)
    first.wait(30)  # it is hung up on by who does not know its sound yet
    offer(url, "late sound")
    customer.until(stream, "live")
    customer.order("stop", stream)


def test_a_pull_stream_is_idle_in_the_answer_and_starts_by_itself(pull, customer):
    stream = pull(NOBODY["url"])

    assert ("idle", [("starting", "pull_started")]) == (stream["status"], customer.moves(stream))


def test_a_dead_primary_is_followed_by_the_backup(pull, customer, offer, rtmp, emulator):
    offer(rtmp)
    stream = pull(NOBODY["url"], rtmp)
    customer.until(stream, "live")
    told = [entry.summary for entry in emulator.journal.entries({"kind": "publication", "stream": stream["id"]})]

    assert "the primary source rtmp://127.0.0.1:1/live/nobo… cannot be read" in told[0]
    assert "Connection refused" in told[0]
    assert [f"the backup source {rtmp.replace('a-secret-key', 'a-se…')} is read"] == [t for t in told if "is read" in t]


def test_a_source_that_dies_is_followed_by_the_backup(pull, customer, offer, rtmp, player):
    primary = f"udp://127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    first = offer(primary)
    offer(rtmp)
    stream = pull(primary, rtmp)
    customer.until(stream, "live")
    first.kill()  # UDP says nothing of it: silence does
    customer.until(stream, "live", times=2)

    assert ["starting", "starting", "live", "reconnecting", "live"] == [state for state, _ in customer.moves(stream)]
    assert 1 == [segment.discontinuity for segment in playlist(player, stream).segments].count(True)


def test_a_source_that_comes_back_goes_on_with_a_discontinuity(pull, customer, offer, rtmp, player):
    source = offer(rtmp)
    stream = pull(rtmp)
    customer.until(stream, "live")
    before = playlist(player, stream)
    source.kill()
    customer.until(stream, "reconnecting")
    offer(rtmp)
    customer.until(stream, "live", times=2)
    after = playlist(player, stream)
    names = [segment.uri for segment in after.segments]

    assert (before.media_sequence or 0) <= (after.media_sequence or 0)
    assert names.index(before.segments[-1].uri) < [s.discontinuity for s in after.segments].index(True)


def test_dead_sources_err_the_stream_with_their_words(stand_in, customers, pull):
    customer = customers(stand_in(switches={"tenbyte": {"patience_seconds": 6.0}}))
    stream = pull(NOBODY["url"], NOBODY["url"], by=customer)
    customer.until(stream, "errored")

    assert ("errored", "no_input") == customer.moves(stream)[-1]
    assert "Connection refused" in customer.words(stream, "errored")


def test_a_source_that_stays_away_errs_the_stream_after_the_grace(stand_in, customers, pull, offer, rtmp):
    customer = customers(stand_in(media_profile="passthrough", switches={"tenbyte": {"grace_seconds": 0.7}}))
    source = offer(rtmp)
    stream = pull(rtmp, by=customer)
    customer.until(stream, "live")
    source.kill()
    customer.until(stream, "errored")

    assert [("reconnecting", "connection_lost"), ("errored", "encoder_timeout")] == customer.moves(stream)[-2:]
    assert "a-secret-key" not in customer.words(stream, "errored")


@pytest.mark.parametrize("url", ["srt://127.0.0.1:1?mode=listener", "srt://127.0.0.1", "udp://127.0.0.1"])
def test_a_documented_protocol_that_can_never_be_read_errs_the_stream(pull, customer, url):
    stream = pull(url)
    customer.until(stream, "errored")

    assert ("errored", "cannot_pull") == customer.moves(stream)[-1]
    assert customer.words(stream, "errored").startswith("primary source: ")


def test_an_ffmpeg_that_lacks_a_protocol_is_named_with_what_to_install(stand_in, customers, pull, ffmpeg, tmp_path):
    lacking = tmp_path / "ffmpeg"
    lacking.write_text(
        f'#!/bin/sh\ncase "$*" in *-protocols*) {ffmpeg} "$@" | grep -v srt;; *) exec {ffmpeg} "$@";; esac'
    )
    lacking.chmod(0o755)
    customer = customers(stand_in(ffmpeg=lacking))
    stream = pull("srt://127.0.0.1:1", by=customer)
    customer.until(stream, "errored")

    assert "cannot speak srt, it lacks the protocol srt: 'pip install imageio-ffmpeg'" in customer.words(
        stream, "errored"
    )


def test_a_stopped_stream_pulls_no_more_and_a_restart_pulls_again(pull, customer, offer, rtmp):
    source = offer(rtmp)
    stream = pull(rtmp)
    customer.until(stream, "live")
    customer.order("stop", stream)
    customer.until(stream, "idle")
    source.wait(30)  # it serves one caller, and that one hung up
    offer(rtmp)
    customer.order("restart", stream)
    customer.until(stream, "live", times=2)

    assert "live" == customer.status(stream)


def test_a_reset_key_disturbs_no_pull(pull, customer, offer, rtmp):
    offer(rtmp)
    stream = pull(rtmp)
    customer.until(stream, "live")
    customer.order("reset-key", stream)

    assert "live" == customer.status(stream)


def test_the_clouds_clock_may_be_moved_while_a_source_is_pulled(
    pull, customer, offer, rtmp, control, player, eventually
):
    offer(rtmp)
    stream = pull(rtmp)
    customer.until(stream, "live")
    assert control.post("/clock/advance", json={"seconds": 3600}).is_success
    latest = playlist(player, stream).segments[-1].uri
    eventually(lambda: playlist(player, stream).segments[-1].uri != latest)

    assert "live" == customer.moves(stream)[-1][0]


def test_a_source_is_called_again_when_an_ffmpeg_that_was_gone_is_back(
    stand_in, customers, pull, offer, rtmp, ffmpeg, tmp_path
):
    named, away = tmp_path / "ffmpeg", tmp_path / "away"
    named.symlink_to(ffmpeg)
    customer = customers(stand_in(ffmpeg=named, media_profile="passthrough"))
    source = offer(rtmp)
    stream = pull(rtmp, by=customer)
    customer.until(stream, "live")
    named.rename(away)
    source.kill()
    journal, about = customer.emulator.journal, {"kind": "publication", "stream": stream["id"], "text": "no such file"}
    told = journal.wait_for(lambda _: journal.entries(about), customer.emulator.clock.deadline(30))
    offer(rtmp)
    away.rename(named)
    customer.until(stream, "live", times=2)

    assert (True, []) == ("no usable ffmpeg" in str(told), journal.entries({"kind": "trouble"}))
