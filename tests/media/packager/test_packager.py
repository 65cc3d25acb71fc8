import m3u8
import pytest
from mpegdash.parser import MPEGDASHParser

from offair.emulator.media.formats.boxes import MalformedMediaError
from offair.emulator.media.packager.plan import DashPlan, PackagePlan, TrackPlan, VariantPlan

DASH = DashPlan(window=60.0, min_buffer=1.0)
SOUND = {"timescale": 48_000, "edits": ((0, 1024),)}


@pytest.fixture(scope="session")
def tracks(forge):
    """Ten seconds of pictures and sound, made by hand."""
    video = forge.samples([3000] * 300, keys=lambda number: number % 30 == 0)
    frames = forge.samples([1024] * 470, start=-1024)
    sound = forge.track("audio", **SOUND)
    return {
        "180p": forge.record(forge.init(), forge.stream(forge.track(), video, every=15)),
        "audio": forge.record(forge.init("audio", **SOUND), forge.stream(sound, frames, every=24)),
    }


def segments(stage, playlist):
    return [segment.uri for segment in m3u8.loads(stage.text(playlist)).segments]


def test_nothing_can_be_fetched_before_everything_can(studio, tracks):
    stage = studio(("v", "180p", "audio"), dash=DASH)
    sinks = stage.packager.begin()
    sinks["180p"](tracks["180p"].content)
    assert [] == stage.playable
    assert (False, []) == (stage.has("master.m3u8"), stage.files("**/*.m*"))
    sinks["audio"](tracks["audio"].content)
    assert 1 == len(stage.playable)
    manifests = ["manifest.mpd", "master.m3u8", "180p/playlist.m3u8", "audio/playlist.m3u8"]
    assert manifests == [name for name in manifests if stage.has(name)]


def test_there_is_progress_once_every_rendition_has_a_segment(studio, tracks):
    stage = studio(("v", "180p", "audio"))
    sinks = stage.packager.begin()
    sinks["180p"](tracks["180p"].content)
    before = stage.packager.progress
    sinks["audio"](tracks["audio"].content)

    assert (0, True) == (before, stage.packager.progress > 0)


def test_how_the_bytes_arrived_makes_no_difference_to_the_files(studio, tracks, tmp_path):
    stages = []
    for chunk in (1 << 20, 997):
        stage = studio(("v", "180p", "audio"))
        stage.folder = stage.folder.with_name(f"stage-{chunk}")
        stage.__post_init__()
        sinks = stage.packager.begin()
        for name, recording in tracks.items():
            for at in range(0, len(recording.content), chunk):
                sinks[name](recording.content[at : at + chunk])
        stage.packager.finish()
        stages.append({path.relative_to(stage.folder): path.read_bytes() for path in stage.folder.rglob("*.*")})
    assert stages[0] == stages[1]


def test_a_short_playlist_size_is_raised_to_three_and_old_segments_go(studio, tracks):
    stage = studio(("v", "180p", "audio"), size=1)
    stage.play(tracks)
    assert ["b1-7.m4s", "b1-8.m4s", "b1-9.m4s"] == segments(stage, "180p/playlist.m3u8")
    assert [f"b1-{number}.m4s" for number in range(3, 10)] == stage.files("180p/*.m4s")


def test_preserved_segments_stay_fetchable(studio, tracks):
    stage = studio(("v", "180p", "audio"), size=3, preserved=7)
    stage.play(tracks)
    assert 10 == len(stage.files("180p/*.m4s"))


def test_finishing_closes_every_playlist_and_keeps_the_window(studio, tracks):
    stage = studio(("v", "180p", "audio"), dash=DASH, size=4)
    stage.play(tracks)
    listed = segments(stage, "180p/playlist.m3u8")
    stage.packager.finish()
    stage.packager.finish()
    assert listed == segments(stage, "180p/playlist.m3u8")
    assert all(m3u8.loads(stage.text(f"{name}/playlist.m3u8")).is_endlist for name in ("180p", "audio"))
    mpd = MPEGDASHParser.parse(stage.text("manifest.mpd"))
    assert "static" == mpd.type
    assert "PT10.005S" == mpd.media_presentation_duration
    assert 1 == len(stage.playable)


def test_a_static_manifest_begins_at_its_first_segment(studio, tracks):
    stage = studio(("v", "180p", None), hls=None, dash=DashPlan(window=4.0, min_buffer=1.0))
    stage.play(tracks)
    stage.now += 30
    stage.play(tracks, until=2.2)
    stage.packager.finish()
    mpd = MPEGDASHParser.parse(stage.text("manifest.mpd"))
    assert "PT2S" == mpd.media_presentation_duration
    (template,) = mpd.periods[0].adaptation_sets[0].representations[0].segment_templates
    assert (0, 10) == (template.presentation_time_offset, template.start_number)


def test_a_run_that_ends_before_it_is_playable_leaves_no_trace(studio, tracks):
    stage = studio(("v", "180p", "audio"))
    stage.play(tracks, until=2.2)
    sinks = stage.packager.begin()
    sinks["180p"](tracks["180p"].content)
    stage.packager.flush()
    stage.play(tracks, until=2.2)
    stage.packager.finish()
    text = stage.text("180p/playlist.m3u8")
    assert 1 == text.count("#EXT-X-DISCONTINUITY\n")
    assert 2 == len(stage.playable)


