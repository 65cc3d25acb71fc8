"""Envelopes: what is opened, once, and of how many sources that is remembered."""

import struct

import pytest
import webrtc
from pylibsrtp import Policy

from offair.emulator.media.ingest.whip.srtp import MOST_SOURCES, PROFILES, Envelopes, Keys


@pytest.fixture(name="call", params=PROFILES)
def _call(request):
    """A receiver, and how its publisher protects packets, for each profile."""
    profile = PROFILES[request.param]
    theirs, ours = (bytes([number]) * (profile.key + profile.salt) for number in (1, 2))
    publisher = webrtc._srtp(theirs, profile.number, Policy.SSRC_ANY_OUTBOUND)
    return Envelopes(Keys(profile=request.param, inbound=theirs, outbound=ours)), publisher


def said(publisher, source):
    """A packet of a source, as it travels."""
    return publisher.protect(webrtc.packet(1, 0, b"x", source=source))


def reported(publisher, source):
    """A sender's report of a source, as it travels."""
    return publisher.protect_rtcp(struct.pack(">BBHIIIIII", 0x80, 200, 6, source, 0, 0, 0, 0, 0))


def test_nothing_is_opened_twice(call):
    envelopes, publisher = call
    packet, report = said(publisher, 1), reported(publisher, 2)
    opened = [[envelopes.open_media(packet), envelopes.open_reports(report)] for _ in range(2)]

    assert [[True, True], [False, False]] == [[one is not None for one in two] for two in opened]


def test_a_source_is_forgotten_once_so_many_others_were_heard_since(call):
    """Each costs a window for replays, so whoever lets millions speak must not be remembered for all of them."""
    envelopes, publisher = call
    first = said(publisher, 0)
    envelopes.open_media(first)
    knows = []
    for source in range(1, MOST_SOURCES + 1):
        knows.append(envelopes.open_media(first) is None)
        openers = ((said, envelopes.open_media), (reported, envelopes.open_reports))
        say, opened = openers[source % 2]
        opened(say(publisher, source))

    assert ([True] * MOST_SOURCES, True) == (knows, envelopes.open_media(first) is not None)


def test_who_goes_on_speaking_is_never_forgotten(call):
    envelopes, publisher = call
    lasting = [said(publisher, 0)]
    for number in range(2, 3 * MOST_SOURCES):
        envelopes.open_media(lasting[-1])
        envelopes.open_media(said(publisher, number))
        lasting.append(publisher.protect(webrtc.packet(number, 0, b"x", source=0)))

    assert [None] * (len(lasting) - 1) == [envelopes.open_media(packet) for packet in lasting[:-1]]


def test_what_is_longer_than_a_network_carries_is_none(call):
    envelopes, _ = call

    assert (None, None) == (
        envelopes.open_media(b"\x80\x60" + bytes(2000)),
        envelopes.open_reports(b"\x80\xc8" + bytes(2000)),
    )
