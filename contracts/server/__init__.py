"""Drive a server and judge what it answers: ``check_server(contract, target)`` gives a Report.

What it is built on (Schemathesis, Hypothesis) comes with ``offair[contracts]``, and is imported when it is used.
"""

from offair.contracts.server.judging import check_server
from offair.contracts.server.target import Target, UnreachableError

__all__ = ["Target", "UnreachableError", "check_server"]
