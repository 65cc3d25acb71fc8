"""What is not known, or not seen yet, is no zero: nothing is judged by it, and time is counted from the first look."""

import tiny_media
from airing_polls import LIST, MPD, answer, broken, broken_musts, manifest, playlist, polled

NOW = 1_700_000_000.0
SITE = LIST.removesuffix("list.m3u8")
SET = (
    '<AdaptationSet id="1" mimeType="video/mp4" codecs="avc1.64001e"><SegmentTemplate timescale="1" duration="2" '
    'media="$Number$.m4s"/><Representation id="v" bandwidth="90000"/></AdaptationSet>'
)
LIVE = {
    "type": "dynamic", "mediaPresentationDuration": "", "availabilityStartTime": "2023-11-14T00:00:00Z",
    "publishTime": "2023-11-14T00:00:00Z", "minimumUpdatePeriod": "PT2S", "timeShiftBufferDepth": "PT30S",
}  # fmt: skip
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def test_a_playlist_without_segments_is_not_late_at_the_first_look():
    assert [] == broken_musts([answer(LIST, playlist(0), NOW)])


def test_a_playlist_that_stays_without_segments_is_late_by_the_time_that_was_seen():
    fetches = polled([playlist(0)] * 5, since=NOW)

    assert [] == broken_musts(fetches[:4])
    assert ["hls/refreshed"] == broken_musts(fetches)


def test_a_playlist_that_begins_in_time_is_not_late():
    assert [] == broken_musts(polled([playlist(0), playlist(0), playlist(0, "a.ts")], since=NOW))


def test_a_fragment_without_a_time_jumps_nowhere():
    text = playlist(0, "1.m4s", "2.m4s", head='#EXT-X-MAP:URI="i.mp4"').replace("VERSION:4", "VERSION:6")
    media = [answer(f"{SITE}1.m4s", tiny_media.fragment(40.0, 2.0))]
    media += [answer(f"{SITE}2.m4s", tiny_media.fragment(42.0, 2.0, has_time=False))]

    assert ["hls/fragment-boxes"] == broken_musts(
        [answer(LIST, text), answer(f"{SITE}i.mp4", tiny_media.init()), *media]
    )


def test_a_length_that_is_rounded_says_no_more_than_it_does():
    """A duration without a fraction is the nearest whole number (RFC 8216 section 4.3.2.1)."""
    date = "#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:00:{}Z\n#EXTINF:2,"
    head = '#EXT-X-MAP:URI="i.mp4"'
    text = playlist(0, "1.m4s", "2.m4s", "3.m4s", head=head).replace("VERSION:4", "VERSION:6")
    for seconds in ("00.0", "01.6", "03.2"):
        text = text.replace("#EXTINF:2.0,", date.format(seconds), 1)
    media = [answer(f"{SITE}{number + 1}.m4s", tiny_media.fragment(40 + 1.6 * number, 1.6)) for number in range(3)]

    assert [] == broken([answer(LIST, text), answer(f"{SITE}i.mp4", tiny_media.init()), *media])


def test_a_period_whose_start_nothing_tells_is_not_out_of_order():
    """A remote period between two others: neither its length nor the start of the next one is known (section 5.5)."""
    remote = f'<Period {XLINK} xlink:href="p.xml"/>'
    periods = f'<Period id="0" duration="PT4S">{SET}</Period>{remote}<Period id="2" duration="PT5S">{SET}</Period>'

    assert [] == broken([answer(MPD, manifest(periods))], MPD)


def test_a_reference_to_nothing_is_no_period():
    nothing = f'<Period {XLINK} xlink:href="urn:mpeg:dash:resolve-to-zero:2013"/>'
    periods = f'<Period id="0" duration="PT4S">{SET}</Period>{nothing}<Period id="2" start="PT4S">{SET}</Period>'

    assert [] == broken([answer(MPD, manifest(periods))], MPD)
    assert "dash/period-order" in broken([answer(MPD, manifest(periods.replace("PT4S", "PT5S", 1)))], MPD)


def test_a_period_that_is_available_early_has_no_time_yet():
    text = manifest(f'<Period id="0" start="PT0S">{SET}</Period><Period id="1">{SET}</Period>', **LIVE)

    assert [] == broken_musts(polled([text, text], url=MPD, since=NOW), MPD)


def test_segments_of_a_broadcast_that_began_nobody_knows_when_are_not_counted():
    text = manifest(f'<Period id="0" start="PT0S">{SET}</Period>', **{**LIVE, "availabilityStartTime": ""})

    assert ["dash/availability-start"] == broken_musts([answer(MPD, text, NOW)], MPD)


def test_a_buffer_that_nobody_states_is_not_empty():
    text = manifest(f'<Period id="0">{SET}</Period>', minBufferTime="")
    url = MPD.replace("live.mpd", "1.m4s")

    assert ["dash/min-buffer"] == broken_musts(
        [answer(MPD, text), answer(url, tiny_media.fragment(0.0, 2.0, size=40_000))], MPD
    )
