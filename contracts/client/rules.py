"""What the rules of a client are about."""

from collections.abc import Mapping

from offair.contracts.claim import Claim

CLIENT: Mapping[str, str] = {
    "requests": "How it asks",
    "answers": "How it takes answers",
    "drills": "What it does when something goes wrong",
}
"""The subjects, in the order of a report."""

GOOD_DAY = Claim(
    name="requests/good-day",
    source="what a client is for",
    claim="On a good day the client asks its cloud for something, and does its job.",
)
