"""A way from a caller to a UDP port that loses some of what it carries, brings some late, and some twice."""

import random
import select
import socket
import threading

from offair.emulator.media.ingest.srt.packets import is_control

LOSSY = 600  # packets, which are some three quarters of a megabyte
ENOUGH = 1_000_000  # bytes of a caller that goes on, among which all of these are
LATER = 4  # packets that overtake a late one


class Network(threading.Thread):
    """A way to the edge that writes down the payloads, and loses a share of everything until so many were sent.

    Of what the caller sends until then it brings a share late, and as much twice. ``seed`` chooses.
    """

    def __init__(
        self, port: int, *, loss: float = 0.0, disorder: float = 0.0, lossy: int = LOSSY, seed: int = 1
    ) -> None:
        super().__init__(daemon=True)
        self.front, self.back, self.wake = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3))
        for one in (self.front, self.wake):
            one.bind(("127.0.0.1", 0))
        self.back.connect(("127.0.0.1", port))
        self.chance, self.loss, self.disorder, self.lossy = random.Random(seed), loss, disorder, lossy
        self.sent: dict[int, bytes] = {}
        self.late: list[tuple[int, bytes]] = []  # and how many packets are still to overtake it
        self.lost = self.disordered = 0

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
                for one in self.disturb(datagram) if self.passes() else ():
                    self.back.send(one)
            if self.back in ready:
                datagram = self.back.recv(2048)
                if self.passes():
                    self.front.sendto(datagram, caller)
            if self.wake in ready:
                return

    def disturb(self, datagram: bytes) -> list[bytes]:
        self.late = [(left - 1, one) for left, one in self.late]
        due = [one for left, one in self.late if not left]
        self.late = [(left, one) for left, one in self.late if left]
        luck = self.chance.random() if self.is_rough else 1.0
        self.disordered += luck < 2 * self.disorder
        if luck < self.disorder:
            self.late.append((LATER, datagram))
            return due
        return [*due, *[datagram] * (2 if luck < 2 * self.disorder else 1)]

    @property
    def is_rough(self) -> bool:
        return len(self.sent) < self.lossy

    def passes(self) -> bool:
        is_lost = self.is_rough and self.chance.random() < self.loss
        self.lost += is_lost
        return not is_lost

    def close(self) -> None:
        self.wake.sendto(b"", self.wake.getsockname())
        self.join()
        for one in (self.front, self.back, self.wake):
            one.close()
