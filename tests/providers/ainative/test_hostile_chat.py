"""Peers of a chat that mean no good: each is sent away or ignored, and nobody else notices."""

import os
import socket
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from talk import Talk

from offair.emulator.core.clock import Deadline
from offair.emulator.providers.ainative.nouns.talk import WATCHES

PATIENCE = 60.0
CROWD = 40
LINE = "\N{GRINNING FACE}" * 500  # as long as a message may be
GIFT = CROWD << 21  # bytes for all of the crowd: half of it may wait for their peers


@pytest.fixture(name="room")
def _room(emulator, tenant, live):
    """Where the chat beside a live stream is."""
    root = f"ws{emulator.http_url.removeprefix('http')}/ainative/api/v1"
    return f"{root}/streams/{live['id']}/chat/ws?token={tenant.credentials['token']}"


@pytest.fixture(name="hears")
def _hears(room):
    """Let two neighbours talk: what the one says the other hears."""
    with Talk(room) as speaker, Talk(room) as listener:
        while listener.hear()["type"] != "history":  # what is said before it came stands in it, and is not said again
            pass

        def hears(text):
            speaker.say(type="message", content=text)
            while (frame := listener.hear())["type"] != "message" or frame["data"]["content"] != text:
                pass
            return frame["data"]["content"] == text

        assert hears("before")
        yield hears
        assert hears("after")


@contextmanager
def _silent(room, *, whole=True):
    """Open a chat, and never read."""
    parts = urlsplit(room)
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(PATIENCE)
        one.connect((parts.hostname, parts.port))
        lines = (
            f"GET {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "",
        )  # fmt: skip
        content = "\r\n".join(lines).encode()
        one.sendall(content if whole else content[:-2])
        yield one


def _memory():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x81\x05hello",  # not masked (RFC 6455, 5.1)
        b"\xff" * 200,
        b"\x81\x85" + bytes(4) + b"\xff\xfe\xfd\xfc\xfb",  # no UTF-8
        b"\x89\xfe\x01\x00" + bytes(4) + b"p" * 256,  # a ping of more than 125 bytes
    ],
    ids=["unmasked", "no frame", "no text", "huge ping"],
)
def test_garbage_ends_its_own_conversation(room, hears, garbage):
    with Talk(room) as rude:
        rude._socket.sendall(garbage)

        assert rude.ended() in {1002, 1007, 1006}


def test_a_huge_message_is_too_big(room, hears):
    with Talk(room) as rude:
        try:
            rude._socket.sendall(b"\x81\xff" + (64 << 20).to_bytes(8) + bytes(4))
            for _ in range(64):
                rude._socket.sendall(b" " * (1 << 20))
        except OSError:
            pass

        assert rude.ended() in {1009, 1006}


def test_a_flood_of_nonsense_is_answered_and_holds_up_nobody(room, hears):
    with Talk(room) as rude:
        for _ in range(500):
            rude.send("{")
        heard = [rude.hear()["type"] for _ in range(502)]

    assert 500 == heard.count("error")


def test_what_is_never_finished_costs_nothing(room, hears):
    with ExitStack() as opened:
        for _ in range(200):
            opened.enter_context(_silent(room, whole=False))

        assert hears("meanwhile")


def test_who_takes_nothing_is_cut_off_while_who_listens_hears_all(emulator, live, room):
    def there():
        return sum(watch.left_at is None for watch in emulator.world.find(WATCHES, stream=live["id"]))

    before, heard, said, deadline = _memory(), 0, 0, Deadline(PATIENCE)
    highest = before
    with ExitStack() as opened, Talk(room) as speaker:
        for _ in range(CROWD):
            opened.enter_context(_silent(room))
        while there() != CROWD + 1:
            assert not deadline.is_over, f"{there()} of {CROWD + 1} are in the room"
        while there() != 1 and not deadline.is_over:
            for _ in range(100):
                speaker.say(type="message", content=LINE)
            said, heard = said + 100, heard + _hear(speaker, 100)
            highest = max(highest, _memory())
        left = there()

    assert (1, said) == (left, heard)
    assert highest - before < GIFT


def _hear(talk, count):
    heard = 0
    while heard < count:
        frame = talk.hear()
        heard += frame["type"] == "message" and frame["data"]["content"] == LINE
    return heard
