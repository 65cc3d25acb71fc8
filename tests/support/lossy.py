"""A way from a caller to a UDP port that loses some of what it carries."""

import random
import select
import socket
import threading

from offair.emulator.media.ingest.srt.packets import is_control

LOSSY = 600  # packets, of some 900; later losses might not be repaired before the caller leaves


class Network(threading.Thread):
    """A way to the edge that writes down the payloads, and loses a share of everything until ``LOSSY`` were sent."""

    def __init__(self, port: int, *, loss: float = 0.0) -> None:
        super().__init__(daemon=True)
        self.front, self.back, self.wake = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3))
        for one in (self.front, self.wake):
            one.bind(("127.0.0.1", 0))
        self.back.connect(("127.0.0.1", port))
        self.chance, self.loss = random.Random(1), loss
        self.sent: dict[int, bytes] = {}
        self.lost = 0

    @property
    def port(self) -> int:
        return self.front.getsockname()[1]

    @property
    def carried(self) -> bytes:
        return b"".join(self.sent[number] for number in sorted(self.sent))  # they do not wrap around in three seconds

    def run(self) -> None:
        caller = None
        while True:
            ready = select.select([self.front, self.back, self.wake], [], [])[0]
            if self.front in ready:
                datagram, caller = self.front.recvfrom(2048)
                if not is_control(datagram):
                    self.sent.setdefault(int.from_bytes(datagram[:4]), datagram[16:])
                if self.passes():
                    self.back.send(datagram)
            if self.back in ready:
                datagram = self.back.recv(2048)
                if self.passes():
                    self.front.sendto(datagram, caller)
            if self.wake in ready:
                return

    def passes(self) -> bool:
        is_lost = len(self.sent) < LOSSY and self.chance.random() < self.loss
        self.lost += is_lost
        return not is_lost

    def close(self) -> None:
        self.wake.sendto(b"", self.wake.getsockname())
        self.join()
        for one in (self.front, self.back, self.wake):
            one.close()
