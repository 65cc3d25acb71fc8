"""Who leads alone sees to what is due."""

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.crew import Hand
from offair.emulator.web.host.loop import Poller


def test_who_lost_the_lead_leaves_what_is_due_to_whoever_has_it(monkeypatch):
    """Two who count at once what is due next may lose it, and then nobody is ever told."""
    poller = Poller(Bounds(), Clock(), pytest.fail)
    try:
        lead, poller._next_due = iter([True, False, False]), 0.0
        monkeypatch.setattr(poller._crew, "leads", lambda _: next(lead))
        poller._lead(Hand(poller._crew._lock, is_first=True))

        assert 0.0 == poller._next_due
    finally:
        poller.close(parting=pytest.fail)
