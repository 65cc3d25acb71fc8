"""Many sockets of one room in a process of their own, some of which talk: ``crowd.py URL COUNT SPEAKERS RATE SECONDS``.

Prints a line when all are in, and at its end what came of it as JSON. A rate of 0 is as fast as it goes, and then the
last word is how many messages; with no speakers everybody is silent for so many seconds.
"""

import json
import re
import selectors
import socket
import statistics
import sys
import time
from urllib.parse import urlsplit

READ = 1 << 16
PATIENCE = 30.0  # seconds in which everybody must come in, and hear the last word
QUIET = 1.0  # seconds without a frame after which everybody has heard who came
MASK = b"\x81"
UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
SAID = re.compile(rb"said (\d+) at (\d+)\.")
END_OF_HEAD = b"\r\n\r\n"
TAIL = 64  # bytes that the end of a message may have in the next read


class Ear:
    """A socket in the room: what it has heard, in order, and how long each took to come."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        target = f"{parts.path}?{parts.query}"
        self.socket.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n".encode())
        self.heard: list[int] = []
        self.took: list[int] = []
        self.is_in = False
        self._rest = b""

    def read(self) -> None:
        """Take what has come."""
        data = self.socket.recv(READ)
        now = time.perf_counter_ns()
        if not data:
            raise SystemExit("somebody was sent away")
        if not self.is_in:
            self._rest += data
            self.is_in = b'"history"' in self._rest
            self._rest = b"" if self.is_in else self._rest
            return
        text, end = self._rest + data, 0
        for said in SAID.finditer(text):
            self.heard.append(int(said[1]))
            self.took.append(now - int(said[2]))
            end = said.end()
        self._rest = text[max(end, len(text) - TAIL) :]

    def say(self, number: int) -> None:
        """Say what tells when it was said; the mask is all zeros, as RFC 6455 lets a client choose it."""
        words = f"said {number} at {time.perf_counter_ns()}."
        frame = json.dumps({"type": "message", "content": words}).encode()
        self.socket.sendall(MASK + bytes((0x80 | len(frame), 0, 0, 0, 0)) + frame)


class Crowd:
    """All of them, in one loop."""

    def __init__(self, url: str, count: int) -> None:
        self._selector = selectors.DefaultSelector()
        self.ears = []
        for _ in range(count):
            self.ears.append(ear := Ear(url))
            self._selector.register(ear.socket, selectors.EVENT_READ, ear)
            self.listen(0.0)
        end = time.monotonic() + PATIENCE
        while not all(ear.is_in for ear in self.ears):
            if time.monotonic() > end:
                raise SystemExit(f"{sum(ear.is_in for ear in self.ears)} of {count} came in within {PATIENCE:g} s")
            self.listen(0.1)
        while self.listen(QUIET):
            pass

    def listen(self, seconds: float) -> bool:
        """Wait for so long at most, and take what has come; tells whether anything has."""
        ready = self._selector.select(seconds)
        for key, _ in ready:
            key.data.read()
        return bool(ready)

    def be_silent(self, seconds: float) -> None:
        """Listen for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.listen(left)

    def talk(self, speakers: int, rate: float, seconds: float) -> int:
        """Say so many a second, the speakers in turn; gives how many were said."""
        began, number = time.monotonic(), 0
        while (now := time.monotonic() - began) < seconds:
            if now >= number / rate:
                self.ears[number % speakers].say(number)
                number += 1
            self.listen(max(0.0, number / rate - (time.monotonic() - began)))
        return number

    def flood(self, speakers: int, messages: int) -> float:
        """Say so many as fast as they go; gives the seconds until everybody has heard the last."""
        began = time.monotonic()
        for number in range(messages):
            self.ears[number % speakers].say(number)
            self.listen(0.0)
        self.hear_out(messages)
        return time.monotonic() - began

    def hear_out(self, messages: int) -> None:
        """Listen until everybody has heard them all."""
        end = time.monotonic() + PATIENCE
        while any(len(ear.heard) < messages for ear in self.ears):
            if time.monotonic() > end:
                least = min(len(ear.heard) for ear in self.ears)
                raise SystemExit(f"somebody heard {least} of {messages} messages after {PATIENCE:g} s")
            self.listen(0.1)


def main() -> None:
    """Come in, talk, and say what came of it."""
    url, count, speakers, rate, last = sys.argv[1], *map(int, sys.argv[2:4]), *map(float, sys.argv[4:])
    crowd = Crowd(url, count)
    print("all", flush=True)
    result = {}
    if not speakers:
        crowd.be_silent(last)
    elif not rate:
        result["seconds"] = crowd.flood(speakers, int(last))
    else:
        said = crowd.talk(speakers, rate, last)
        crowd.hear_out(said)
        took = [one / 1e9 for ear in crowd.ears for one in ear.took]
        until_all = [max(ear.took[number] for ear in crowd.ears) / 1e9 for number in range(said)]
        result = {"one": statistics.median(took), "all": statistics.median(until_all), "worst": max(until_all)}
    orders = {tuple(ear.heard) for ear in crowd.ears}
    print(json.dumps({**result, "orders": len(orders)}), flush=True)


if __name__ == "__main__":
    main()
