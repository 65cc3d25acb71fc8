"""A broadcast that is sent on: to another stand-in, where it plays, and to targets that do it no harm."""

import socket
import threading
from collections.abc import Iterator

import pytest

from offair.emulator.core.streams import STREAMS, Endpoint
from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise
REFUSING = Endpoint(protocol="rtmp", url="rtmp://127.0.0.1:1/live/a-secret-key")
MISSING = Endpoint(protocol="rtmp", url="rtmp://nowhere.invalid/live/a-secret-key")
UNSPOKEN = Endpoint(protocol="rtsp", url="rtsp://127.0.0.1:1/live/a-secret-key")


@pytest.fixture(scope="module", name="emulator")
def _emulator() -> Iterator[Emulator]:
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


@pytest.fixture(scope="module", name="elsewhere")
def _elsewhere() -> Iterator[Emulator]:
    """Another stand-in, where relays lead to."""
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


@pytest.fixture(name="friend")
def _friend(customers, elsewhere):
    return customers(elsewhere)


@pytest.fixture(name="goal")
def _goal(friend, body):
    """A stream of the friend's that takes both protocols."""
    return friend.create(body(dash=False, ingest={"kind": "push", "protocols": ["rtmp", "srt"]}))


@pytest.fixture(name="stalling")
def _stalling() -> Iterator[Endpoint]:
    """A target that accepts, and never reads."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Endpoint(protocol="rtmp", url=f"rtmp://127.0.0.1:{listener.getsockname()[1]}/live/a-secret-key")


@pytest.fixture(name="air")
def _air(customer, body, encode):
    """Bring a stream live that is relayed to a URL."""

    def air(url: str | None = None) -> dict:
        backup = {"backup": {"protocol": "rtmp", "url": url}} if url else {}
        stream = customer.create(body(dash=False, ingest={"kind": "push", "protocols": ["rtmp"], **backup}))
        stream["encoder"] = encode(customer.url(stream))
        customer.until(stream, "live")
        return stream

    return air


def relays(emulator, stream) -> list[dict]:
    return next(
        (
            row["relays"]
            for row in (engine.vitals() for engine in emulator.media.studio.on_air())
            if row["stream"] == stream["id"]
        ),
        [],
    )


def relay(emulator, stream, *targets: Endpoint) -> None:
    emulator.publications.relay(emulator.world.get(STREAMS, stream["id"]), targets)


@pytest.mark.parametrize("protocol", ["rtmp", "srt"])
def test_a_broadcast_goes_live_at_its_target_and_says_goodbye(air, friend, goal, player, protocol):
    stream = air(friend.url(goal) if protocol == "rtmp" else goal["ingest"]["srt"])
    friend.until(goal, "live")
    (variant,) = player.variants(goal["playback"]["hls"])
    frames = player.frames(player.playlist(variant).segments[0].absolute_uri, "video", most=3)
    stream["encoder"].end()
    friend.until(goal, "idle")

    assert frames
    assert [("stopping", "encoder_ended"), ("idle", "stopped")] == friend.moves(goal)[-2:]


def test_a_targets_key_is_told_to_nobody(air, friend, goal, emulator, until, eventually):
    stream = air(friend.url(goal))
    entry = until("the broadcast is relayed to rtmp://", kind="publication", stream=stream["id"])
    (seen,) = eventually(lambda: relays(emulator, stream))

    assert goal["stream_key"] not in entry.summary + str(seen)
    assert ("sending", True) == (seen["state"], seen["bytes"] > 0)


def test_bad_targets_delay_nothing(air, emulator, player, stalling, eventually):
    stream = air()
    (variant,) = player.variants(stream["playback"]["hls"])

    def made() -> int:
        playlist = player.playlist(variant)
        return (playlist.media_sequence or 0) + len(playlist.segments)

    relay(emulator, stream, REFUSING, MISSING, stalling)
    first, began = made(), emulator.clock.monotonic()
    eventually(lambda: made() >= first + 6)

    assert emulator.clock.monotonic() - began < 6 * 0.5 + AT_ONCE
    eventually(lambda: ["failed", "failed"] == [row["state"] for row in relays(emulator, stream)][:2])


def test_a_target_that_is_nothing_to_send_to_is_told_in_words(air, emulator, until):
    stream = air()
    relay(emulator, stream, UNSPOKEN)
    words = until("failed: rtsp is nothing that can be sent to", kind="publication", stream=stream["id"]).summary

    assert "rtmp://, rtmps://, srt://" in words


def test_a_target_may_be_added_while_the_broadcast_runs_and_taken_away(air, friend, goal, emulator):
    stream = air()
    relay(emulator, stream, Endpoint(protocol="rtmp", url=friend.url(goal)))
    friend.until(goal, "live")
    relay(emulator, stream)
    friend.until(goal, "idle")

    assert [] == relays(emulator, stream)


def test_a_target_that_hung_up_is_called_again(air, friend, goal, emulator, eventually):
    stream = air(friend.url(goal))
    friend.until(goal, "live")
    friend.order("stop", goal)
    friend.until(goal, "live", times=2)
    eventually(lambda: relays(emulator, stream)[0]["state"] == "sending")

    assert 1 <= relays(emulator, stream)[0]["restarts"]


def test_a_relay_pauses_with_its_encoder_and_goes_on(air, customer, friend, goal, encode):
    stream = air(friend.url(goal))
    friend.until(goal, "live")
    stream["encoder"].kill()
    friend.until(goal, "idle")
    encode(customer.url(stream))
    customer.until(stream, "live", times=2)
    friend.until(goal, "live", times=2)


def test_killed_broadcasts_leave_no_relay(air, customer, emulator, stalling, eventually):
    for _ in range(5):
        stream = air()
        relay(emulator, stream, REFUSING, stalling)
        eventually(lambda stream=stream: relays(emulator, stream)[-1]["pid"])
        stream["encoder"].kill()
        customer.order("stop", stream)
        customer.until(stream, "idle")

    eventually(lambda: not [thread for thread in threading.enumerate() if "-relay-" in thread.name])
