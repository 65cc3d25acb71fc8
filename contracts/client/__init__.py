"""Judge a client: how it asks, how it takes what its cloud documents, and what it does when it is told to wait.

``check_client(cloud, use)`` gives a Report; ``answers`` and ``every_answer`` are what a cloud may answer, to be played
one by one in tests of somebody's own.
"""

from offair.contracts.client.answers import Answer, answers, every_answer, hostile
from offair.contracts.client.counterpart import Counterpart
from offair.contracts.client.judging import check_client, check_program

__all__ = ["Answer", "Counterpart", "answers", "check_client", "check_program", "every_answer", "hostile"]
