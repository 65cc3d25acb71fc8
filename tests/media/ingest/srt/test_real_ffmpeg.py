"""The caller that most people use: ffmpeg with libsrt, as the installed wheel brings it."""

import subprocess

import imageio_ffmpeg
import pytest
from lossy import ENOUGH

from offair.emulator.core.ports import Reason, Refused

PATIENCE = 30.0
WORDS = "a good passphrase"
GOOD = "streamid=#!::r=live/key,m=publish"

pytestmark = pytest.mark.media


def ffmpeg(*arguments: str) -> list[str]:
    return [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-loglevel", "warning", *arguments]


@pytest.fixture
def publish(edge, clip):
    """Push the clip as fast as it plays; ``query`` is the URL's."""
    running = []

    def start(query=GOOD, *arguments, port=None):
        url = f"srt://127.0.0.1:{port or edge.srt_port}?{query}"
        argv = ffmpeg("-re", *arguments, "-i", str(clip), "-c", "copy", "-f", "mpegts", url)
        running.append(subprocess.Popen(argv, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def heard(desk) -> tuple[bytes, bool]:
    *chunks, is_clean = desk.rest()
    return b"".join(chunk.content for chunk in chunks), is_clean


def printed(process) -> str:
    words = process.communicate(timeout=PATIENCE)[1]
    assert 0 != process.returncode, words
    return words


def is_whole(received: bytes, clip) -> bool:
    """Whether these are the clip's packets from the first on. libsrt drops what it has not sent when it is closed."""
    content = clip.read_bytes()
    return content.startswith(received) and len(content) - len(received) < 60_000


def test_what_ffmpeg_sends_arrives_whole_and_the_goodbye_is_clean(door, publish, network, clip):
    way = network()
    process = publish(port=way.port)

    received, is_clean = heard(door.desks.get(timeout=PATIENCE))

    assert (0, "") == (process.wait(PATIENCE), process.stderr.read())
    assert way.carried == received
    assert is_whole(received, clip)
    assert {0x47} == set(received[::188])
    assert is_clean
    assert door.problems.empty()


@pytest.mark.parametrize("disorder", [0.0, 0.03])
def test_three_percent_of_losses_are_recovered(door, publish, network, disorder):
    """In both directions; with a latency that leaves time for a packet to be lost more than once.

    What comes late besides, or twice, changes nothing.
    """
    way = network(loss=0.03, disorder=disorder)
    publish(f"latency=6000000&{GOOD}", "-stream_loop", "-1", port=way.port)  # who ends sends nothing again
    received = door.desks.get(timeout=PATIENCE).first(ENOUGH)

    assert way.lost > 15
    assert (way.disordered > 15) == bool(disorder)
    assert way.carried.startswith(received)
    assert door.problems.empty()


@pytest.mark.parametrize(
    "stream_id",
    ["%23!%3A%3Ar%3Dlive%2Fkey%2Cm%3Dpublish", "#!::m=publish,r=live/key", "push:key:record", "live/key", "key"],
)
def test_a_stream_id_may_be_written_in_many_ways(door, publish, stream_id):
    publish(f"streamid={stream_id}")

    assert "key" == door.knocks.get(timeout=PATIENCE).name
    assert door.desks.get(timeout=PATIENCE).next()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("streamid=#!::r=live/nobody,m=publish", "ERROR:PREDEFINED:401"),
        ("streamid=#!::r=live/key,m=request", "ERROR:PREDEFINED:405"),
        ("latency=120000", "ERROR:PREDEFINED:400"),
        (f"passphrase={WORDS}&{GOOD}", "ERROR:UNSECURE"),
    ],
)
def test_a_refused_ffmpeg_ends_with_the_reason(publish, query, reason):
    assert reason in printed(publish(query))


def test_a_second_publisher_is_a_conflict(door, publish, monkeypatch):
    publish(GOOD, "-stream_loop", "-1")
    first = door.desks.get(timeout=PATIENCE)
    first.next()
    monkeypatch.setattr(door, "receive", lambda *_: Refused(Reason.KEY_IN_USE, "stream key is already in use"))

    assert "ERROR:PREDEFINED:409" in printed(publish())
    assert first.next()


@pytest.mark.parametrize("length", [16, 24, 32])
def test_a_passphrase_opens_what_ffmpeg_encrypts(door, open_edge, publish, clip, length):
    """Its keys change on the way."""
    edge = open_edge(srt_port=0, srt_passphrase=WORDS)
    renewal = "kmrefreshrate=200&kmpreannounce=50"
    publish(f"passphrase={WORDS}&pbkeylen={length}&{renewal}&{GOOD}", port=edge.srt_port)

    received, is_clean = heard(door.desks.get(timeout=PATIENCE))

    assert is_whole(received, clip)
    assert is_clean


@pytest.mark.parametrize(("query", "reason"), [(f"passphrase=another one&{GOOD}", "BADSECRET"), (GOOD, "UNSECURE")])
def test_who_has_another_passphrase_or_none_is_turned_away(open_edge, publish, query, reason):
    edge = open_edge(srt_port=0, srt_passphrase=WORDS)

    assert f"ERROR:{reason}" in printed(publish(query, port=edge.srt_port))


def test_a_killed_ffmpeg_said_no_goodbye(door, publish, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.srt.session.IDLE", 1.0)
    process = publish()
    desk = door.desks.get(timeout=PATIENCE)
    desk.next()
    process.kill()

    assert desk.rest()[-1] is False
    assert "no packets" in door.problems.get(timeout=PATIENCE)[1]


def test_a_revoked_ffmpeg_ends(door, publish):
    process = publish(GOOD, "-stream_loop", "-1")
    desk = door.desks.get(timeout=PATIENCE)
    desk.next()
    desk.connection.close("the stream key was reset")

    assert printed(process)
    assert desk.rest()[-1] is False
