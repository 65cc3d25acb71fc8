"""What players fetch while a stream is live: once as MPEG-TS with DASH, once as fMP4 with DASH."""

import re
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.media
LARGE = {"name": "large", "width": 640, "height": 360, "bitrate_kbps": 400}
SMALL = {"name": "small", "width": 426, "height": 240, "fps": 30, "gop": 15, "bitrate_kbps": 200}
SIZES = {"large": (320, 180), "small": (212, 120)}  # the light profile's
TYPES = {"m3u8": "application/vnd.apple.mpegurl", "mpd": "application/dash+xml", "ts": "video/mp2t", "m4s": "video/mp4"}
MPD = "{urn:mpeg:dash:schema:mpd:2011}"


@pytest.fixture(scope="module", name="live", params=["mpegts", "fmp4"])
def _live(request, customers_of_all, body, encode_for_all):
    """A stream of two rungs that is live for as long as the module's tests need it."""
    customer = customers_of_all()
    stream = customer.create(body(LARGE, SMALL, hls=request.param))
    encoder = encode_for_all(customer.url(stream))
    customer.until(stream, "live")
    yield stream
    encoder.end()
    customer.until(stream, "idle")


def master(live):
    return live["playback"]["hls"]


def first_segment(player, live):
    variant = player.variants(master(live))[0]
    return urljoin(variant, player.playlist(variant).segments[-1].uri)


def representations(player, live):
    """Every representation of the MPD: its element, with the template of its set or its own, by id."""
    root = ElementTree.fromstring(player.text(live["playback"]["dash"]))
    found = {}
    for group in root.iter(f"{MPD}AdaptationSet"):
        for element in group.iter(f"{MPD}Representation"):
            template = element.find(f"{MPD}SegmentTemplate")
            found[element.get("id")] = (element, group.find(f"{MPD}SegmentTemplate") if template is None else template)
    return found


def joined(player, live, name):
    """A representation's init section and its first segments, as a DASH player joins them."""
    _, template = representations(player, live)[name]
    numbers = range(int(template.get("startNumber")), int(template.get("startNumber")) + 2)
    names = [template.get("initialization"), *(template.get("media").replace("$Number$", str(n)) for n in numbers)]
    assert not any("$" in part.replace("$RepresentationID$", "") for part in names)
    urls = [urljoin(live["playback"]["dash"], part.replace("$RepresentationID$", name)) for part in names]
    return b"".join(player.fetch(url).content for url in urls)


def test_every_rung_of_hls_is_decoded_at_its_size(live, player):
    frames = [player.frames(url, "video", most=6) for url in player.variants(master(live))]

    assert list(SIZES.values()) == [(shown[0].width, shown[0].height) for shown in frames]


@pytest.mark.parametrize("live", ["mpegts"], indirect=True)
def test_every_rung_of_muxed_hls_has_sound(live, player):
    assert [24, 24] == [len(player.frames(url, "audio")) for url in player.variants(master(live))]


@pytest.mark.parametrize("live", ["fmp4"], indirect=True)
def test_the_sound_of_fragmented_hls_is_a_rendition_of_its_own(live, player):
    (sound,) = player.playlist(master(live)).media

    assert 24 == len(player.frames(urljoin(master(live), sound.uri), "audio"))


@pytest.mark.parametrize("live", ["mpegts"], indirect=True)
def test_every_representation_of_dash_is_decoded(live, player):
    decoded = {}
    for name, (element, _) in representations(player, live).items():
        kind = "audio" if element.get("width") is None else "video"
        decoded[name] = player.frames(BytesIO(joined(player, live, name)), kind, most=6)

    assert SIZES == {name: (decoded[name][0].width, decoded[name][0].height) for name in SIZES}
    assert [6, 6, 6] == [len(frames) for frames in decoded.values()]


def test_the_master_playlist_tells_each_rungs_size_rate_and_codecs(live, player):
    shown = {
        variant.uri.split("/")[0]: (
            variant.stream_info.resolution, variant.stream_info.frame_rate, variant.stream_info.codecs
        )
        for variant in player.playlist(master(live)).playlists
    }  # fmt: skip

    assert list(SIZES.items()) == [(name, resolution) for name, (resolution, _, _) in shown.items()]
    assert [15.0, 15.0] == [rate for _, rate, _ in shown.values()]
    assert all(re.fullmatch(r"avc1\.[0-9a-f]{6},mp4a\.40\.2", codecs) for _, _, codecs in shown.values())


