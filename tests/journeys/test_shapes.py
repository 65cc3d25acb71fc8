"""Streams of every shape play: profiles, codecs, ladders, and encoders that send half of it."""

from io import BytesIO
from urllib.parse import urljoin

import pytest

from offair.contracts.contract import promise

pytestmark = pytest.mark.media


@pytest.fixture(name="play")
def _play(encode):
    """Bring a stream live, and give it."""

    def play(customer, wanted, clip="both"):
        stream = customer.create(wanted)
        encode(customer.url(stream), clip)
        customer.until(stream, "live")
        return stream

    return play


def streams(player, stream):
    """The variants of the master playlist: name, resolution, codecs."""
    return [
        (entry.uri.split("/")[0], entry.stream_info.resolution, entry.stream_info.codecs)
        for entry in player.playlist(stream["playback"]["hls"]).playlists
    ]


def test_passthrough_plays_the_encoders_own_pictures(stand_in, customers, body, play, player):
    customer = customers(stand_in(media_profile="passthrough"))
    stream = play(customer, body({}, {"name": "other", "height": 360}))
    ((_, resolution, codecs),) = streams(player, stream)
    (variant,) = player.variants(stream["playback"]["hls"])
    frames = player.frames(variant, "video")

    assert ((320, 180), 24, (320, 180)) == (resolution, len(frames), (frames[0].width, frames[0].height))
    assert codecs.endswith(",mp4a.40.2")


def test_the_faithful_profile_makes_what_was_asked_for(stand_in, customers, body, play, player):
    customer = customers(stand_in(media_profile="faithful"))
    stream = play(customer, body({"profile": "main", "level": "3.0", "preset": "superfast"}))
    ((_, resolution, codecs),) = streams(player, stream)
    (variant,) = player.variants(stream["playback"]["hls"])
    frame = player.frames(variant, "video", most=1)[0]

    assert ((426, 240), (426, 240)) == (resolution, (frame.width, frame.height))
    assert codecs.startswith("avc1.4d401e,")


def test_the_published_example_plays(customer, play, player):
    published = next(e for e in promise("tenbyte").examples if e.name == "create-video-push").request_body
    stream = play(customer, published)

    assert [12, 12, 12] == [len(player.frames(u, "video", most=12)) for u in player.variants(stream["playback"]["hls"])]


@pytest.mark.parametrize("hls", ["mpegts", "fmp4"])
def test_a_radio_plays_every_rung(customer, body, play, player, hls):
    published = next(e for e in promise("tenbyte").examples if e.name == "create-audio-push").request_body
    packaging = {"hls": {"segment_format": hls, "playlist_size": 4}}
    stream = play(customer, {**published, "packaging": packaging}, "audio")

    assert [24, 24, 24] == [len(player.frames(url, "audio")) for url in player.variants(stream["playback"]["hls"])]


def test_a_radio_takes_the_sound_of_a_video_encoder(customer, play, player):
    published = next(e for e in promise("tenbyte").examples if e.name == "create-audio-push").request_body
    stream = play(customer, published, "both")

    assert ["mp4a.40.2"] * 3 == [codecs for _, _, codecs in streams(player, stream)]


@pytest.mark.parametrize("hls", ["mpegts", "fmp4"])
def test_video_without_sound_plays(customer, body, play, player, hls):
    stream = play(customer, body(hls=hls), "video")
    (variant,) = player.variants(stream["playback"]["hls"])

    assert 24 == len(player.frames(variant, "video"))
    assert "mp4a" not in player.text(stream["playback"]["hls"])
    assert "mp4a" not in player.text(stream["playback"]["dash"])


def test_h265_plays_as_fragments(customer, body, play, player):
    stream = play(customer, body({"codec": "h265"}, hls="fmp4"))
    ((_, _, codecs),) = streams(player, stream)
    (variant,) = player.variants(stream["playback"]["hls"])
    playlist = player.playlist(variant)
    init = player.fetch(urljoin(variant, playlist.segments[0].init_section.uri)).content
    segment = player.fetch(urljoin(variant, playlist.segments[0].uri)).content
    frames = player.frames(BytesIO(init + segment), "video", most=4)

    assert codecs.startswith("hvc1.")
    assert 4 == len(frames)


def test_h265_plays_as_mpegts(customer, body, play, player):
    stream = play(customer, body({"codec": "h265"}, dash=False))
    (variant,) = player.variants(stream["playback"]["hls"])

    assert 4 == len(player.frames(variant, "video", most=4))


def test_rungs_of_different_key_frame_intervals_play_in_step(stand_in, customers, body, play, player):
    """All rungs are cut on one grid, that of the longest interval."""
    customer = customers(stand_in(media_profile="faithful"))
    stream = play(customer, body({"name": "a", "fps": 30, "gop": 30}, {"name": "b", "fps": 24, "gop": 12}))
    durations = [player.playlist(url).segments[0].duration for url in player.variants(stream["playback"]["hls"])]
    rates = [entry.stream_info.frame_rate for entry in player.playlist(stream["playback"]["hls"]).playlists]

    assert ([1.0, 1.0], [30.0, 24.0]) == (pytest.approx(durations, abs=0.05), rates)


def test_dash_alone_plays(customer, body, play, player):
    stream = play(customer, body(hls=None))

    assert {"dash"} == set(stream["playback"])
    assert 'type="dynamic"' in player.text(stream["playback"]["dash"])


def test_hls_alone_plays(customer, body, play, player):
    stream = play(customer, body(dash=False))
    (variant,) = player.variants(stream["playback"]["hls"])

    assert {"hls"} == set(stream["playback"])
    assert 12 == len(player.frames(variant, "video", most=12))


def test_the_playlist_is_as_long_as_was_asked_for(customer, body, play, player, eventually):
    wanted = body(dash=False)
    wanted["packaging"]["hls"] |= {"playlist_size": 8, "preserved_segments": 2}
    stream = play(customer, wanted)
    (variant,) = player.variants(stream["playback"]["hls"])
    eventually(lambda: (player.playlist(variant).media_sequence or 0) > 0)

    assert 8 == len(player.playlist(variant).segments)
