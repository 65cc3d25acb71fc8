"""The encoder's own pictures beside a ladder, and alone: judged by the standards, decoded from end to end."""

from dataclasses import replace
from itertools import pairwise
from urllib.parse import urljoin

import pytest
from judging import BUSY, OF_COPIES, broken

from offair.emulator.core.recordings import RecordingState
from offair.emulator.core.streams import STREAMS, Capture, Ladder
from offair.emulator.emulator import Emulator
from offair.emulator.media.formats.boxes import Splitter
from offair.emulator.media.formats.samples import read_fragment
from offair.emulator.media.formats.tracks import read_track
from offair.emulator.settings import PROFILES, Settings

pytestmark = pytest.mark.media
WATCHED = 12.0  # seconds
FPS, GOP = 25, 37  # of the clips
REORDERED = 4  # pictures at the end, of which an encoder that is interrupted has not sent all that are shown before
LIGHT_FPS = 15  # of the rungs in the profile light
OVERLOOKED = BUSY | OF_COPIES | {"master/aligned"}  # boundaries are not all variants'
RUNGS = (
    {"name": "large", "width": 640, "height": 360, "fps": FPS, "gop": FPS},
    {"name": "small", "fps": FPS, "gop": FPS},
)


@pytest.fixture(scope="module", params=PROFILES, name="emulator")
def _emulator(request):
    with Emulator(Settings(port=0, rtmp_port=0, media_profile=request.param)) as emulator:
        yield emulator


@pytest.fixture(name="profile")
def _profile(emulator) -> str:
    return emulator.settings.media_profile


@pytest.fixture(name="create")
def _create(customer, body):
    """Create a stream whose encoder's own pictures are the first rendition: beside two rungs, or alone."""

    def create(*, alone=False, is_fast=False, protocol="rtmp", capture=None, **shape):
        asked = body(*RUNGS, ingest={"kind": "push", "protocols": [protocol]}, **shape)
        asked["packaging"]["hls"]["low_latency"] = is_fast
        stream = customer.create(asked)
        world = customer.emulator.world
        with world.transaction():
            row = world.get(STREAMS, stream["id"])
            ladder = Ladder(source=True) if alone else replace(row.ladder, source=True)
            world.put(STREAMS, replace(row, ladder=ladder, capture=capture or row.capture))
        return stream, customer.url(stream) if protocol == "rtmp" else stream["ingest"]["srt"]

    return create


@pytest.fixture(name="air")
def _air(customer, create, encode):
    """Bring such a stream live, and give it with its encoder."""

    def air(clip="unaligned", **wishes):
        stream, url = create(**wishes)
        encoder = encode(url, clip)
        customer.until(stream, "live")
        return stream, encoder

    return air


@pytest.mark.parametrize("is_fast", [False, True], ids=["ordinary", "low latency"])
def test_every_shape_of_it_keeps_every_rule(customer, create, encode, is_fast):
    shapes = {
        "beside rungs": ({"hls": "mpegts"}, "unaligned"),
        "beside rungs, as fragments": ({"hls": "fmp4"}, "unaligned"),
        "beside rungs, over SRT": ({"hls": "mpegts", "protocol": "srt"}, "unaligned"),
        "alone": ({"hls": "mpegts", "alone": True}, "unaligned"),
        "alone, over SRT": ({"hls": "fmp4", "alone": True, "protocol": "srt"}, "unaligned"),
        "alone, no pictures": ({"hls": "fmp4", "alone": True}, "audio"),
        "beside rungs, no pictures": ({"hls": "mpegts"}, "audio"),
    }
    streams = {}
    for name, (wishes, clip) in shapes.items():
        streams[name], url = create(is_fast=is_fast, **wishes)
        encode(url, clip)
    for stream in streams.values():
        customer.until(stream, "live")
    urls = [(name, url) for name, stream in streams.items() for url in stream["playback"].values()]
    urls += [(name, urljoin(stream["playback"]["hls"], "source/index.m3u8")) for name, stream in streams.items()]

    assert {} == broken({one: one[1] for one in urls}, seconds=WATCHED, ignore=OVERLOOKED)


