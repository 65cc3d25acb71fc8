"""Recorded traffic: ``read_traffic(path)`` gives its exchanges, ``check_traffic`` judges both sides."""

from offair.contracts.traffic.judging import check_traffic
from offair.contracts.traffic.reading import read_traffic
from offair.contracts.traffic.unread import UnreadError

__all__ = ["UnreadError", "check_traffic", "read_traffic"]
