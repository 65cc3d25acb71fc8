"""A judge of live HLS and DASH origins: what was fetched goes in, Violations come out; pure.

``judge`` is all that most need: the answers of an origin, in whatever way they were fetched. Behind it, ``timeline`` is
what was seen, ``rulebook`` what is judged, and ``itinerary`` says what a recorder should fetch next.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offair.contracts.checks.media.fetch import Fetch
    from offair.contracts.violation import Violation


def judge(
    url: str, fetches: "Iterable[Fetch]", *, ignore: Collection[str] = (), musts_only: bool = False
) -> "list[Violation]":
    """Judge the origin whose playlist or manifest is at ``url`` by what was fetched from it.

    ``ignore`` has the names of rules to leave out; ``musts_only`` leaves out what the standards only say *should* be.
    An empty list says that every rule was kept that could be judged. Raises ValueError for a name that no rule has.
    """
    from offair.contracts.checks.media.rulebook import choose
    from offair.contracts.checks.media.timeline import Timeline

    timeline = Timeline(url, tuple(fetches))
    return [violation for rule in choose(ignore=ignore, musts_only=musts_only) for violation in rule(timeline)]


def explain(violations: "Iterable[Violation]") -> str:
    """Write violations for a failing test: one a line, nothing left out; empty if there is none."""
    return "\n".join(f"- {violation}" for violation in violations)