def test_no_segment_exceeds_the_bandwidth_of_its_variant(live, player):
    for entry in player.playlist(master(live)).playlists:
        variant = urljoin(master(live), entry.uri)
        media = player.playlist(variant)
        peak = max(
            8 * len(player.fetch(urljoin(variant, segment.uri)).content) / segment.duration
            for segment in media.segments
        )
        now = {other.uri: other.stream_info.bandwidth for other in player.playlist(master(live)).playlists}
        assert peak <= now[entry.uri] * 1.1


def test_segments_are_as_long_as_the_key_frame_interval(live, player):
    for variant in player.variants(master(live)):
        durations = [segment.duration for segment in player.playlist(variant).segments]
        assert [0.5] * len(durations) == pytest.approx(durations, abs=0.04)


def test_a_segment_begins_when_its_time_says(live, player):
    """Program date times run with the durations, so that players can tell how far behind they are."""
    for variant in player.variants(master(live)):
        segments = player.playlist(variant).segments
        steps = [
            (after.program_date_time - before.program_date_time).total_seconds() for before, after in pairwise(segments)
        ]
        assert [segment.duration for segment in segments[:-1]] == pytest.approx(steps, abs=0.003)


def test_the_mpd_is_live_and_says_where_the_time_is(live, player):
    root = ElementTree.fromstring(player.text(live["playback"]["dash"]))
    time = root.find(f"{MPD}UTCTiming").get("value")

    assert ("dynamic", 200) == (root.get("type"), player.fetch(time).status_code)


def test_a_rungs_frame_rate_is_in_the_mpd(live, player):
    rates = {name: element.get("frameRate") for name, (element, _) in representations(player, live).items()}

    assert [Fraction(15), Fraction(15)] == [Fraction(rates[name]) for name in SIZES]


def test_every_file_has_its_media_type(live, player):
    segment = first_segment(player, live)
    urls = [*live["playback"].values(), *player.variants(master(live)), segment]
    shown = [(url.rpartition(".")[2], player.fetch(url).headers["Content-Type"].partition(";")[0]) for url in urls]

    assert [(suffix, TYPES[suffix]) for suffix, _ in shown] == shown


def test_any_page_may_play(live, player):
    urls = [*live["playback"].values(), first_segment(player, live)]
    answers = [player.fetch(url, Origin="https://shop.example") for url in urls]

    assert ["*"] * 3 == [answer.headers["Access-Control-Allow-Origin"] for answer in answers]


def test_a_preflight_lets_ranges_through(live, player):
    answer = player.fetch(
        first_segment(player, live), "OPTIONS", **{"Origin": "https://shop.example",
        "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"},
    )  # fmt: skip

    assert (True, True) == (answer.is_success, "range" in answer.headers["Access-Control-Allow-Headers"].lower())


def test_manifests_are_never_cached_and_segments_for_ever(live, player):
    urls = [*live["playback"].values(), first_segment(player, live)]
    manifests = [player.fetch(url).headers["Cache-Control"] for url in urls]

    assert ["no-cache", "no-cache", True] == [*manifests[:2], "immutable" in manifests[2]]


def test_a_part_of_a_segment_is_served(live, player):
    segment = first_segment(player, live)
    whole = player.fetch(segment).content
    part = player.fetch(segment, Range="bytes=100-199")

    assert (206, f"bytes 100-199/{len(whole)}", whole[100:200]) == (
        part.status_code, part.headers["Content-Range"], part.content,
    )  # fmt: skip


def test_a_range_past_the_end_is_refused(live, player):
    assert 416 == player.fetch(first_segment(player, live), Range="bytes=99999999-").status_code


def test_head_tells_the_length_and_sends_nothing(live, player):
    segment = first_segment(player, live)
    head = player.fetch(segment, "HEAD")

    assert (200, str(len(player.fetch(segment).content)), b"") == (
        head.status_code, head.headers["Content-Length"], head.content,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["../master.m3u8", ".master.m3u8", "large/.hidden.ts", "nothing.ts", "master.txt"])
def test_nothing_else_is_served(live, player, name):
    root = master(live).rpartition("/")[0]

    assert 404 == player.fetch(f"{root}/{name}").status_code