def test_periods_of_a_live_manifest_begin_when_the_encoder_did(studio, tracks):
    stage = studio(("v", "180p", "audio"), dash=DASH)
    stage.play(tracks, until=3.2)
    stage.now = stage.epoch + 60
    stage.play(tracks, until=3.2)
    mpd = MPEGDASHParser.parse(stage.text("manifest.mpd"))
    assert ["PT0S", "PT60S"] == [period.start for period in mpd.periods]
    playlist = m3u8.loads(stage.text("180p/playlist.m3u8"))
    begins = [segment.program_date_time.timestamp() - stage.epoch for segment in playlist.segments]
    assert [0, 1, 2, 60, 61, 62] == [pytest.approx(one, abs=0.001) for one in begins]


def test_a_clock_that_stands_still_never_makes_periods_overlap(studio, tracks):
    stage = studio(("v", "180p", "audio"), dash=DASH)
    stage.packager._wall = lambda: stage.epoch
    stage.play(tracks)
    stage.play(tracks)
    mpd = MPEGDASHParser.parse(stage.text("manifest.mpd"))
    first, second = (float(period.start[2:-1]) for period in mpd.periods)
    assert second - first >= 10


def test_a_clock_that_steps_back_moves_no_time_back(studio, tracks):
    stage = studio(("v", "180p", "audio"), dash=DASH)
    steps = iter(range(10_000))
    stage.packager._wall = lambda: stage.epoch - 60 * next(steps)
    published = []
    for _ in range(2):
        stage.play(tracks, until=3.2)
        published.append(MPEGDASHParser.parse(stage.text("manifest.mpd")).publish_time)
    times = [s.program_date_time for s in m3u8.loads(stage.text("180p/playlist.m3u8")).segments]
    assert (sorted(times), sorted(published)) == (times, published)
    assert len(set(times)) == len(times) >= 5


def test_measured_rates_raise_the_planned_ones(studio, tracks):
    stage = studio(("v", "180p", "audio"))
    stage.play(tracks)
    (variant,) = m3u8.loads(stage.text("master.m3u8")).playlists
    assert variant.stream_info.bandwidth >= 100_000
    assert 96_000 <= variant.stream_info.average_bandwidth <= variant.stream_info.bandwidth


def test_an_encoder_that_left_is_not_heard_any_more(studio, tracks):
    stage = studio(("v", "180p", None))
    sinks = stage.packager.begin()
    stage.packager.flush()
    sinks["180p"](tracks["180p"].content)
    assert [] == stage.playable


def test_a_finished_broadcast_does_not_begin_again(studio):
    stage = studio(("v", "180p", None))
    stage.packager.finish()
    assert not stage.folder.exists()
    with pytest.raises(RuntimeError, match="finished"):
        stage.packager.begin()


def test_a_sink_refuses_what_is_not_its_kind(studio, tracks):
    stage = studio(("v", "180p", "audio"))
    with pytest.raises(MalformedMediaError, match="planned for video"):
        stage.packager.begin()["180p"](tracks["audio"].content)


def test_sound_that_never_comes_does_not_hold_back_transport_segments(studio, tracks):
    stage = studio(("v", "180p", "audio"), hls="mpegts")
    sinks = stage.packager.begin()
    sinks["180p"](tracks["180p"].content)
    stage.packager.finish()
    assert 10 == len(segments(stage, "v/playlist.m3u8"))


@pytest.mark.parametrize("name", ["../etc", ".hidden", "a/b", "", "a b"])
def test_a_name_that_is_no_folder_is_refused(name):
    with pytest.raises(ValueError, match="cannot be a folder"):
        VariantPlan(name=name, video="v", audio=None)


def test_a_variant_of_a_track_that_is_not_planned_is_refused():
    track = TrackPlan(name="a", kind="audio", bitrate=1, peak_bitrate=1, frame_rate=None)
    with pytest.raises(ValueError, match="video track a"):
        PackagePlan(
            tracks=(track,),
            variants=(VariantPlan(name="v", video="a", audio=None),),
            segment=2,
            hls=None,
            dash=None,
        )


def test_a_slow_start_of_the_transcoder_puts_no_date_into_the_future(studio, tracks):
    """The first fragments come late, all at once; the date is reckoned from those that come in time."""
    stage = studio(("v", "180p", "audio"), segment=2.0)
    sinks = stage.packager.begin()
    for name, recording in tracks.items():
        pieces = iter(recording.pieces)
        stage.now = stage.epoch + 0.9  # of what half a second of media after zero could have had
        sinks[name](next(pieces).content + next(pieces).content)
        for piece, fragment in zip(pieces, recording.fragments[1:], strict=True):
            stage.now = max(stage.now, stage.epoch + fragment.end / recording.track.timescale)
            sinks[name](piece.content)
    (first, *_) = m3u8.loads(stage.text("180p/playlist.m3u8")).segments

    assert stage.epoch == pytest.approx(first.program_date_time.timestamp(), abs=0.002)


def test_a_burst_of_the_encoder_puts_no_date_into_the_future(studio, tracks):
    stage = studio(("v", "180p", "audio"), dash=DASH)
    sinks = stage.packager.begin()
    ahead = []
    for at, name, content in stage.arrivals(tracks):
        stage.now = stage.epoch + max(at - 2.5, at / 100)  # the first two and a half seconds come at once
        sinks[name](content)
        if stage.has(f"{name}/playlist.m3u8"):
            newest = m3u8.loads(stage.text(f"{name}/playlist.m3u8")).segments[-1]
            ahead.append(newest.current_program_date_time.timestamp() + newest.duration - stage.now)

    assert ahead
    assert 0.11 >= max(ahead)
