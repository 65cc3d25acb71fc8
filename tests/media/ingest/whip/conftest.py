"""Offers as publishers write them, and a publisher that talks with a session in memory."""

from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest
import webrtc

from offair.emulator.media.ingest.whip import offer
from offair.emulator.media.ingest.whip.dtls import Identity, make_identity
from offair.emulator.media.ingest.whip.session import Session
from offair.emulator.media.ingest.whip.stun import BindingRequest, is_stun

OFFERS = Path(__file__).parent / "offers"
HERE, THERE = ("127.0.0.1", 8189), ("127.0.0.1", 40000)
STEP = 0.01  # seconds


@pytest.fixture(scope="session", name="offers")
def _offers() -> dict[str, str]:
    """What publishers offer, by their names.

    Those of libdatachannel (which OBS has) and GStreamer are not recorded: they are written in their manner.
    """
    return {path.stem: path.read_bytes().decode() for path in sorted(OFFERS.glob("*.sdp"))}


@pytest.fixture(scope="session", name="identity")
def _identity() -> Identity:
    return make_identity()


@pytest.fixture(scope="session", name="their_identity")
def _their_identity() -> Identity:
    return make_identity()


@dataclass
class Call:
    """A session and a publisher, with a network between them that loses, doubles and delays as ``fates`` say.

    A fate is the delays, in steps, of a datagram's copies. Nothing that is on its way to a handshake is lost.
    """

    session: Session
    publisher: webrtc.Publisher
    fates: object
    now: float = 100.0
    tags: list = field(default_factory=list)
    flying: list = field(default_factory=list)
    knocked: bool = False

    def send(self, datagrams) -> None:
        """Let a publisher send something, over the network."""
        for datagram in datagrams:
            self.flying += [(self.now + delay * STEP, datagram) for delay in next(self.fates)]

    def arrive(self, datagram: bytes) -> None:
        if is_stun(datagram):
            assert self.session.greet(BindingRequest.read(datagram), THERE, self.now)
        else:
            self.tags += self.session.receive(datagram, self.now)
        self.answer()

    def answer(self) -> None:
        for datagram, _ in self.session.outgoing():
            answers = self.publisher.hear(datagram, self.now)
            if datagram[0] < 128:
                for one in answers:
                    self.arrive(one)
            else:
                self.send(answers)

    def step(self, steps: int = 1) -> None:
        """Let time go by."""
        for _ in range(steps):
            self.now += STEP
            due = [datagram for at, datagram in self.flying if at <= self.now]
            self.flying = [(at, datagram) for at, datagram in self.flying if at > self.now]
            for datagram in due:
                self.arrive(datagram)
            self.tags += self.session.tick(self.now)
            self.answer()

    def connect(self) -> "Call":
        self.arrive(self.publisher.knock())
        while not self.publisher.is_open:
            self.step()
        return self


@pytest.fixture(scope="session", name="dial")
def _dial(identity, their_identity):
    """Connect a publisher to a session."""

    def dial(*, fates=((0,),), setup="actpass", codec="H264", connects=True) -> Call:
        numbers = iter(range(1, 1000))
        text = webrtc.offer(their_identity, setup=setup, codec=codec)
        session = Session(
            offer.read(text), identity, candidates=[HERE], random_bytes=lambda count: bytes([next(numbers)]) * count
        )
        publisher = webrtc.Publisher(their_identity, session.answer, is_client=setup != "passive")
        call = Call(session, publisher, cycle(fates))
        return call.connect() if connects else call

    return dial
