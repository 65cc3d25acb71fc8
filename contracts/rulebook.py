"""Every rule that there is, whoever is judged by it."""

from collections.abc import Mapping

from offair.contracts.checks.media.report import SUBJECTS as MEDIA
from offair.contracts.checks.media.rulebook import RULES as MEDIA_RULES
from offair.contracts.claim import Claim

TITLES: Mapping[str, str] = {**MEDIA}
"""What each subject is about, in the order of the list."""


def every_rule() -> tuple[Claim, ...]:
    """List the rules of every judge, by subject."""
    return MEDIA_RULES
