"""An encoder's own pictures beside a rung: their segments end at other moments, and what leads to them says so."""

import re
from fractions import Fraction
from functools import cache

import m3u8
import pytest
from mpegdash.parser import MPEGDASHParser

from offair.emulator.media.packager.plan import DashPlan

DASH = DashPlan(window=60.0, min_buffer=1.0)
SOUND = {"timescale": 48_000, "edits": ((0, 1024),)}
VARIANTS = (("source", "source", "audio"), ("180p", "180p", "audio"))
PART = 0.2


@pytest.fixture(scope="session", name="make_tracks")
def _make_tracks(forge):
    """Make pictures of 30 frames a second: the encoder's with a key frame every so many, the rung's every second."""

    @cache
    def make(gop, *, every, pictures=600):
        def recorded(samples):
            return forge.record(forge.init(), forge.stream(forge.track(), samples, every=every))

        sound = forge.track("audio", **SOUND)
        frames = forge.samples([1024] * (pictures * 47 // 30), start=-1024)
        return {
            "source": recorded(forge.samples([3000] * pictures, keys=lambda number: number % gop == 0)),
            "180p": recorded(forge.samples([3000] * pictures, keys=lambda number: number % 30 == 0)),
            "audio": forge.record(forge.init("audio", **SOUND), forge.stream(sound, frames, every=every)),
        }

    return make


def read(stage, name):
    return m3u8.loads(stage.text(name))


@pytest.mark.parametrize("gop", [7, 29, 37, 45, 100])
@pytest.mark.parametrize("hls", ["fmp4", "mpegts"])
@pytest.mark.parametrize("part", [None, PART], ids=["ordinary", "low latency"])
def test_the_target_duration_never_changes_once_it_is_told(studio, make_tracks, gop, hls, part):
    """RFC 8216, 6.2.1; and it is one for all (6.2.4)."""
    stage = studio(*VARIANTS, hls=hls, part=part)
    told = set()
    put_text = stage.shelf.put_text

    def look(name, text):
        put_text(name, text)
        if name.endswith("playlist.m3u8"):
            told.add(re.search("^#EXT-X-TARGETDURATION:(.*)$", text, re.MULTILINE)[1])

    stage.shelf.put_text = look
    stage.play(make_tracks(gop, every=1 if part else 6, pictures=400))

    assert 1 == len(told)


def test_each_rendition_is_cut_at_its_own_key_frames(studio, make_tracks):
    stage = studio(*VARIANTS)
    stage.play(make_tracks(37, every=6))
    lengths = {
        name: {round(Fraction(one.duration) * 30) for one in read(stage, f"{name}/playlist.m3u8").segments}
        for name in ("source", "180p")
    }

    assert {"source": {37}, "180p": {30}} == lengths


@pytest.mark.parametrize("hls", ["fmp4", "mpegts"])
def test_low_latency_waits_for_the_segment_that_tells_how_long_they_are(studio, make_tracks, hls):
    stage = studio(*VARIANTS, hls=hls, part=PART)
    stage.play(make_tracks(100, every=1), until=3.3)
    before = stage.has("master.m3u8")
    stage = studio(*VARIANTS, hls=hls, part=PART)
    stage.play(make_tracks(100, every=1), until=3.6)

    assert (False, True) == (before, stage.has("master.m3u8"))


def test_dash_has_them_in_a_set_of_their_own(studio, make_tracks):
    stage = studio(*VARIANTS, dash=DASH)
    stage.play(make_tracks(37, every=6))
    sets = MPEGDASHParser.parse(stage.text("manifest.mpd")).periods[0].adaptation_sets

    assert [["180p"], ["audio"], ["source"]] == sorted([one.id for one in each.representations] for each in sets)


def test_a_player_of_dash_stays_three_of_the_longest_segments_behind(studio, make_tracks):
    stage = studio(*VARIANTS, dash=DASH)
    stage.play(make_tracks(100, every=6))

    assert "PT10S" == MPEGDASHParser.parse(stage.text("manifest.mpd")).suggested_presentation_delay


@pytest.mark.parametrize("window", [1.0, 2.0, 3.0, 60.0])
@pytest.mark.parametrize("gop", [30, 90, 450])
def test_a_player_of_dash_always_has_a_segment_behind_it_that_it_can_still_fetch(studio, make_tracks, gop, window):
    """However short a window was asked for, and however far apart the key frames are."""
    stage = studio(*VARIANTS, dash=DashPlan(window=window, min_buffer=1.0))
    stage.play(make_tracks(gop, every=6, pictures=1500))
    text = stage.text("manifest.mpd")
    delay, depth = (float(re.search(f'{name}="PT([0-9.]+)S"', text)[1])
                    for name in ("suggestedPresentationDelay", "timeShiftBufferDepth"))  # fmt: skip
    longest = gop / 30

    assert (True, max(window, 2 * longest)) == (longest <= round(depth - delay, 3), pytest.approx(depth, abs=0.1))


@pytest.mark.parametrize(("hls", "media"), [("fmp4", ["../audio/playlist.m3u8"]), ("mpegts", [])])
@pytest.mark.parametrize("name", ["source", "180p"])
def test_each_variant_has_a_master_playlist_of_its_own(studio, make_tracks, hls, media, name):
    stage = studio(*VARIANTS, hls=hls)
    stage.play(make_tracks(37, every=6))
    index = read(stage, f"{name}/index.m3u8")

    assert ([f"../{name}/playlist.m3u8"], media) == (
        [one.uri for one in index.playlists], [one.uri for one in index.media],
    )  # fmt: skip
