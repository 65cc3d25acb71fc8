"""Many encoders that come and are killed leave nothing behind: no process, thread, socket or file."""

import os
import socket
import struct
import tempfile
import threading
from pathlib import Path

import httpx
import pytest

from offair.emulator.core.publication import PUBLICATIONS
from offair.emulator.emulator import Emulator
from offair.emulator.media.ingest.rtmp.client import Accepted, Client
from offair.emulator.media.testcard.clip import load_clip
from offair.emulator.settings import Settings

CYCLES = 200
TAGS = 200  # some two seconds of the clip, sent at once
RESET = struct.pack("ii", 1, 0)  # linger for no time: the connection ends with a reset, as a killed encoder's may


def publish_and_die(emulator, key, *, is_reset):
    """Publish two seconds of media as fast as it goes, and vanish without a goodbye."""
    client = Client("live", key, random_bytes=os.urandom)
    port = int(emulator.rtmp_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        verdicts = []
        while not verdicts:
            connection.sendall(client.outgoing())
            verdicts = client.receive(connection.recv(1 << 16))
        for tag in load_clip()[:TAGS]:
            client.send(tag)
        connection.sendall(client.outgoing())
        if is_reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    return verdicts[0]


def held():
    """What this process holds: threads of ours, children, sockets and pipes, and folders of ours in the temp folder."""
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("offair-")]
    targets = [str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    folders = list(Path(tempfile.gettempdir()).glob("offair-*"))
    kinds = ("socket:", "pipe:", "anon_inode:")
    return len(names), len(children), sum(target.startswith(kinds) for target in targets), len(folders)


def is_gone(emulator, stream):
    """The encoder's end has been noticed: somebody else may have its place."""
    return not any(row.is_connected for row in emulator.world.find(PUBLICATIONS, stream=stream["id"]))


@pytest.mark.media
@pytest.mark.parametrize(("profile", "cycles"), [("passthrough", CYCLES), ("light", CYCLES // 10)])
def test_cycles_of_publish_and_kill_leave_nothing(body, eventually, profile, cycles, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before, verdicts = held(), []
    with Emulator(Settings(port=0, rtmp_port=0, media_profile=profile)) as emulator:
        tenant = emulator.tenancy.invite("tenbyte")
        with httpx.Client(base_url=emulator.addresses("tenbyte").api, headers=dict(tenant.headers)) as api:
            streams = [api.post("/streams", json=body()).json()["data"] for _ in range(5)]
            for cycle in range(cycles):
                stream = streams[cycle % len(streams)]
                where = f"/streams/{stream['id']}"
                eventually(lambda where=where: api.get(where).json()["data"]["status"] != "stopping")
                verdicts.append(publish_and_die(emulator, stream["stream_key"], is_reset=bool(cycle % 2)))
                eventually(lambda stream=stream: is_gone(emulator, stream))
                if cycle % 7 == 0:
                    api.post(f"{where}/stop")

    assert {Accepted()} == set(verdicts)
    eventually(lambda: held() == before)
