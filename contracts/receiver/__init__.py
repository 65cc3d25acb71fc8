"""Judging a webhook receiver: ``check_receiver(url, contract)`` sends it what its cloud might, and gives a Report."""

from offair.contracts.receiver.judging import check_receiver
from offair.contracts.receiver.posting import UnheardError

__all__ = ["UnheardError", "check_receiver"]
