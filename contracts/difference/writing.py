"""Differences for people and for programs."""

import json
from collections.abc import Sequence

from offair.contracts.difference.difference import LEVELS, Difference

FORMAT = 1


def write_differences(found: Sequence[Difference], *, as_json: bool = False) -> str:
    """Write what was found, the worst first, and at the end how much of what."""
    counts = {level: sum(one.level == level for one in found) for level in LEVELS}
    if as_json:
        rows = [
            {"level": one.level, "where": one.place, "message": one.message, "was": one.was, "now": one.now}
            for one in found
        ]
        said = {"format": FORMAT, "counts": counts, "differences": rows}
        return json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n"
    lines = [f"{one.level:<9} {one}" for one in found]
    summary = ", ".join(f"{count} {level}" for level, count in counts.items())
    return "\n".join([*lines, *([""] if lines else []), f"{summary}."]) + "\n"
