"""What is said beside pictures and sound: read from data messages, or made as timecodes. Pure."""

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.core.showing import Cue
from offair.emulator.media.broadcast.cues import Metronome, read_cue
from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.flv import LONGEST_METADATA, Tag, TagKind


def script(*values):
    return Tag(TagKind.SCRIPT, 0, amf0.encode(*values))


def test_a_data_message_says_something_to_whom_it_names():
    assert Cue(name="onCuePoint", content={"a": [1.0]}) == read_cue(script("onCuePoint", {"a": [1.0]}))


@pytest.mark.parametrize(
    "tag",
    [
        script("|RtmpSampleAccess", 1.0),
        script("onMetaData"),
        script({"no": "name"}),
        script("onMetaData", "x" * LONGEST_METADATA),
        Tag(TagKind.SCRIPT, 0, b"\xff"),
        Tag(TagKind.VIDEO, 0, amf0.encode("onMetaData", {})),
    ],
    ids=["another's", "nothing", "nobody", "too-long", "no-amf", "a-picture"],
)
def test_whatever_else_comes_says_nothing(tag):
    assert read_cue(tag) is None


def test_a_metronome_ticks_once_in_an_interval_and_never_without_one():
    hourly, never = Metronome(3600.0, Clock()), Metronome(None, Clock())
    ticks = [hourly.tick(), hourly.tick(), never.tick()]

    assert (["onMetaData"], 2) == ([tick.name for tick in ticks if tick], ticks.count(None))
