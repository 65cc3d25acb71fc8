"""What is announced of the bits that renditions take."""

from fractions import Fraction
from itertools import pairwise

import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.packager.history import History, Kept
from offair.emulator.media.packager.names import FMP4, TS
from offair.emulator.media.packager.plan import DashPlan, HlsPlan, PackagePlan, TrackPlan, VariantPlan
from offair.emulator.media.packager.rates import BitRate, Rates, announced_peak
from offair.emulator.media.packager.take import Place

SOURCE, SOUND = Place("source", FMP4), Place("sound", FMP4)
rates = st.lists(st.integers(10_000, 10_000_000), min_size=1, max_size=20)


def plan(*tracks, hls="fmp4"):
    names = {track.kind: track.name for track in tracks}
    variant = VariantPlan(name="v", video=names.get("video"), audio=names.get("audio"))
    return PackagePlan(tracks=tracks, variants=(variant,), segment=1.0, dash=DashPlan(window=60, min_buffer=1),
                       hls=HlsPlan(segment_format=hls, playlist_size=6, preserved_segments=0))  # fmt: skip


def track(name, kind, peak):
    return TrackPlan(name=name, kind=kind, bitrate=peak * 4 // 5, peak_bitrate=peak, frame_rate=None)


def history(*bits, lengths=()):
    """Segments of so many bits; of a second, or so many milliseconds."""
    made = History(least_listed=6, preserved=0, window=None, segment=1.0)
    for number, (size, length) in enumerate(zip(bits, lengths or [1000] * len(bits), strict=True)):
        made.add(Kept(name=str(number), opening=0, start=number * 1000, length=length, timescale=1000, wall=number,
                      size=size // 8, is_independent=True))  # fmt: skip
    return made


@given(rates)
def test_what_is_planned_is_announced_before_anything_came_and_stays(measured):
    said = Rates(plan(track("source", "video", 500_000)))
    before = said.of([SOURCE])
    said.note({SOURCE: history(*measured)})

    assert before == said.of([SOURCE])


def announced(*measured):
    """What is said after each segment of a copied track."""
    said = Rates(plan(track("source", "video", 0)))
    for count in range(1, len(measured) + 1):
        said.note({SOURCE: history(*measured[:count])})
        yield said.of([SOURCE])


@given(rates)
def test_what_is_announced_covers_whatever_came(measured):
    covered = [said.peak >= max(measured[:count]) - 8 for count, said in enumerate(announced(*measured), 1)]

    assert [True] * len(measured) == covered


@given(rates)
def test_the_mean_is_never_further_than_a_tenth_from_what_was_measured(measured):
    off = [said.mean / (sum(measured[:count]) / count) for count, said in enumerate(announced(*measured), 1)]

    assert [one for one in off if not 0.85 < one < 1.2] == []


@given(rates, rates)
def test_a_peak_that_grows_grows_by_half_at_least_and_never_shrinks(video, sound):
    """So it moves a few times, however many segments come."""
    seen = list(dict.fromkeys(said.peak for said in announced(*video, *sound)))

    assert [] == [(before, after) for before, after in pairwise(seen) if after < 1.5 * before]


def test_what_is_copied_is_announced_at_one_and_a_half_times_its_first_segment_and_then_at_twice_its_highest():
    said = Rates(plan(track("source", "video", 0)))
    seen = []
    for measured in ((800_000,), (800_000, 1_200_000), (800_000, 1_200_000, 1_208_000), (8_000_000,)):
        said.note({SOURCE: history(*measured)})
        seen.append(said.of([SOURCE]).peak)

    assert [1_200_000, 1_200_000, 2_416_000, 16_000_000] == seen


def test_a_burst_in_a_short_segment_counts_with_its_neighbours():
    """A peak is that of any run of segments that lasts half a target duration or more (RFC 8216, 4.1)."""
    burst = history(1_000_000, 4_000_000, 1_000_000, lengths=[1000, 200, 1000])

    assert round(5_000_000 / Fraction(6, 5)) == burst.peak


def test_what_is_over_is_announced_as_it_was():
    """All of its segments are made, and so the highest and the mean are known (RFC 8216, 4.3.4.2)."""
    copied, made = track("source", "video", 0), track("sound", "audio", 500_000)
    said = Rates(plan(copied, made))
    histories = {SOURCE: history(800_000, 1_600_000), SOUND: history(96_000, 64_000)}
    said.note(histories)
    said.note(histories, is_over=True)

    assert [BitRate(1_600_000, 1_200_000), BitRate(96_000, 80_000)] == [said.of([SOURCE]), said.of([SOUND])]


@given(rates)
def test_a_recording_that_grows_announces_as_the_broadcast_did(measured):
    said = Rates(plan(track("source", "video", 0)))
    for count in range(1, len(measured) + 1):
        said.note({SOURCE: history(*measured[:count])})
    exact = [round(8 * Fraction(size // 8)) for size in measured]

    assert said.of([SOURCE]).peak == announced_peak(exact)


@given(st.integers(20_000, 5_000_000), st.sampled_from(["fmp4", "mpegts"]))
def test_a_mean_is_below_its_peak(peak, hls):
    made = plan(track("source", "video", peak), track("sound", "audio", peak), hls=hls)
    said = Rates(made).of([SOURCE, SOUND] if hls == "fmp4" else [Place("v", TS)])

    assert said.mean <= said.peak


@pytest.mark.parametrize("hls", ["fmp4", "mpegts"])
def test_a_master_playlist_never_changes_its_rates_for_what_we_encode(studio, forge, hls):
    video = forge.samples([3000] * 300, keys=lambda number: number % 30 == 0)
    sound = {"timescale": 48_000, "edits": ((0, 1024),)}
    frames = forge.samples([1024] * 470, start=-1024)
    stage = studio(("v", "planned", "audio"), hls=hls)
    recordings = {
        "planned": forge.record(forge.init(), forge.stream(forge.track(), video, every=15)),
        "audio": forge.record(
            forge.init("audio", **sound), forge.stream(forge.track("audio", **sound), frames, every=5)
        ),
    }
    seen = set()
    for until in range(2, 10):
        stage.folder = stage.folder.with_name(f"{hls}-{until}")
        stage.__post_init__()
        stage.play(recordings, until=until)
        seen.add(m3u8.loads(stage.text("master.m3u8")).playlists[0].stream_info.bandwidth)

    assert 1 == len(seen)


def test_a_first_segment_that_is_short_is_announced_as_it_is_until_there_is_a_longer_one():
    """Sound that begins just before the first segment ends; a rate of nothing would be untrue for certain."""
    made = History(least_listed=6, preserved=0, window=None, segment=1.0)
    made.add(Kept(name="0", opening=0, start=0, length=100, timescale=1000, wall=0.0, size=800, is_independent=True))
    said = Rates(plan(track("sound", "audio", 0)))
    said.note({SOUND: made})

    assert 96_000 == said.of([SOUND]).peak
