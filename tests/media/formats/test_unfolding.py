"""What a feed shows is told again in FLV tags: same media, same times."""

import struct
from fractions import Fraction

import pytest
from forging import MP4A, Forge

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.flv import TagKind
from offair.emulator.media.formats.unfolding import Unfolding
from offair.emulator.media.listening.progressive.mux import place, write_init

RATE, TICKS = 25, 3600


@pytest.fixture(name="forge")
def _forge():
    return Forge()


@pytest.fixture(name="tracks")
def _tracks(forge):
    return [forge.track(), forge.track("audio", timescale=48_000, entry=MP4A)]


@pytest.fixture(name="unfolding")
def _unfolding(tracks):
    return Unfolding(write_init(tracks), fps=25.0)


def _placed(fragment, number, time):
    return place(fragment, number=number, sequence=1, time=time).since(Fraction(0))


def test_heads_say_what_there_is_and_how_it_is_coded(unfolding):
    script, picture, sound = unfolding.heads(7)

    facts = {"width": 320.0, "height": 180.0, "videocodecid": 7.0, "framerate": 25.0}
    heard = {"audiocodecid": 10.0, "audiosamplerate": 48_000.0, "audiochannels": 2.0}
    assert ["onMetaData", facts | heard] == amf0.decode(script.payload)
    assert (True, "avc1", True, "mp4a") == (
        picture.is_sequence_header, picture.codec, sound.is_sequence_header, sound.codec
    )  # fmt: skip
    assert (bytes.fromhex("0142c01effe1000467420001") + bytes.fromhex("01000268ce"), b"\x11\x90") == (
        picture.configuration, sound.configuration
    )  # fmt: skip
    assert [7, 7, 7] == [script.timestamp, picture.timestamp, sound.timestamp]


def test_every_sample_is_a_tag_at_its_own_time(forge, tracks, unfolding):
    video, _ = tracks
    samples = forge.samples([TICKS] * 3, keys=lambda number: number == 0)
    tags = unfolding.tags([_placed(forge.fragment(video, samples), 1, TICKS * 25)])

    assert [1000, 1040, 1080] == [tag.timestamp for tag in tags]
    assert [True, False, False] == [tag.is_keyframe for tag in tags]
    assert [(0, bytes(sample.content)) for sample in samples] == [
        (tag.picture[0], bytes(tag.picture[1])) for tag in tags
    ]


def test_a_picture_that_is_shown_later_than_it_is_decoded_says_so(forge, tracks, unfolding):
    video, _ = tracks
    (sample,) = forge.samples([TICKS], keys=lambda _: True)
    (tag,) = unfolding.tags([_placed(forge.fragment(video, [sample._replace(pts=sample.dts + 2 * TICKS)]), 1, 0)])

    assert 80 == tag.picture[0]


def test_tracks_come_in_the_order_of_their_times(forge, tracks, unfolding):
    video, audio = tracks
    pictures = forge.fragment(video, forge.samples([TICKS] * 2, keys=lambda _: True))
    sounds = forge.fragment(audio, forge.samples([960] * 4))
    tags = unfolding.tags([_placed(pictures, 1, 0), _placed(sounds, 2, 0)])

    kinds = [(TagKind.VIDEO, 0), (TagKind.AUDIO, 0), (TagKind.AUDIO, 20)]
    assert [*kinds, (TagKind.VIDEO, 40), (TagKind.AUDIO, 40), (TagKind.AUDIO, 60)] == [
        (tag.kind, tag.timestamp) for tag in tags
    ]
    assert bytes(struct.pack(">I", 5)) == tags[1].payload[2:6]
