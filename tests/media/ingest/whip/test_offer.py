"""What is taken of an offer, and why nothing is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.problems import Malformed, Problem, Unusable
from offair.emulator.media.ingest.whip.offer import read

TAKEN = {
    "chromium": [("audio", "OPUS", 111, None), ("video", "H264", 108, 109)],
    "chromium-vp9": [("audio", "OPUS", 111, None), ("video", "VP9", 98, 99)],
    "ffmpeg-passive": [("audio", "OPUS", 111, None), ("video", "H264", 106, 105)],
    "ffmpeg-active": [("audio", "OPUS", 111, None), ("video", "H264", 106, 105)],
    "aiortc": [("audio", "OPUS", 96, None), ("video", "H264", 101, 102)],
    "libdatachannel": [("audio", "OPUS", 111, None), ("video", "H264", 96, None)],
    "gstreamer": [("video", "H264", 96, None), ("audio", "OPUS", 97, None)],
}
SETUPS = {"ffmpeg-passive": "passive", "ffmpeg-active": "active"}


@pytest.mark.parametrize("name", TAKEN)
def test_of_each_publisher_one_video_and_one_audio_track_are_taken(offers, name):
    read_offer = read(offers[name])
    taken = [
        (section.kind, codec.name, codec.number, section.repeats.get(codec.number))
        for section, codec in read_offer.tracks
    ]

    assert (TAKEN[name], SETUPS.get(name, "actpass")) == (taken, read_offer.setup)


def test_every_recorded_offer_is_among_them(offers):
    assert set(TAKEN) == set(offers)


def without(text, *beginnings):
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(beginnings))


SPOILT = {
    "only receives": (lambda text: text.replace("a=sendonly", "a=recvonly"), "neither audio nor video"),
    "is inactive": (lambda text: text.replace("a=sendonly", "a=inactive"), "neither audio nor video"),
    "data alone": (
        lambda text: text[: text.index("m=audio")] + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
        "neither audio nor video",
    ),
    "VP8 alone": (lambda text: text.replace("H264/", "VP8/"), "must be H.264 or VP9, and offers VP8"),
    "AV1 alone": (lambda text: text.replace("H264/", "AV1/"), "must be H.264 or VP9, and offers AV1"),
    "interleaved": (lambda text: text.replace("packetization-mode=1", "packetization-mode=2"), "must be H.264 or VP9"),
    "PCM": (lambda text: text.replace("opus/", "PCMU/"), "must be Opus, and offers PCMU"),
    "no mux": (lambda text: without(text, "a=rtcp-mux"), "a=rtcp-mux"),
    "no bundle": (lambda text: without(text, "a=group"), "a=group:BUNDLE"),
    "no name": (lambda text: without(text, "a=ice-ufrag"), "a=ice-ufrag"),
    "no fingerprint": (lambda text: without(text, "a=fingerprint"), "DTLS fingerprint"),
    "md5": (lambda text: text.replace("sha-256", "md5"), "sha-256"),
    "held": (lambda text: text.replace("setup:passive", "setup:holdconn"), "holdconn"),
    "no setup": (lambda text: without(text, "a=setup"), "setup:None"),
    "two videos": (lambda text: text + text[text.index("m=video") :].replace("mid:1", "mid:2"), "more than one video"),
    "not secure": (lambda text: text.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "must be"),
    "many sections": (lambda text: text + "m=text 0 RTP/AVP 0\r\n" * 80, "64"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_one_track_is_enough(offers, kind):
    head, *blocks = re.split(r"(?=^m=)", offers["ffmpeg-active"], flags=re.MULTILINE)
    alone = head + next(block for block in blocks if block.startswith(f"m={kind}"))

    assert [kind] == [section.kind for section, _ in read(without(alone, "a=group")).tracks]


@pytest.mark.parametrize("name", SPOILT)
def test_an_offer_of_which_nothing_can_be_taken_is_refused_in_words(offers, name):
    spoil, words = SPOILT[name]

    with pytest.raises(Unusable, match=words):
        read(spoil(offers["ffmpeg-passive"]))


@pytest.mark.parametrize(
    "text",
    ["", "hello", '{"sdp": "v=0"}', "v=1\r\n", "v=0\r\nnonsense", "v=0\r\nm=audio\r\n",
     "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF x", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 300\r\n",
     "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 1\r\na=rtpmap:1 a/b\r\n",
     "v=0\r\n" + "s=-\r\n" * 60_000],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_is_no_offer_is_malformed(text):
    with pytest.raises(Malformed):
        read(text)


@pytest.mark.parametrize("number", ["9" * 5000, "\u00b2", "-1"])
def test_what_is_no_number_is_named_and_not_pythons_word_for_it(offers, number):
    text = offers["chromium"].replace("a=rtpmap:", f"a=rtpmap:{number} H264/90000\r\na=rtpmap:", 1)
    with pytest.raises(Malformed, match="is no number"):
        read(text)


def test_a_cut_offer_is_refused_and_breaks_nothing(offers):
    for text in offers.values():
        for end in range(0, len(text), 37):
            try:
                read(text[:end])
            except Problem:
                continue


LINES = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 H264/90000", "a=rtcp-mux", "a=fmtp:x y", "a=setup:active",
         "a=rtpmap:96", "a=fingerprint:", "a=ice-ufrag:x", "m=", "a=", "a=mid", "a=rtpmap:96 H264/x"]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_lines_in_any_order_are_an_offer_or_a_problem(lines):
    words = ""
    try:
        words = read("\n".join(["v=0", *lines])).setup
    except Problem as problem:
        words = str(problem)

    assert words


def test_the_first_fingerprint_by_a_known_hash_counts(offers):
    text = offers["aiortc"].replace("a=fingerprint:sha-256", "a=fingerprint:md2", 1)

    assert "sha-384" == read(text).fingerprint[0]
