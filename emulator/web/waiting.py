"""A request that is going to wait says so, and the server lets another thread go on with the others."""

from collections.abc import Mapping
from typing import Any

STEP_ASIDE = "offair.step_aside"


def about_to_wait(environ: Mapping[str, Any]) -> None:
    """Announce that this thread is going to wait; a server that does not mind has nothing to be told."""
    announce = environ.get(STEP_ASIDE)
    if announce is not None:
        announce()
