"""What a player gets, fault by fault, without a socket."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import airing_dash
import airing_hls
import m3u8
import pytest

MPD = "{urn:mpeg:dash:schema:mpd:2011}"


def lines(fetch):
    return fetch.text.splitlines()


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_status_is_answered_instead_and_any_page_may_see_it(spoil, fetch, status):
    answer = fetch(spoil(airing_hls.fragmented(), {"kind": "status", "status": status}), "master.m3u8")

    assert (status, "*") == (answer.status, answer.header("Access-Control-Allow-Origin"))


def test_only_what_the_address_fits_goes_wrong(spoil, fetch):
    spoilt = spoil(airing_hls.fragmented(), {"kind": "status", "rendition": "v0", "thing": "segment", "sequence": "3"})
    names = ["v0/run-3.m4s", "v0/run-4.m4s", "v1/run-3.m4s", "v0/list.m3u8", "v0/run-init-0.mp4"]

    assert [404, 200, 200, 200, 200] == [fetch(spoilt, name).status for name in names]


def test_a_counted_fault_wears_out(spoil, fetch):
    spoilt = spoil(airing_hls.fragmented(), {"kind": "status", "remaining": 2})

    assert [404, 404, 200] == [fetch(spoilt, "master.m3u8").status for _ in range(3)]


def test_a_stale_playlist_is_each_renditions_first(spoil, fetch):
    spoilt = spoil(airing_hls.fragmented(), {"kind": "stale", "rendition": "v0", "thing": "playlist"})
    v0 = {fetch(spoilt, "v0/list.m3u8", later=seconds).text for seconds in (0, 4, 8)}
    v1 = {fetch(spoilt, "v1/list.m3u8", later=seconds).text for seconds in (0, 4, 8)}

    assert (1, 3) == (len(v0), len(v1))


def test_what_a_player_already_has_is_sent_again_when_it_is_changed(spoil, fetch):
    """A tag of the true playlist must not stand for the spoilt one."""
    origin = airing_hls.fragmented()
    true = fetch(spoil(origin), "v0/list.m3u8")
    gap = fetch(spoil(origin, {"kind": "gap", "sequence": "4"}), "v0/list.m3u8")

    assert gap.header("ETag") not in {None, true.header("ETag")}


def test_a_gap_is_marked_before_its_segment_in_a_version_that_knows_gaps(spoil, fetch):
    origin = airing_hls.muxed()
    playlist = fetch(spoil(origin, {"kind": "gap", "sequence": "3"}), "v0/list.m3u8")
    marked = [uri for tag, uri in pairwise(re.findall(r"(?m)^(#EXT-X-GAP|[^#].*)$", playlist.text)) if tag[0] == "#"]

    assert (["run-3.ts"], "#EXT-X-VERSION:9") == (marked, lines(playlist)[1])


def test_the_parts_of_a_gap_are_gaps(spoil, fetch):
    spoilt = spoil(airing_hls.low_latency(), {"kind": "gap", "sequence": "8-9"})
    parts = [line for line in lines(fetch(spoilt, "v0/list.m3u8")) if line.startswith("#EXT-X-PART:")]
    numbers = {line: int(re.search(r"part-(\d+)", line)[1]) // airing_hls.PARTS for line in parts}

    assert {8, 9} < set(numbers.values())
    assert {line for line, number in numbers.items() if number in {8, 9}} == {p for p in parts if "GAP=YES" in p}


def test_a_gap_is_not_there(spoil, fetch):
    assert 404 == fetch(spoil(airing_hls.low_latency(), {"kind": "gap", "sequence": "8"}), "v0/run-8.m4s").status


def test_a_gap_of_dash_keeps_its_place_in_the_timeline(spoil, fetch):
    origin = airing_dash.dash()
    true = ElementTree.fromstring(fetch(spoil(origin), "live.mpd").text)
    told = ElementTree.fromstring(fetch(spoil(origin, {"kind": "gap", "sequence": "3"}), "live.mpd").text)
    template = next(told.iter(f"{MPD}SegmentTemplate"))
    third = next(true.iter(f"{MPD}SegmentTimeline"))[3 - int(template.get("startNumber"))]
    (missing,) = template.find(f"{MPD}FailoverContent")

    assert (third.get("t"), third.get("d")) == (missing.get("t"), missing.get("d"))
    assert [entry.attrib for entry in true.iter(f"{MPD}S")] == [entry.attrib for entry in told.iter(f"{MPD}S")]


def test_a_wrong_codec_is_told_of_one_variant(spoil, fetch):
    spoilt = spoil(airing_hls.fragmented(), {"kind": "wrong_codec", "rendition": "v1", "codec": "vp09.00.10.08"})
    told = {p.uri: p.stream_info.codecs for p in m3u8.loads(fetch(spoilt, "master.m3u8").text).playlists}

    assert {"v0/list.m3u8": "avc1.64001e,mp4a.40.2", "v1/list.m3u8": "vp09.00.10.08,mp4a.40.2"} == told


def test_a_wrong_codec_is_told_of_one_representation(spoil, fetch):
    spoilt = spoil(airing_dash.dash(), {"kind": "wrong_codec", "rendition": "v1"})
    root = ElementTree.fromstring(fetch(spoilt, "live.mpd").text)
    told = {one.get("id"): one.get("codecs") for one in root.iter(f"{MPD}Representation")}

    assert {"v0": "avc1.64001e", "v1": "hvc1.1.6.L93.B0", "a0": "mp4a.40.2"} == told


def test_a_truncated_body_ends_half_way_and_says_it_would_not(spoil):
    """Looked at from inside; over a socket it is the player that misses bytes."""
    spoilt = spoil(airing_hls.fragmented(), {"kind": "truncate", "sequence": "3"})
    whole = airing_hls.fragmented().piece("v0/3.m4s")
    got = b""
    answer = spoilt._client.get("/a-stream/v0/run-3.m4s", buffered=False)
    with pytest.raises(ConnectionAbortedError):
        for piece in answer.response:
            got += piece

    assert (whole[: len(whole) // 2], str(len(whole))) == (got, answer.headers["Content-Length"])
