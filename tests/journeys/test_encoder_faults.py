"""What goes wrong in an encoder, as a viewer sees and hears it: one stream a fault, all on air at once."""

import re
import subprocess
from itertools import pairwise

import httpx
import pytest
from looping import looping

from offair.emulator.core.faults.encoders import parse

pytestmark = pytest.mark.media
LASTS = 2.0
AFTERWARDS = 4.0  # seconds of media after a fault was asked for, in which it begins, ends, and all is well again
KINDS = ["drop", "freeze", "black", "silence", "keyless"]
PACKAGING = {  # a playlist that keeps all
    "hls": {"segment_format": "fmp4", "playlist_size": 30, "preserved_segments": 6},
    "dash": {"segment_format": "fmp4", "window_s": 60, "min_buffer_s": 2},
}
JUMPS = {"forward": 30.0, "back": -4.0}
DETECTORS = ["-vf", "blackdetect=d=0.5,freezedetect=n=-60dB:d=0.5", "-af", "silencedetect=n=-60dB:d=0.5"]
SEEN = re.compile(r"(black|freeze|silence)_duration: ?([\d.]+)")


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    from offair.emulator.emulator import Emulator
    from offair.emulator.settings import Settings

    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


@pytest.fixture(scope="module", name="aired")
def _aired(emulator, customers_of_all, body, eventually):
    """Every fault on a stream of its own, from the beginning to the end: the streams by fault."""
    customer = customers_of_all()
    control = emulator.ready()["control_url"]
    asked = {kind: {"kind": kind, "seconds": LASTS} for kind in KINDS}
    asked |= {name: {"kind": "jump", "by": by} for name, by in JUMPS.items()}
    streams = {name: customer.create(body(packaging=PACKAGING)) for name in (*asked, "healthy", "spoken")}
    with looping() as publish:
        encoders = {
            name: publish(customer.url(stream), *([parse("black@5+2")] if name == "spoken" else []))
            for name, stream in streams.items()
        }
        for stream in streams.values():
            customer.until(stream, "live")
        eventually(lambda: all(encoder.progress.seconds > 4.5 for encoder in encoders.values()))
        for name, fault in asked.items():
            answer = httpx.post(f"{control}/encoder-faults", json={"stream": streams[name]["id"], **fault})
            assert 201 == answer.status_code, answer.text
        begun = {name: encoders[name].progress.seconds for name in asked}
        eventually(lambda: all(encoders[name].progress.seconds > begun[name] + AFTERWARDS for name in asked))
        assert {""} == {encoder.words for encoder in encoders.values()}
    for stream in streams.values():
        customer.until(stream, "idle")
    return streams


@pytest.fixture(name="seen")
def _seen(aired, ffmpeg):
    """Play a stream from its beginning, and tell how long it was black, frozen and silent."""

    def seen(name: str) -> dict[str, float]:
        argv = [ffmpeg, "-nostdin", "-hide_banner", "-i", aired[name]["playback"]["hls"], *DETECTORS, "-f", "null", "-"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
        return {kind: float(duration) for kind, duration in SEEN.findall(done.stderr)}

    return seen


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("healthy", set()),
        ("freeze", {"freeze"}),
        ("black", {"black", "freeze"}),
        ("spoken", {"black", "freeze"}),
        ("silence", {"silence"}),
    ],
)
def test_a_viewer_sees_the_fault_and_then_it_is_over(seen, fault, expected):
    """Pictures come back with a key frame, of which there is one every second."""
    lasted = seen(fault)

    assert expected == set(lasted)
    assert all(LASTS - 0.2 <= seconds <= LASTS + 1.2 for seconds in lasted.values()), lasted


def segments(player, stream):
    (variant,) = player.variants(stream["playback"]["hls"])
    return player.playlist(variant).segments


@pytest.mark.parametrize("jump", JUMPS)
def test_a_jump_is_a_discontinuity_and_no_hole(aired, player, jump):
    """The playlist goes on by the wall clock: no hour-long segment, and nothing that waits for a time to come."""
    played = segments(player, aired[jump])
    steps = [(late.program_date_time - early.program_date_time).total_seconds() for early, late in pairwise(played)]

    assert 1 == sum(bool(segment.discontinuity) for segment in played)
    assert all(segment.duration < 2.5 for segment in played)
    assert max(steps) < 4
    assert sum(segment.duration for segment in played) > 4.5


def test_a_short_loss_is_bridged(aired, player):
    played = segments(player, aired["drop"])

    assert not any(segment.discontinuity for segment in played)
    assert LASTS <= max(segment.duration for segment in played) < LASTS + 2.5


def test_without_key_frames_a_segment_goes_on_until_the_next(aired, player):
    assert max(segment.duration for segment in segments(player, aired["keyless"])) == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("fault", [*KINDS, *JUMPS])
def test_a_fault_is_journalled_from_its_beginning_to_its_end(aired, emulator, fault):
    entries = emulator.journal.entries({"kind": "fault", "stream": aired[fault]["id"]})
    kind = "jump" if fault in JUMPS else fault

    assert [f"{kind} of the encoder begins", f"{kind} of the encoder is over"] == [e.summary for e in entries]


def test_a_stream_that_is_off_air_cannot_be_disturbed(emulator, customers, body):
    stream = customers().create(body())
    url = f"{emulator.ready()['control_url']}/encoder-faults"
    answer = httpx.post(url, json={"stream": stream["id"], "kind": "black"})

    assert (409, True) == (answer.status_code, "no encoder is on air" in answer.json()["error"])
