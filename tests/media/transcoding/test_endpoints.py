"""Which endpoints are read and sent to, and that ffmpeg is told to open nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.transcoding.command import pull, relay
from offair.emulator.media.transcoding.endpoints import (
    READING,
    SENDING,
    UnusableEndpointError,
    address,
    check_abilities,
    reading,
    sending,
)


@pytest.mark.parametrize(
    ("url", "container", "whitelist"),
    [
        ("rtmp://h/live/k", "flv", "rtmp,tcp"),
        ("RTMPS://h/live/k", "flv", "rtmps,tls,tcp"),
        ("rtsp://u:p@h/x", "rtsp", "tcp,udp,rtp"),
        ("srt://h:9?streamid=#!::r=live/k,m=request&latency=200", "mpegts", "srt"),
        ("udp://@239.0.0.1:1234", "mpegts", "udp"),
    ],
)
def test_a_source_is_read_as_its_scheme_says_and_as_nothing_else(url, container, whitelist):
    argv = pull("ffmpeg", url, reading(url, 5), 7)
    before = argv[: argv.index("-i")]

    assert (container, whitelist, url) == (
        before[before.index("-f") + 1],
        before[before.index("-protocol_whitelist") + 1],
        argv[argv.index("-i") + 1],
    )


@pytest.mark.parametrize("url", ["", "x", "rtmp:", "rtmp:///live/k", "srt://h", "udp://h", "srt://h:x", "srt://[::1"])
def test_half_a_url_is_no_source(url):
    with pytest.raises(UnusableEndpointError):
        reading(url, 5)


@given(st.text())
def test_what_has_no_documented_scheme_is_never_spoken(url):
    for tell, manners in ((reading, READING), (sending, SENDING)):
        if url.partition(":")[0].lower() not in manners:
            with pytest.raises(UnusableEndpointError):
                tell(url, 5)


def test_a_source_is_called_and_never_listened_for():
    with pytest.raises(UnusableEndpointError, match="a source is called"):
        reading("srt://h:9?streamid=#!::r=x&mode=listener", 5)


@pytest.mark.parametrize("query", ["mode=listener", "mode=rendezvous", "mode=caller&mode=listener", "x=1&mode="])
def test_a_target_is_called_and_never_listened_for(query):
    with pytest.raises(UnusableEndpointError, match="a target is called"):
        sending(f"srt://h:9?{query}", 5)


@pytest.mark.parametrize("url", ["rtsp://h/x", "udp://h:1", "http://h/x"])
def test_only_rtmp_and_srt_are_sent_to(url):
    with pytest.raises(UnusableEndpointError, match="rtmp://, rtmps://, srt://"):
        sending(url, 5)


def test_a_relay_copies_from_its_input_to_the_target():
    argv = relay("ffmpeg", "srt://h:9", sending("srt://h:9", 5), container="flv", progress=5)

    assert ("flv", "copy", "mpegts", "pipe:5") == (
        argv[argv.index("-f") + 1],
        argv[argv.index("-c") + 1],
        argv[len(argv) - 1 - argv[::-1].index("-f") + 1],
        argv[argv.index("-progress") + 1],
    )
    assert "srt://h:9" in argv


def test_what_browsers_publish_is_made_what_targets_take():
    facts = Facts(video="vp09", audio="Opus")
    argv = relay("ffmpeg", "rtmp://h/x", sending("rtmp://h/x", 5), container="flv", progress=5, facts=facts)

    assert ("libx264", "aac") == tuple(argv[argv.index(name) + 1] for name in ("-c:v", "-c:a"))


def test_an_address_has_no_secret():
    assert "h:554" == address("rtsp://user:password@h:554/camera")


def test_what_an_ffmpeg_lacks_is_named():
    with pytest.raises(UnusableEndpointError, match="it lacks the protocol rtp and the demuxer rtsp"):
        check_abilities("rtsp://h", reading("rtsp://h", 5), {"protocol tcp", "protocol udp"})
