"""Is what was changed as it was asked to be, at once and from then on? Judging updates."""

from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import SOURCE, asked_of, differing
from offair.contracts.checks.resources import lives
from offair.contracts.checks.seen import History
from offair.contracts.violation import Violation

CHANGES = frozenset({"PUT", "PATCH"})  # RFC 9110 section 9.3.4; RFC 5789


@check("lifecycle/changed-is-as-asked", SOURCE, absent="nothing was changed by a text, and looked at")
def changed_is_as_asked(history: History) -> Iterator[Violation | None]:
    """What a thing is changed to is what it has: the answer shows what was asked, and so does the next look."""
    for thing, calls in lives(history):
        asked: Mapping[str, Any] = {}
        for call in calls:
            if not call.is_success:
                continue
            if not call.is_read:  # whoever did it, what was asked before may be over
                asked = asked_of(call) if call.exchange.method in CHANGES else {}
            yield from differing(call, thing.id, asked, "changed to")
