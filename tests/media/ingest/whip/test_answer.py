"""What a publisher is told."""

import re

import pytest

from offair.emulator.media.ingest.whip.answer import Credentials, is_dtls_client, write
from offair.emulator.media.ingest.whip.offer import read

OURS = Credentials(ufrag="ours", password="secret", fingerprint="AA:BB")
LAN = [("192.0.2.9", 8189), ("127.0.0.1", 8189)]


def answer_to(text, candidates=(("127.0.0.1", 8189),)):
    return write(read(text), OURS, number=7, candidates=candidates)


def sections(answer):
    return re.split(r"(?=^m=)", answer, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize(
    "name", ["chromium", "chromium-vp9", "ffmpeg-passive", "ffmpeg-active", "aiortc", "libdatachannel", "gstreamer"]
)
def test_each_track_is_received_over_one_port(offers, name):
    answer = answer_to(offers[name])
    both = sections(answer)

    assert (2, 1) == (len(both), answer.count("a=candidate:"))
    for section in both:
        kind, port, *_ = section.removeprefix("m=").split(" ")
        assert (kind in {"audio", "video"}, "8189") == (True, port)
        for line in ("a=recvonly", "a=rtcp-mux", "a=ice-ufrag:ours", "a=ice-pwd:secret", "a=fingerprint:sha-256 AA:BB"):
            assert f"{line}\r\n" in section


def test_we_are_lite_and_bundle_what_we_take(offers):
    answer = answer_to(offers["gstreamer"])

    assert ("a=ice-lite\r\n" in answer, "a=group:BUNDLE video0 audio1\r\n" in answer) == (True, True)


@pytest.mark.parametrize(
    ("name", "part"), [("ffmpeg-passive", "active"), ("ffmpeg-active", "passive"), ("chromium", "passive")]
)
def test_who_begins_dtls_is_the_publisher_unless_it_will_not(offers, name, part):
    offer = read(offers[name])

    assert (f"a=setup:{part}\r\n" in answer_to(offers[name]), part == "active") == (True, is_dtls_client(offer))


def test_a_browser_is_answered_with_h264_retransmissions_and_feedback(offers):
    (video,) = (section for section in sections(answer_to(offers["chromium"])) if section.startswith("m=video"))

    assert video.startswith("m=video 8189 UDP/TLS/RTP/SAVPF 108 109\r\n")
    assert ["nack", "nack pli", "goog-remb"] == re.findall(r"a=rtcp-fb:108 (.*)\r", video)
    assert "a=fmtp:109 apt=108\r\n" in video


def test_reduced_feedback_is_agreed_on_everywhere_when_it_is_offered_anywhere(offers):
    assert (2, 0) == tuple(answer_to(offers[name]).count("a=rtcp-rsize") for name in ("ffmpeg-active", "aiortc"))


def test_what_describes_the_publishers_own_stream_is_not_said_back(offers):
    assert "sprop" not in answer_to(offers["gstreamer"])


def test_a_section_that_is_not_taken_is_rejected_in_its_place(offers):
    data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n"
    (_, _, last) = sections(answer_to(offers["libdatachannel"] + data))

    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:2\r\n" == last


def test_several_addresses_are_candidates_of_falling_priority(offers):
    answer = answer_to(offers["chromium"], LAN)
    found = re.findall(r"a=candidate:\d 1 udp (\d+) (\S+) 8189 typ host", answer)

    assert [host for host, _ in LAN] == [host for _, host in found]
    assert int(found[0][0]) > int(found[1][0])


def test_an_address_of_ipv6_is_told_as_one(offers):
    assert "c=IN IP6 ::1\r\n" in answer_to(offers["chromium"], [("::1", 8189)])
