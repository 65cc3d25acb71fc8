"""However the stand-in ends, nothing of it goes on; and what it keeps in a folder is there at the next start."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from free_ports import free_port

from offair.emulator.core.clock import Clock

pytestmark = [
    pytest.mark.media,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked at in /proc"),
]
PATIENCE = 30.0
FRAGMENT = 0.5  # seconds of pictures that a transcoder hands over at once
LIBRARY = {"enabled": True, "target": "library", "library_id": "lib_1"}
SERVE = "from offair.emulator.cli import main; main()"


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that is dead and unburied does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False


def children(pid: int) -> set[int]:
    """The processes that a process started, and that run."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(entry.read_text().rpartition(")")[2].split()[1]) == pid and is_alive(int(entry.parent.name)):
                found.add(int(entry.parent.name))
    return found


@dataclass(frozen=True)
class Served:
    """A stand-in in a process of its own, and the calls that a script makes."""

    process: subprocess.Popen
    ready: dict
    temporary: Path

    @property
    def cloud(self) -> dict:
        return self.ready["clouds"]["tenbyte"]

    def call(self, method: str, path: str, **options) -> dict:
        answer = httpx.request(
            method, self.cloud["base_url"] + path, headers=self.cloud["headers"], timeout=PATIENCE, **options
        )
        assert answer.is_success, answer.text
        return answer.json()["data"]

    def recordings(self, state: str) -> list[dict]:
        answer = httpx.get(f"{self.ready['control_url']}/recordings", params={"state": state}, timeout=PATIENCE)
        return answer.json()["recordings"]

    def transcoders(self) -> list[int]:
        state = httpx.get(f"{self.ready['control_url']}/state", timeout=PATIENCE).json()
        return [row["pid"] for row in state["transcoders"] if row["pid"]]


