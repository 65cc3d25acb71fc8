"""A tally counts all that it is told, and holds what a report has room for."""

from offair.contracts.exchange import Exchange
from offair.contracts.server import tally
from offair.contracts.server.tally import Tally


def test_however_much_was_exchanged_the_first_of_it_is_held(monkeypatch):
    monkeypatch.setattr(tally, "KEPT", 3)
    counting = Tally(())
    for number in range(4):
        counting.note([Exchange(method="GET", path=f"/{number}/{place}", status=200) for place in range(2)])

    assert (8, ["/0/0", "/0/1", "/1/0"]) == (counting.seen, [one.path for one in counting.exchanges])