@pytest.mark.parametrize(
    ("hls", "clip", "alone"),
    [
        ("mpegts", "unaligned", False),
        ("fmp4", "unaligned hevc", False),
        ("fmp4", "unaligned", True),
        ("mpegts", "unaligned hevc", True),
    ],
)
def test_each_rendition_is_decoded_from_end_to_end_by_its_own_name(
    customer, profile, air, player, eventually, hls, clip, alone
):
    stream, encoder = air(clip, hls=hls, alone=alone, dash=hls == "fmp4")
    master = stream["playback"]["hls"]
    eventually(lambda: len(player.playlist(urljoin(master, "source/playlist.m3u8")).segments) >= 3)
    encoder.end()
    customer.until(stream, "idle")
    names = [url.split("/")[-2] for url in player.variants(master)]
    rates = {
        name: LIGHT_FPS if (name, profile) != ("source", "light") and profile == "light" else FPS for name in names
    }

    assert (["source"] if alone or profile == "passthrough" else ["source", "large", "small"]) == names
    for name, rate in rates.items():
        index = urljoin(master, f"{name}/index.m3u8")
        (media,) = player.variants(index)
        seconds = sum(one.duration for one in player.playlist(media).segments)
        frames = player.frames(index, "video", most=10_000)

        steps = {round((b.pts - a.pts) * b.time_base * rate) for a, b in pairwise(frames[:-REORDERED])}

        assert {1} == steps, f"{name} has holes"
        assert seconds == pytest.approx(len(frames) / rate, abs=2 / rate)
        assert player.frames(index, "audio")


def test_it_is_never_encoded_again(air, player, clips):
    stream, _ = air(hls="fmp4")
    media = urljoin(stream["playback"]["hls"], "source/playlist.m3u8")
    segment = player.playlist(media).segments[0]
    init, content = (player.fetch(urljoin(media, uri)).content for uri in (segment.init_section.uri, segment.uri))
    track, sent = read_track(init), clips["unaligned"].read_bytes()
    pieces = [piece for piece in Splitter().push(init + content) if piece.kind == "fragment"]
    samples = [sample for piece in pieces for sample in read_fragment(track, piece.content).samples]

    assert GOP == len(samples)
    assert all(bytes(sample.content) in sent for sample in samples)


def test_its_segments_begin_at_its_key_frames_and_those_of_rungs_on_their_grid(profile, air, player, eventually):
    stream, _ = air(hls="mpegts")
    seen = {
        url.split("/")[-2]: eventually(lambda url=url: len(found := player.playlist(url).segments) >= 4 and found)
        for url in player.variants(stream["playback"]["hls"])
    }
    lengths = {name: {round(one.duration, 2) for one in segments[:4]} for name, segments in seen.items()}
    rungs = {} if profile == "passthrough" else {"large": {1.0}, "small": {1.0}}

    assert {"source": {GOP / FPS}, **rungs} == lengths


def test_it_is_recorded_beside_the_rungs(customer, profile, air, player, eventually):
    stream, encoder = air(capture=Capture(recording=True))
    master = stream["playback"]["hls"]
    eventually(lambda: len(player.playlist(urljoin(master, "source/playlist.m3u8")).segments) >= 3)
    encoder.end()
    archive = customer.emulator.archive
    (kept,) = eventually(lambda: archive.find(stream=stream["id"], state=RecordingState.READY))
    seen = [
        {(frame.width, frame.height) for frame in player.frames(url, "video", most=75)}
        for url in player.variants(urljoin(master, f"recordings/{kept.id}/index.m3u8"))
    ]

    assert ({(480, 270)}, 1 if profile == "passthrough" else 3) == (seen[0], len(seen))


def test_the_best_variant_is_the_encoders_own(customer, air, player):
    stream, _ = air()
    url = f"{customer.emulator.addresses('tenbyte').cdn}/{stream['id']}/stream.mp4"
    frame = player.frames(url, "video", most=1)[0]

    assert (480, 270) == (frame.width, frame.height)
