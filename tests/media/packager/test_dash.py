from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from mpegdash.parser import MPEGDASHParser

from offair.emulator.media.packager.dash import AdaptationSet, Live, Period, Presentation, Representation, render

TIMELINES = st.lists(st.tuples(st.sampled_from([0, 0, 0, 700]), st.sampled_from([1000, 2000, 2000])), min_size=1)
LIVE = Live(
    available_from=1_700_000_000.0,
    published=1_700_000_001.25,
    update_period=2.0,
    window=30.0,
    delay=6.0,
    time_url="http://localhost/time?a=<1>&b=2",
)


def representation(timeline, **other):
    fields = {
        "id": "720p",
        "bandwidth": 1_000_000,
        "codecs": "avc1.42c01e",
        "timescale": 1000,
        "offset": 0,
        "number": 7,
        "initialization": "720p/i.mp4",
        "media": "720p/$Number$.m4s",
        "timeline": timeline,
        "size": (1280, 720),
        "frame_rate": Fraction(30000, 1001),
    }
    return Representation(**(fields | other))


def presentation(*representations, live=LIVE, duration=None):
    sets = [AdaptationSet(kind="video", representations=representations)]
    return Presentation(
        periods=[Period(id="0", start=0, sets=sets)],
        min_buffer=2.0,
        longest_segment=2.0,
        live=live,
        duration=duration,
    )


def times_of(template):
    """Unfold a SegmentTimeline: ISO/IEC 23009-1, 5.3.9.6."""
    times, at = [], 0
    for entry in template.segment_timelines[0].Ss:
        at = at if entry.t is None else entry.t
        for _ in range(1 + (entry.r or 0)):
            times.append((at, entry.d))
            at += entry.d
    return times


@given(TIMELINES)
def test_a_timeline_says_to_a_parser_what_it_was_made_of(gaps):
    timeline, at = [], 0
    for gap, length in gaps:
        timeline.append((at + gap, length))
        at += gap + length
    mpd = MPEGDASHParser.parse(render(presentation(representation(timeline))))
    (template,) = mpd.periods[0].adaptation_sets[0].representations[0].segment_templates
    assert timeline == times_of(template)
    assert 7 == template.start_number


def test_segments_that_follow_each_other_are_written_as_one_run():
    text = render(presentation(representation([(at, 2000) for at in range(0, 20_000, 2000)])))
    assert '<S t="0" d="2000" r="9" />' in text


def test_a_live_manifest_tells_a_player_when_to_come_and_where_to_play():
    mpd = MPEGDASHParser.parse(render(presentation(representation([(0, 2000)]))))
    assert "dynamic" == mpd.type
    assert "urn:mpeg:dash:profile:isoff-live:2011" == mpd.profiles
    assert "2023-11-14T22:13:20.000Z" == mpd.availability_start_time
    assert "2023-11-14T22:13:21.250Z" == mpd.publish_time
    assert ("PT2S", "PT30S") == (mpd.minimum_update_period, mpd.time_shift_buffer_depth)
    assert ("PT6S", "PT2S") == (mpd.suggested_presentation_delay, mpd.min_buffer_time)
    assert "http://localhost/time?a=<1>&b=2" == mpd.utc_timings[0].value


def test_a_manifest_that_is_over_tells_its_length_and_no_more_updates():
    mpd = MPEGDASHParser.parse(render(presentation(representation([(0, 2000)]), live=None, duration=2.5)))
    assert ("static", "PT2.5S") == (mpd.type, mpd.media_presentation_duration)
    assert mpd.minimum_update_period is None
    assert mpd.availability_start_time is None


def test_a_picture_has_a_size_and_a_rate_and_sound_has_channels():
    sound = representation([(0, 2000)], size=None, frame_rate=None, sample_rate=48_000, channels=2)
    one, other = (
        MPEGDASHParser.parse(render(presentation(what))).periods[0].adaptation_sets[0].representations[0]
        for what in (representation([(0, 2000)]), sound)
    )
    assert (1280, 720, "30000/1001") == (one.width, one.height, one.frame_rate)
    assert (None, "48000") == (other.width, str(other.audio_sampling_rate))
    assert "2" == other.audio_channel_configurations[0].value


def test_what_a_manifest_lists_is_steady_for_a_real_broadcast(studio, forge):
    """Pictures and sound made by hand: no segment overlaps the one before, and all periods are of one timeline."""
    from offair.emulator.media.packager.plan import DashPlan

    init, sound = forge.init(), forge.init("audio", timescale=48_000, edits=[(0, 1024)])
    video = forge.samples([3000] * 300, keys=lambda number: number % 30 == 0)
    frames = forge.samples([1024] * 470, start=-1024)
    tracks = {
        "180p": forge.record(init, forge.stream(forge.track(), video, every=15)),
        "audio": forge.record(
            sound, forge.stream(forge.track("audio", timescale=48_000, edits=[(0, 1024)]), frames, every=24)
        ),
    }
    stage = studio(("v", "180p", "audio"), hls=None, dash=DashPlan(window=4.0, min_buffer=1.0))
    stage.play(tracks)
    mpd = MPEGDASHParser.parse(stage.text("manifest.mpd"))
    for group in mpd.periods[0].adaptation_sets:
        (template,) = group.representations[0].segment_templates
        times = times_of(template)
        assert all(a + length == b for (a, length), (b, _) in pairwise(times))
        assert 4 <= len(times) <= 5
        assert template.start_number + len(times) in {10, 11}
        assert abs(times[-1][0] / template.timescale - 9) < 0.03
