"""A tally counts all that it is told, and holds what a report has room for."""

import gc
import random
import weakref

from offair.contracts.checks.catalogue import CHECKS
from offair.contracts.exchange import Exchange
from offair.contracts.server import tally
from offair.contracts.server.tally import MOST, Tally
from offair.contracts.violation import Violation

RULE = CHECKS[0]


class Told(Violation):
    """A violation of which one sees whether anybody holds it."""


def told(number):
    return Told(rule="a", where="here", path=(f"{number:04}",), message=f"{number}", source="a page")


def test_however_much_was_exchanged_the_first_of_it_is_held(monkeypatch):
    monkeypatch.setattr(tally, "KEPT", 3)
    counting = Tally(())
    for number in range(4):
        counting.note([Exchange(method="GET", path=f"/{number}/{place}", status=200) for place in range(2)])

    assert (8, ["/0/0", "/0/1", "/1/0"]) == (counting.seen, [one.path for one in counting.exchanges])


def test_however_many_places_are_wrong_the_first_of_them_are_held_whenever_they_came():
    counting, seen = Tally([RULE]), weakref.WeakSet()
    for number in random.Random(1).sample(range(1000), 1000):
        one = told(number)
        seen.add(one)
        counting.breach(RULE, one)
    del one
    gc.collect()

    (verdict,) = counting.verdicts()
    assert [f"{number}" for number in range(MOST)] == [one.message for one in verdict.violations]
    assert MOST == len(seen)
