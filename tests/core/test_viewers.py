"""Who comes and who leaves is told when it happens, to whoever wants to hear it."""

import pytest

from offair.emulator.core.audience import LEAST_STAY, Audience
from offair.emulator.core.events import ViewerCame, ViewerLeft
from offair.emulator.core.viewing import Viewing

VIEWING = Viewing(stream="s", name="master.m3u8", protocol="http", peer="x")


class _Lobby:
    """An audience whose time a test moves, and what is told of it."""

    def __init__(self):
        self.now, self.told, self.later = 0.0, [], []
        self.audience = Audience(
            lambda: self.now, tell=self.told.append, later=lambda s, look: self.later.append((self.now + s, look))
        )
        self.audience.begin("s", 1.0)

    def saw(self, player="a", size=0):
        self.audience.saw("s", player, viewing=VIEWING, size=size)

    def pass_time(self, seconds):
        """Go on, and do what is due on the way."""
        end = self.now + seconds
        while self.later and min(self.later, key=lambda due: due[0])[0] <= end:
            due = min(self.later, key=lambda one: one[0])
            self.later.remove(due)
            self.now = due[0]
            due[1]()
        self.now = end


@pytest.fixture(name="lobby")
def _lobby():
    return _Lobby()


def test_who_comes_is_told_once(lobby):
    for _ in range(3):
        lobby.saw()

    assert [ViewerCame(VIEWING)] == lobby.told


def test_who_hangs_up_is_told_with_what_they_were_sent(lobby):
    lobby.saw(size=3)
    lobby.now = 4.0
    lobby.saw(size=4)
    lobby.audience.left("s", "a")

    assert [ViewerCame(VIEWING), ViewerLeft(VIEWING, 4.0, 7)] == lobby.told


def test_who_is_silent_for_too_long_is_told_without_anybody_asking(lobby):
    lobby.saw()
    lobby.pass_time(LEAST_STAY + 1)

    assert [ViewerCame(VIEWING), ViewerLeft(VIEWING, 0.0, 0)] == lobby.told


def test_who_goes_on_watching_is_not_told_to_have_left(lobby):
    for _ in range(5):
        lobby.saw()
        lobby.pass_time(LEAST_STAY - 1)

    assert [ViewerCame(VIEWING)] == lobby.told


def test_who_comes_back_is_told_again(lobby):
    for _ in range(2):
        lobby.saw()
        lobby.pass_time(LEAST_STAY + 1)

    assert [ViewerCame, ViewerLeft] * 2 == [type(event) for event in lobby.told]


@pytest.mark.parametrize("end", ["begin", "forget"])
def test_the_end_of_a_broadcast_sees_everybody_off(lobby, end):
    lobby.saw()
    if end == "begin":
        lobby.audience.begin("s", 1.0)
    else:
        lobby.audience.forget("s")

    assert [ViewerCame(VIEWING), ViewerLeft(VIEWING, 0.0, 0)] == lobby.told


def test_nobody_is_looked_for_once_all_have_left(lobby):
    lobby.saw()
    lobby.pass_time(10 * LEAST_STAY)

    assert [] == lobby.later


def test_two_players_leave_each_in_their_time(lobby):
    lobby.saw("a")
    lobby.pass_time(5.0)
    lobby.saw("b")
    lobby.pass_time(LEAST_STAY - 4.0)
    left = [type(event) for event in lobby.told]
    lobby.pass_time(LEAST_STAY)

    assert (1, 2) == (left.count(ViewerLeft), [type(event) for event in lobby.told].count(ViewerLeft))


def test_a_players_session_is_what_the_query_says_first():
    sessions = [
        Viewing(stream="s", name="n", protocol="http", peer="x", query=query).player
        for query in (
            {},
            {"sid": ("a", "b")},
            {"sid": ("a",)},
            {"sid": ("b",)},
            {"other": ("a",)},
        )
    ]

    assert ([("x", None), ("x", None, "a"), ("x", None, "b")], sessions[0], sessions[1]) == (
        [sessions[0], sessions[1], sessions[3]],
        sessions[4],
        sessions[2],
    )
