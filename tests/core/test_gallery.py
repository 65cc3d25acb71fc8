"""Who looks on in the gallery: asked, seated, counted, shown, and told of the end once."""

import pytest

from offair.emulator.core.audience import Audience
from offair.emulator.core.gallery import Gallery
from offair.emulator.core.ports import Reason, Refused
from offair.emulator.core.showing import Course, Parting
from offair.emulator.core.viewing import Viewing

VIEWING = Viewing(stream="s", name="", protocol="a socket", peer="127.0.0.1")


class House:
    """An usher, an origin and an onlooker at once, which write down what happens."""

    def __init__(self, refused=None, *, plays=True):
        self.refused, self.plays, self.seen, self.now = refused, plays, [], 0.0
        self.audience = Audience(lambda: self.now)
        self.audience.begin("s", 2.0)
        self.gallery = Gallery("toy", origin=self, usher=self, audience=self.audience, monotonic=lambda: self.now)

    def ask(self, _cloud, _viewing, then):
        self.answer = then
        if self.refused is not Ellipsis:
            then(self.refused)

    def seat(self, _cloud, _viewing, sever):
        self.sever = sever
        return lambda: self.seen.append("rises")

    def show(self, _stream, _variant, onlooker, _course):
        self.attendance = onlooker
        return (lambda: self.seen.append("leaves")) if self.plays else None

    def shown(self, fragments):
        self.seen.append(len(fragments))
        return 7

    def over(self, parting, _words):
        self.seen.append(parting)

    def attend(self):
        return self.gallery.attend(VIEWING, None, self, Course())


def test_who_is_refused_hears_it_and_is_shown_nothing():
    house = House(Refused(Reason.FORBIDDEN, "no"))
    house.attend()

    assert [Parting.REFUSED] == house.seen


def test_who_finds_nothing_hears_it_and_is_seated_no_more():
    house = House(plays=False)
    house.attend()

    assert ["rises", Parting.ABSENT] == house.seen


def test_who_leaves_is_told_nothing():
    house = House()
    leave = house.attend()
    leave()
    leave()
    house.attendance.over(Parting.OVER, "")

    assert ["rises", "leaves"] == house.seen


def test_who_may_not_see_any_more_hears_it_once():
    house = House()
    house.attend()
    house.sever()
    house.sever()

    assert ["rises", "leaves", Parting.REFUSED] == house.seen


def test_who_leaves_while_it_is_asked_about_is_not_let_in():
    house = House(...)
    leave = house.attend()
    leave()
    house.answer(None)

    assert [] == house.seen


def test_what_is_shown_is_counted_and_handed_on():
    house = House()
    house.attend()
    behind = house.attendance.shown([(b"ab", b"c")])
    counted = house.audience.numbers("s").viewers
    house.attendance.over(Parting.OVER, "")

    assert (7, 1, 0) == (behind, counted, house.audience.numbers("s").viewers)


@pytest.mark.parametrize("count", [2, 5])
def test_two_sockets_of_one_player_are_two_viewers(count):
    house = House()
    for _ in range(count):
        house.attend()
        house.attendance.shown([(b"x",)])

    assert count == house.audience.numbers("s").viewers
