"""What a client asks again, and whether it takes its time."""

from itertools import pairwise

from offair.contracts.client.finding import Called
from offair.contracts.client.lines import again
from offair.contracts.client.stage import Played
from offair.contracts.violation import Grade

SHORTEST = 0.1  # seconds between two tries, on the average, that are no hammering
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
