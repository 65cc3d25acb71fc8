"""One side of a chat hears the history first, then everything else once, and keeps nobody waiting."""

import threading

from offair.emulator.providers.ainative.chat.ear import Ear


class Peer:
    """A socket that notes what is sent, and does something meanwhile."""

    def __init__(self):
        self.sent, self.meanwhile = [], lambda _frame: None

    def send(self, frame):
        self.sent.append(frame)
        self.meanwhile(frame)


def test_what_is_said_before_the_history_comes_behind_it_and_nothing_twice():
    peer = Peer()
    ear = Ear(peer)
    for frame in ("known", "fresh"):
        ear.send(frame)
    ear.begin("history", ["known"])
    ear.send("later")

    assert ["history", "fresh", "later"] == peer.sent


def test_what_is_said_while_the_history_goes_out_keeps_its_order():
    peer = Peer()
    ear = Ear(peer)
    ear.send("a")
    peer.meanwhile = lambda frame: ear.send(frame + "!") if frame in {"history", "a"} else None
    ear.begin("history", [])

    assert ["history", "a", "history!", "a!"] == peer.sent


def test_nobody_waits_for_somebody_elses_sending():
    """Who sends may wait for the world, and whoever has that may be about to say something."""
    peer = Peer()
    ear = Ear(peer)
    ear.begin("history", [])
    spoke = []

    def speak(frame):
        if frame == "first":
            other = threading.Thread(target=ear.send, args=("second",))
            other.start()
            other.join(30)
            spoke.append(not other.is_alive())

    peer.meanwhile = speak
    ear.send("first")

    assert [True] == spoke