@pytest.fixture(name="serve")
def _serve(tmp_path) -> Iterator:
    """Run ``offair serve`` on free ports, with a temporary folder of its own."""
    running = []
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def serve(*options: str) -> Served:
        argv = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--rtmp-port", "0", "--media-profile", "light"]
        environment = {**os.environ, "TMPDIR": str(temporary)}
        process = subprocess.Popen(
            [*argv, "--json", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, text=True
        )
        running.append(process)
        line = process.stdout.readline()
        assert line.startswith("{"), line + process.stdout.read()
        return Served(process, json.loads(line), temporary)

    yield serve
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture(name="on_air")
def _on_air(body, encode, eventually):
    """Bring a stream of a served stand-in live."""

    def on_air(served: Served, **members) -> dict:
        stream = served.call("POST", "/streams", json=body(**members))
        encode(f"{stream['ingest']['rtmp']}/{stream['stream_key']}")
        eventually(lambda: served.call("GET", f"/streams/{stream['id']}")["status"] == "live")
        return stream

    return on_air


def test_after_a_kill_no_ffmpeg_is_left(serve, on_air, eventually):
    served = serve()
    on_air(served)
    (transcoder,) = served.transcoders()
    served.process.kill()

    eventually(lambda: not is_alive(transcoder))


def test_after_a_kill_no_ffmpeg_waits_for_a_silent_source(serve, body, eventually):
    """It reads no input of ours and writes nothing, so that no pipe would ever tell it."""
    served = serve()
    primary = {"protocol": "udp", "url": f"udp://127.0.0.1:{free_port(socket.SOCK_DGRAM)}"}
    served.call("POST", "/streams", json=body(ingest={"kind": "pull", "primary": primary}))
    pulling = eventually(lambda: children(served.process.pid))  # and maybe one that asks ffmpeg what it can
    served.process.kill()

    eventually(lambda: not any(map(is_alive, pulling)))


def test_after_a_kill_no_ffmpeg_relays_to_a_stalled_target(serve, body, encode, eventually):
    served = serve("--media-profile", "passthrough")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        backup = {"protocol": "rtmp", "url": f"rtmp://127.0.0.1:{listener.getsockname()[1]}/live/a-key"}
        ingest = {"kind": "push", "protocols": ["rtmp"], "backup": backup}
        stream = served.call("POST", "/streams", json=body(ingest=ingest))
        encode(f"{stream['ingest']['rtmp']}/{stream['stream_key']}")
        connection, _ = listener.accept()  # and never read
        started = children(served.process.pid)
        served.process.kill()

        assert started
        eventually(lambda: not any(map(is_alive, started)))
        connection.close()


def test_after_a_kill_what_was_pulled_is_pulled_again(serve, body, tmp_path, eventually):
    served = serve("--state", str(tmp_path / "state"))
    primary = {"protocol": "rtmp", "url": "rtmp://127.0.0.1:1/live/nobody"}
    stream = served.call("POST", "/streams", json=body(ingest={"kind": "pull", "primary": primary}))
    eventually(lambda: served.call("GET", f"/streams/{stream['id']}")["status"] == "starting")
    served.process.kill()
    served.process.wait(PATIENCE)
    again = serve("--state", str(tmp_path / "state"))

    assert "starting" == again.call("GET", f"/streams/{stream['id']}")["status"]


def test_after_a_kill_the_stream_is_there_and_idle(serve, on_air, tmp_path):
    served = serve("--state", str(tmp_path / "state"))
    stream = on_air(served)
    served.process.kill()
    served.process.wait(PATIENCE)

    assert "idle" == serve("--state", str(tmp_path / "state")).call("GET", f"/streams/{stream['id']}")["status"]


def test_after_a_kill_the_credentials_are_still_good(serve, tmp_path):
    before = serve("--state", str(tmp_path / "state"))
    before.process.kill()
    before.process.wait(PATIENCE)
    after = serve("--state", str(tmp_path / "state"))

    assert before.cloud["headers"] == after.cloud["headers"]


def test_after_a_kill_the_key_is_still_good(serve, on_air, tmp_path, encode, eventually):
    served = serve("--state", str(tmp_path / "state"))
    stream = on_air(served)
    served.process.kill()
    served.process.wait(PATIENCE)
    again = serve("--state", str(tmp_path / "state"))
    encode(f"{again.ready['rtmp_url']}/live/{stream['stream_key']}")

    eventually(lambda: again.call("GET", f"/streams/{stream['id']}")["status"] == "live")


def test_after_a_kill_a_recording_is_finished_up_to_its_last_fragment(serve, on_air, tmp_path, eventually, player):
    """The library's own index says how much there was; a second of it may have been in somebody's hands.

    Its length is the sound's, which comes in small fragments: a longer one of pictures is whole, or is not there.
    """
    served = serve("--state", str(tmp_path / "state"))
    stream = on_air(served, recording=LIBRARY)
    replay = stream["playback"]["hls"].replace("master.m3u8", "replay.m3u8")
    clock = Clock()
    looked, before = eventually(
        lambda: (seen := (clock.monotonic(), player.seconds(replay)))[1] >= 2 and seen,
    )
    served.process.kill()
    served.process.wait(PATIENCE)
    meanwhile = clock.monotonic() - looked
    again = serve("--state", str(tmp_path / "state"))
    (recording,) = eventually(lambda: again.recordings("ready"))
    frames = player.frames(recording["files"]["recording.mp4"], "video", most=10_000)

    assert before <= recording["seconds"] <= before + meanwhile + 2
    assert pytest.approx(recording["seconds"], abs=FRAGMENT + 0.2) == frames[-1].time


def test_a_signal_leaves_recordings_finished_where_the_user_said(serve, on_air, tmp_path, player):
    served = serve("--recordings", str(tmp_path / "kept"))
    on_air(served, recording=LIBRARY)
    served.process.terminate()
    served.process.wait(PATIENCE)
    (made,) = (tmp_path / "kept").glob("*/recording.mp4")

    assert player.frames(str(made), "video")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_stand_in_on_air_in_order(serve, on_air, sign):
    served = serve()
    on_air(served)
    served.process.send_signal(sign)

    assert (0, "") == (served.process.wait(PATIENCE), served.process.stdout.read())


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_no_process_and_no_file(serve, on_air, sign):
    served = serve()
    on_air(served)
    started = children(served.process.pid)
    served.process.send_signal(sign)
    served.process.wait(PATIENCE)

    assert started
    assert (set(), []) == ({pid for pid in started if is_alive(pid)}, list(served.temporary.iterdir()))


def test_a_signal_sends_the_encoders_away_with_a_word(serve, body, encode, eventually):
    served = serve()
    stream = served.call("POST", "/streams", json=body())
    encoder = encode(f"{stream['ingest']['rtmp']}/{stream['stream_key']}")
    eventually(lambda: served.call("GET", f"/streams/{stream['id']}")["status"] == "live")
    served.process.terminate()

    assert 0 != encoder.wait()
    assert "the emulator is closing" in encoder.words


def test_the_next_start_sweeps_what_a_killed_one_left(serve, on_air):
    served = serve()
    on_air(served)
    served.process.kill()
    served.process.wait(PATIENCE)
    (left,) = served.temporary.iterdir()
    os.utime(left, (0, 0))  # a folder that is young may belong to a start that is under way
    serve()

    assert not left.exists()


@contextmanager
def _broadcast(customer, stream, encode):
    encoder = encode(customer.url(stream))
    times = 1 + [state for state, _ in customer.moves(stream)].count("live")
    customer.until(stream, "live", times=times)
    yield encoder
    customer.until(stream, "idle", times=times)


def _ours() -> dict[str, int]:
    threads = [t for t in threading.enumerate() if t.name.startswith(("offair-engine", "offair-carry",
                                                                      "offair-watch"))]  # fmt: skip
    pipes = [entry for entry in Path("/proc/self/fd").iterdir() if _target(entry).startswith("pipe:")]
    return {"threads": len(threads), "processes": len(children(os.getpid())), "pipes": len(pipes)}


def _target(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:  # it was closed meanwhile
        return ""


def _sockets() -> int:
    return sum(_target(entry).startswith("socket:") for entry in Path("/proc/self/fd").iterdir())


def test_ten_broadcasts_leave_no_process_no_thread_and_no_descriptor(customer, body, encode, eventually):
    """The first makes threads and connections that stay; the ten after it add nothing to them."""
    stream = customer.create(body())
    with _broadcast(customer, stream, encode) as encoder:
        encoder.end()
    eventually(lambda: _ours()["threads"] == 0)  # what ends, has ended
    before, sockets = _ours(), _sockets()
    for _ in range(5):
        with _broadcast(customer, stream, encode) as encoder:
            encoder.kill()
            customer.order("stop", stream)
        with _broadcast(customer, stream, encode) as encoder:
            encoder.end()

    eventually(lambda: _ours() == before)
    eventually(lambda: _sockets() <= sockets)
