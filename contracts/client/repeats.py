"""What a client asks again, and whether it takes its time."""

from itertools import groupby, pairwise

from offair.contracts.client.finding import Called
from offair.contracts.client.lines import again
from offair.contracts.client.stage import Played
from offair.contracts.violation import Grade

SHORTEST = 0.1  # seconds between two tries, on the average, that are no hammering
FINAL = frozenset({400, 403, 405, 413, 415, 422})  # RFC 9110 section 15.5: asked again, it is refused again
ONCE_MORE = 1  # try of what was refused for good
PATIENT = 4  # so many pauses of the same length are no back-off
LIKE = 0.1


def hurry(played: Played, called: Called) -> tuple[str | None, Grade]:
    """Say that an operation is asked for the same too soon again, and how certain that is; None where it is not."""
    for same in again(played.of(called.name)):
        gaps = [later.at - sooner.at for sooner, later in pairwise(same)]
        if len(gaps) > 1 and sum(gaps) < SHORTEST * len(gaps):
            return f"asks {len(same)} times within {sum(gaps):.1f} s", "documented"
        if len(gaps) >= PATIENT and max(gaps) - min(gaps) < LIKE * max(gaps):
            return f"waits {gaps[0]:.1f} s before each of {len(gaps)} tries, and never longer", "inferred"
    return None, "documented"


def insistence(played: Played, good: Played, called: Called) -> str | None:
    """Say that it asks again and again for what was refused for good, and more often than on a good day."""
    usual = max(map(len, again(good.of(called.name))), default=0)
    most = max(
        (sum(call.exchange.status in FINAL for call in same) for same in again(played.of(called.name))), default=0
    )
    return f"asks {most} times for what was refused for good" if most > max(usual, 1 + ONCE_MORE) else None


def look_in_a_hurry(good: Played, called: Called) -> str | None:
    """Say that it looks at the same thing over and over on a good day, without a pause and without another step."""
    for name, run in groupby(good.heard, key=lambda call: (call.name, call.exchange.path)):
        moments = [call.at for call in run]
        took = moments[-1] - moments[0]
        if name[0] == called.name and len(moments) > PATIENT and took < SHORTEST * len(moments):
            return f"asks {len(moments)} times in a row within {took:.1f} s"
    return None
