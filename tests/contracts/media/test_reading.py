"""How the judge reads: as the libraries do where a playlist is good, and without falling over where it is not."""

from dataclasses import replace

import m3u8
import pytest
import tiny_media
from hypothesis import given, settings
from hypothesis import strategies as st
from mpegdash.parser import MPEGDASHParser
from sabotage import ORIGINS, aired

from offair.contracts.checks.media.containers import look
from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.manifests import length
from offair.contracts.checks.media.rulebook import check_media
from offair.contracts.checks.media.tags import moment
from offair.contracts.checks.media.timeline import Timeline

HLS = [name for name in ORIGINS if name != "dash"]
WORDS = [
    *(
        b"#EXTINF:",
        b"#EXT-X-MAP:",
        b'URI="http://[x"',
        b"#EXT-X-DISCONTINUITY\n",
        b"#EXT-X-SKIP:SKIPPED-SEGMENTS=9",
        b"\n",
    ),
    *(
        b"#EXT-X-STREAM-INF:",
        b"#EXT-X-PART:DURATION=1,",
        b"9" * 30,
        b"-1",
        b"\xff\xfe",
        b"NaN",
        b"1e999",
        b'"',
        b"<",
        b"/>",
    ),
    *(
        b'r="-1"',
        b'r="99999999999"',
        b'd="0"',
        b't="-5"',
        b"$Number%099d$",
        b'timescale="0"',
        b"$$",
        b'start="P1Y"',
        b"\0",
    ),
]


@pytest.mark.parametrize("name", HLS)
def test_a_media_playlist_is_read_as_m3u8_reads_it(name):
    _, timeline = aired(name)
    for playlist in (playlist for one in timeline.renditions for playlist in one.versions):
        known = m3u8.loads(playlist.fetch.text, uri=playlist.fetch.url)

        assert [s.absolute_uri for s in known.segments if s.uri] == [s.url for s in playlist.segments]
        assert [s.duration for s in known.segments if s.uri] == [s.duration for s in playlist.segments]
        assert known.target_duration == playlist.target
        assert known.media_sequence == playlist.sequence
        dates = [s.program_date_time.timestamp() for s in known.segments if s.uri and s.program_date_time]
        assert dates == [s.stated for s in playlist.segments if s.stated]
        parts = [part.absolute_uri for s in known.segments for part in s.parts]
        assert parts == [part.url for part in playlist.parts]


@pytest.mark.parametrize("name", HLS)
def test_a_master_playlist_is_read_as_m3u8_reads_it(name):
    _, timeline = aired(name)
    master = timeline.masters[0]
    known = m3u8.loads(master.fetch.text, uri=master.fetch.url)

    assert [one.absolute_uri for one in known.playlists] == [url for url, _ in master.variants]
    assert [str(one.stream_info.bandwidth) for one in known.playlists] == [
        said["BANDWIDTH"] for _, said in master.variants
    ]
    assert [one.absolute_uri for one in known.media] == [
        url for url, kind in master.renditions.items() if kind == "AUDIO"
    ]


def test_a_manifest_is_read_as_mpegdash_reads_it():
    _, timeline = aired("dash")
    for manifest in timeline.manifests:
        known = MPEGDASHParser.parse(manifest.fetch.text)
        representations = [
            one for period in known.periods for group in period.adaptation_sets for one in group.representations
        ]
        timelines = [one.segment_templates[0].segment_timelines[0] for one in representations]

        assert [period.id for period in known.periods] == [period.id for period in manifest.periods]
        assert [one.id for one in representations] == [one.id for one in manifest.representations]
        assert [[(s.t, s.d) for s in one.Ss] for one in timelines] == [
            [(slot.time, slot.duration) for slot in one.slots] for one in manifest.representations
        ]


def test_repeats_numbers_and_times_make_the_url_of_a_segment():
    text = (
        '<MPD type="static"><Period><AdaptationSet><SegmentTemplate timescale="10" startNumber="7" '
        'media="$RepresentationID$/$Number%04d$-$Time$.m4s"><SegmentTimeline><S t="5" d="20" r="1"/><S d="10" r="-1"/>'
        '</SegmentTimeline></SegmentTemplate><Representation id="a" bandwidth="1"/></AdaptationSet></Period></MPD>'
    ).replace('type="static"', 'type="static" mediaPresentationDuration="PT6.5S"')
    timeline = Timeline("http://x/a/m.mpd", (Fetch(asked=0, at=1, url="http://x/a/m.mpd", body=text.encode()),))
    (one,) = timeline.manifests[0].representations

    expected = ["0007-5", "0008-25", "0009-45", "0010-55"]
    assert [f"http://x/a/a/{name}.m4s" for name in expected] == [one.url(slot) for slot in one.slots]


@pytest.mark.parametrize(("text", "seconds"), [("PT1.5S", 1.5), ("P1DT1H1M1S", 90061.0), ("PT", None), ("1.5", None)])
def test_an_xml_duration_is_seconds(text, seconds):
    assert seconds == length(text)


@pytest.mark.parametrize("zone", ["Z", "+00:00", "+0000", ""])
def test_a_date_is_read_in_every_zone_that_means_utc(zone):
    assert 1_800_000_000.25 == moment(f"2027-01-15T08:00:00.250{zone}")


@pytest.mark.parametrize("is_key", [True, False])
@pytest.mark.parametrize("make", [tiny_media.fragment, tiny_media.transport])
def test_a_segment_tells_when_it_begins_how_long_it_is_and_whether_with_a_key_frame(make, is_key):
    facts = look(make(12.5, 2.0, is_key=is_key), tiny_media.init())

    assert (12.5, 14.5, is_key, 20) == (facts.main.start, facts.main.end, facts.main.starts_with_key, facts.main.frames)


def test_time_stamps_that_wrap_go_on():
    """A PTS has 33 bits, which is a good 26 hours."""
    facts = look(tiny_media.transport((1 << 33) / 90_000 - 1.0, 2.0))

    assert 2.0 == pytest.approx(facts.duration)


@pytest.mark.parametrize("name", ORIGINS)
@settings(max_examples=4, deadline=None, database=None)
@given(data=st.data())
def test_nothing_that_an_origin_sends_makes_the_judge_fall_over(name, data):
    _, timeline = aired(name)
    fetches = list(timeline.fetches)
    for index in data.draw(st.lists(st.integers(0, len(fetches) - 1), min_size=1, max_size=12)):
        body = fetches[index].body
        at, length = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 40))
        put = data.draw(st.one_of(st.sampled_from(WORDS), st.binary(max_size=8)))
        fetches[index] = replace(fetches[index], body=body[:at] + put + body[at + length :])

    for violation in check_media(Timeline(timeline.entry, tuple(fetches))):
        assert str(violation)


@settings(max_examples=30, deadline=None, database=None)
@given(body=st.one_of(st.binary(max_size=600), st.lists(st.sampled_from(WORDS), max_size=30).map(b"".join)),
       kind=st.sampled_from(["m3u8", "mpd", "m4s"]))  # fmt: skip
def test_no_bytes_make_the_readers_fall_over(body, kind):
    url = f"http://x/live.{kind}"

    check_media(Timeline(url, (Fetch(asked=0.0, at=1.0, url=url, body=b"#EXTM3U\n" + body),)))
    look(body, body)
    look(b"\x47" + body, body)
    look(tiny_media.box(b"moof", body) + body, tiny_media.init())
