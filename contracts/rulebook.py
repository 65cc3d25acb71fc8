"""Every rule that there is, whoever is judged by it."""

from collections.abc import Mapping

from offair.contracts.checks.asked import ASKED
from offair.contracts.checks.catalogue import CHECKS
from offair.contracts.checks.chat import ROOM_RULES
from offair.contracts.checks.driven import DRIVEN
from offair.contracts.checks.heeding import heeded
from offair.contracts.checks.media.report import SUBJECTS as MEDIA
from offair.contracts.checks.media.rulebook import RULES as MEDIA_RULES
from offair.contracts.claim import Claim
from offair.contracts.client.drills.catalogue import DRILLS
from offair.contracts.client.rules import GOOD_DAY
from offair.contracts.receiver.rules import RECEIVER, RECEIVER_RULES

EXCHANGES: Mapping[str, str] = {
    "answer": "What a server answers",
    "requests": "What it refuses and takes",
    "auth": "Whom it lets in",
    "limits": "How much it allows",
    "lifecycle": "How things come and go",
    "tenants": "Whose things are whose",
    "reads": "Reading",
    "pages": "Lists, page by page",
    "webhooks": "What it calls",
    "chat": "Its rooms",
    "clock": "Its time",
}
"""What the subjects of a server's rules are about, in the order of a report."""

_SUBJECTS = list(EXCHANGES)

CALLED: tuple[Claim, ...] = tuple(
    sorted((*CHECKS, *DRIVEN.values(), *ROOM_RULES), key=lambda rule: _SUBJECTS.index(rule.subject))
)
"""All that a server is judged by when it is called, by subject."""

SERVER_RULES: tuple[Claim, ...] = (*CALLED, *MEDIA_RULES)
"""All that a server is judged by: what it answers, and what it plays."""

CLIENT_RULES: tuple[Claim, ...] = (GOOD_DAY, *ASKED, *DRILLS)
"""All that any client is judged by; with the answers of each operation, a rule each, it is all that one is."""

TITLES: Mapping[str, str] = {
    **MEDIA,
    **EXCHANGES,
    "requests": "What is asked, taken and refused",
    "drills": "What a client does when something goes wrong",
    **RECEIVER,
}
"""What each subject is about, in the order of the list."""


def every_rule() -> tuple[Claim, ...]:
    """List the rules of every judge, by subject."""
    exchanged = sorted((*CALLED, heeded), key=lambda rule: _SUBJECTS.index(rule.subject))
    return (*MEDIA_RULES, *exchanged, *CLIENT_RULES, *RECEIVER_RULES)
