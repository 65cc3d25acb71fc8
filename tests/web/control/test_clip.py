"""The built-in clip, at the press of a button."""

import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    """The encoder's own pictures, which cost little."""
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


def test_the_clip_brings_a_stream_on_air_and_leaves_it(control, create, until):
    stream = create()
    begun = control.put(f"/streams/{stream['id']}/clip", json={"on": True})
    until("to live", stream=stream["id"])
    twice = control.put(f"/streams/{stream['id']}/clip", json={"on": True})
    ended = control.put(f"/streams/{stream['id']}/clip", json={"on": False})
    until("to idle", stream=stream["id"])

    assert [True, True, False] == [answer.json()["on"] for answer in (begun, twice, ended)]
    assert {"on": False, "words": ""} == control.get(f"/streams/{stream['id']}").json()["clip"]


def test_a_clip_that_is_refused_says_why(control, create, until):
    stream = create(ingest={"kind": "push", "protocols": ["srt"]})
    control.put(f"/streams/{stream['id']}/clip", json={"on": True}).raise_for_status()
    until("not rtmp", kind="publication", stream=stream["id"])
    shown = _settled(control, stream)

    assert (False, True) == (shown["on"], "srt" in shown["words"])


def _settled(control, stream):
    """What is told of a clip once it has ended by itself: it hears no before it ends."""
    while (shown := control.get(f"/streams/{stream['id']}").json()["clip"])["on"]:
        control.get("/journal/wait", params={"text": "nothing like this", "timeout": "0.05"})
    return shown


def test_a_stand_in_that_closes_ends_its_clips(providers):
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        tenant = emulator.tenancy.invite("tenbyte")
        assert tenant.cloud in providers
        emulator.media.clips.begin("any", "live", "no-key")
    assert not emulator.media.clips.is_on("any")
