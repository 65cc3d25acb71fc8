"""Peers that mean no good: they cost bounded memory, are sent away, and nobody else notices them."""

import json
import os
import socket
import threading
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest
from playhouse import make_stream

from offair.emulator.core.clock import Deadline

pytestmark = pytest.mark.media
PATIENCE = 30.0
CROWDED = 120.0  # seconds until a busy machine has shown them all the door
MANY = 300  # who must not cost the neighbour, in the same process, its seat
LATE = 5.0  # seconds: as late as the fan-out lets anybody be before it lets them go
GIFT = 84 << 20  # bytes for all of them, of which half would be too much for one each that is held back


@pytest.fixture(scope="module", name="live")
def _live(emulator, publish_for_all):
    stream = make_stream(emulator, "Attacked-one")
    publish_for_all(stream, "-b:v", "3000k", "-minrate", "3000k", "-maxrate", "3000k", "-bufsize", "3000k")
    return stream


class Neighbour:
    """Somebody who watches all the while, in a thread, and notes when each picture came."""

    def __init__(self, viewer):
        self._viewer, self._is_leaving = viewer, threading.Event()
        self.came, self.lost = [], []
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._is_leaving.set()
        self._thread.join()

    def until(self, condition, patience=PATIENCE):
        """Wait while pictures come; False when it takes too long."""
        deadline = Deadline(patience)
        while not condition() and not deadline.is_over and not self.lost:
            self._is_leaving.wait(0.02)
        return condition()

    def _watch(self):
        try:
            while not self._is_leaving.is_set():
                self._viewer.pictures(1)
                self.came.append(monotonic())
        except ConnectionError as error:
            self.lost.append(error)


@pytest.fixture(name="neighbour")
def _neighbour(live, watch):
    """One whose pictures come in time: none is missing, and none is late by as much as costs a seat."""
    viewer = watch(f"stream={live.key}")
    viewer.pictures(30)
    with Neighbour(viewer) as neighbour:
        neighbour.until(lambda: neighbour.came)
        yield neighbour
        seen = len(neighbour.came)
        assert neighbour.until(lambda: len(neighbour.came) > seen + 25)
    assert [] == neighbour.lost
    assert max(after - before for before, after in pairwise(viewer.judge.times())) < 0.06
    assert max(after - before for before, after in pairwise(neighbour.came)) < LATE


def memory():
    """What this process holds, the emulator with it, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    ("garbage", "code"),
    [
        (b"\xff" * 200, 1002),  # no frame at all
        (b"\x01\x80aaaa\x01\x80bbbb", 1002),  # a message within a message
        (b"\x81\x85" + bytes(4) + b"\xff\xfe\xfd\xfc\xfb", 1007),  # no UTF-8
        (b"\x82\xff" + (1 << 40).to_bytes(8) + bytes(4) + b"x" * 1000, None),  # a message of a terabyte
    ],
)
def test_garbage_ends_its_own_conversation(live, watch, neighbour, garbage, code):
    viewer = watch(f"stream={live.key}")
    viewer.pictures(1)
    viewer._socket.sendall(garbage)
    if code is None:
        viewer._socket.shutdown(socket.SHUT_WR)

    assert viewer.ended() in {code, 1009, 1006}


@pytest.mark.parametrize(
    "message",
    ["", "nonsense", "[]", '{"eventType": 7}', '{"eventType": "onFly"}', '{"eventType":"onUpdateSource"}',
     '{"eventType":"onUpdateSource","onUpdateSource":[]}', "9" * 5000, "[" * 20_000, b"\x00\x01binary"],
)  # fmt: skip
def test_nonsense_is_let_pass_a_few_times_and_then_no_more(live, watch, neighbour, message):
    viewer = watch(f"stream={live.key}")
    viewer.pictures(1)
    super(type(viewer), viewer).send(message)
    viewer.pictures(5)
    with suppress(OSError):  # it is cut off before we are done
        for _ in range(20):
            super(type(viewer), viewer).send(message)

    assert 4400 == viewer.ended()


def test_a_huge_message_is_too_big(live, watch, neighbour):
    viewer = watch(f"stream={live.key}")
    head = b"\x81\xff" + (64 << 20).to_bytes(8) + bytes(4)
    viewer._socket.sendall(head)
    try:
        for _ in range(64):
            viewer._socket.sendall(b" " * (1 << 20))
    except OSError:
        pass

    assert viewer.ended() in {1009, 1006}


def test_a_flood_of_wishes_ends(live, watch, neighbour):
    viewer = watch(f"stream={live.key}")
    wish = json.dumps({"eventType": "onUpdateSource", "onUpdateSource": {"rtmp": {"stream": live.key}}})
    with suppress(OSError):  # it is cut off before we are done
        for _ in range(200):
            super(type(viewer), viewer).send(wish)

    assert viewer.ended() in {4400, 1006}


def test_who_takes_nothing_is_cut_off_while_its_neighbour_goes_on(emulator, live, root, watch, neighbour):
    with socket.create_connection(address(root)) as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        silent.sendall(handshake(live.key))
        found = emulator.journal.wait_for(
            {"kind": "publication", "text": "took too little", "stream": live.id}, emulator.clock.deadline(PATIENCE)
        )

        assert found is not None


def test_a_crowd_that_takes_nothing_costs_bounded_memory(emulator, live, root, neighbour):
    before, least = memory(), threading.active_count()
    dropped = emulator.media.monitor.numbers(live.id).readers_dropped
    crowd = []
    try:
        for _ in range(MANY):
            one = socket.create_connection(address(root))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.sendall(handshake(live.key))
            crowd.append(one)
        numbers, highest = emulator.media.monitor.numbers, [0]

        def are_gone():
            highest.append(memory())
            return numbers(live.id).readers_dropped >= dropped + MANY

        assert neighbour.until(are_gone, CROWDED), (neighbour.lost, numbers(live.id).readers_dropped - dropped)
    finally:
        for one in crowd:
            one.close()

    assert max(highest) - before < GIFT
    assert threading.active_count() <= least + 4


def test_a_crowd_that_says_nothing_more_leaves_nothing_behind(emulator, live, root, neighbour):
    for _ in range(100):
        with socket.create_connection(address(root)) as one:
            one.sendall(handshake(live.key)[:-2])
        with socket.create_connection(address(root)) as one:
            one.sendall(handshake("nobody"))

    assert neighbour.until(lambda: emulator.media.monitor.numbers(live.id).readers == 1)


def address(root):
    host, _, port = root.partition("//")[2].partition("/")[0].partition(":")
    return host, int(port)


def handshake(name):
    lines = (
        f"GET /playhouse-h5live/h5live/stream.mp4?stream={name} HTTP/1.1", "Host: localhost", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()
