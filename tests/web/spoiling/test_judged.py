"""Each fault of playback, seen by the judge of live streams: the rule that it breaks, and no other."""

from functools import cache

import airing
import airing_hls
import pytest
from sabotage import ORIGINS

from offair.contracts.checks.media import timeline as timelines
from offair.contracts.checks.media.rulebook import check_media

HLS = ["fragmented", "muxed", "low latency"]
MISSED = {"hls/segment-answers", "hls/segment-kept"}  # while it is listed, and when it has left
MISSED_LATER = {"hls/segment-answers", "hls/segment-kept-after"}  # as fragments, which are asked for again later
ONE = {"rendition": "v0", "sequence": "8"}


@pytest.fixture(scope="module", autouse=True)
def _looks_once():
    """Read each segment once: nearly all are as they were without a fault."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timelines, "look", cache(timelines.look))
        yield


def rules(spoil, origin, *faults) -> set[str]:
    timeline = airing.record(spoil(ORIGINS[origin](), *faults))
    return {violation.rule for violation in check_media(timeline)}


@pytest.mark.parametrize("origin", ORIGINS)
def test_without_a_fault_nothing_is_broken(spoil, origin):
    assert set() == rules(spoil, origin)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("fragmented", MISSED_LATER),
        ("muxed", MISSED),
        ("low latency", MISSED_LATER),
        ("dash", {"dash/segment-answers"}),
    ],
)
@pytest.mark.parametrize("fault", [{"kind": "status"}, {"kind": "truncate"}, {"kind": "drop"}], ids=lambda f: f["kind"])
def test_a_segment_that_does_not_come_is_missed(spoil, origin, expected, fault):
    assert expected == rules(spoil, origin, {**fault, **ONE, "thing": "segment"})


@pytest.mark.parametrize("origin", HLS)
def test_a_gap_that_the_playlist_tells_of_breaks_nothing(spoil, origin):
    assert set() == rules(spoil, origin, {"kind": "gap", "sequence": "8-9"})


@pytest.mark.parametrize(
    ("origin", "thing", "rule"),
    [("fragmented", "playlist", "hls/refreshed"), ("dash", "manifest", "dash/not-behind")],
)
def test_a_manifest_that_does_not_advance_is_noticed(spoil, origin, thing, rule):
    assert rule in rules(spoil, origin, {"kind": "stale", "thing": thing})


@pytest.mark.parametrize("origin", ["fragmented", "muxed"])
def test_a_discontinuity_that_is_kept_secret_is_noticed(spoil, origin):
    assert "hls/continuous" in rules(spoil, origin, {"kind": "discontinuity", "announced": False})


@pytest.mark.parametrize("origin", HLS)
def test_a_discontinuity_that_is_announced_breaks_nothing(spoil, origin):
    """It leaves with its segment, and is counted from then on."""
    assert set() == rules(spoil, origin, {"kind": "discontinuity", "sequence": "8"})


def test_a_playlist_that_cannot_be_had_is_noticed(spoil):
    fault = {"kind": "status", "status": 503, "thing": "playlist", "rendition": "v1"}

    assert "http/manifest-answers" in rules(spoil, "fragmented", fault)


@pytest.mark.parametrize(("origin", "rule"), [("fragmented", "master/codecs-true"), ("dash", "dash/codecs-true")])
def test_a_wrong_codec_is_noticed(spoil, origin, rule):
    assert rule in rules(spoil, origin, {"kind": "wrong_codec", "rendition": "v0"})


def test_every_fault_that_hit_is_in_the_journal(spoil):
    spoilt = spoil(airing_hls.fragmented(), {"kind": "status", "thing": "segment", **ONE})
    airing.record(spoilt)

    assert {"status at v0/run-8.m4s"} == {entry.summary for entry in spoilt.journal.entries({"kind": "fault"})}
