"""Whether a client whose traffic was recorded waits as long as it was told to."""

from collections.abc import Iterator

from offair.contracts.checks.check import check
from offair.contracts.checks.seen import History
from offair.contracts.exchange import header
from offair.contracts.violation import Violation

BLURRED = 1.0  # seconds: how far the moments of a recording may be from those at the server
PATIENCE = frozenset({429, 503})  # RFC 6585 section 4; RFC 9110 section 15.6.4


@check("limits/heeded", "RFC 9110 section 10.2.3; RFC 6585 section 4", absent="nobody was told by Retry-After to wait")
def heeded(history: History) -> Iterator[Violation | None]:
    """Who is told by Retry-After to wait does not ask for the same again before."""
    until: dict[tuple[str, str, str | None], tuple[float, float]] = {}
    for call in history.calls:
        one = call.exchange
        asked = (one.method, one.path, one.who)
        if one.at is None:
            continue
        if asked in until:
            told, end = until.pop(asked)
            message = f"asks again {one.at - told:.1f} s after it was told to wait {end - told:g} s"
            is_early = one.at < end - BLURRED
            yield call.breach(message, where="request", rule="retry-after", expected=end - told) if is_early else None
        said = (header(one.response_headers, "Retry-After") or "").strip()  # a date is by another's clock
        if one.status in PATIENCE and said.isdigit():
            until[asked] = (one.at, one.at + float(said))
