"""How far a real cloud has moved from its contract and its stand-in: ``check_drift(contract, real, stand_in)``.

It only reads. ``propose(contract, changes)`` writes what it saw as a patch of the contract and its sources.
"""

from offair.contracts.drift.judging import Drifted, check_drift
from offair.contracts.drift.patching import propose

__all__ = ["Drifted", "check_drift", "propose"]
