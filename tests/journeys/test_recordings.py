"""A broadcast that was recorded can be had again: as a file that seeks, and as HLS that plays from its beginning."""

import json
import subprocess

import av
import httpx
import pytest

pytestmark = pytest.mark.media
LIBRARY = {"enabled": True, "target": "library", "library_id": "lib_1"}
SECONDS = 10.0
FRAMES = 240


@pytest.fixture(scope="module", name="copying")
def _copying(tmp_path_factory):
    from understudy.emulator.emulator import Emulator
    from understudy.emulator.settings import Settings

    folder = tmp_path_factory.mktemp("recordings")
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough", recordings_dir=folder)) as emulator:
        yield emulator


@pytest.fixture(scope="module", name="recorded")
def _recorded(copying, customers_of_all, body, ffmpeg, clips):
    """A clip that was sent as fast as it can be, its stream, and what the control surface says of its recording."""
    customer = customers_of_all(copying)
    stream = customer.create(body(recording=LIBRARY))
    argv = [ffmpeg, "-v", "error", "-re", "-i", str(clips["both"]), "-c", "copy", "-f", "flv", customer.url(stream)]
    subprocess.run(argv, check=True, timeout=60)
    customer.until(stream, "idle")
    customer.emulator.journal.wait_for({"kind": "recording", "text": "is ready"}, copying.clock.deadline(20))
    (recording,) = httpx.get(f"{copying.ready()['control_url']}/recordings", params={"stream": stream["id"]}).json()[
        "recordings"
    ]
    return customer, stream, recording


def test_it_is_ready(recorded):
    print(json.dumps(recorded[2], indent=1))
    assert recorded[2]["state"] == "ready"


def test_packets(recorded, copying, player):
    _, stream, recording = recorded
    with av.open(recording["files"]["recording.mp4"]) as c:
        n = sum(1 for p in c.demux(video=0) if p.size)
    print(player.text(recording["files"]["index.m3u8"]))
    print(player.text(recording["files"]["source/index.m3u8"]))
    print(player.text(recording["replay_url"]))
    with av.open(recording["files"]["index.m3u8"]) as c:
        m = {s.type: sum(1 for f in c.decode(s)) for s in c.streams if not c.seek(0)}
    print(n, m)
    assert n == FRAMES
