"""A request that is going to wait says so, and the server lets another thread go on with the others."""

import threading
from collections.abc import Mapping
from typing import Any

from offair.emulator.core.clock import Clock

STEP_ASIDE = "offair.step_aside"


def about_to_wait(environ: Mapping[str, Any]) -> threading.Event | None:
    """Announce that this thread is going to wait; the event is set when the server closes, and nobody need wait on.

    None where the server does not mind, and has nothing to be told.
    """
    announce = environ.get(STEP_ASIDE)
    event: threading.Event | None = announce() if announce is not None else None
    return event


def pause(environ: Mapping[str, Any], clock: Clock, seconds: float) -> None:
    """Hold this request for so many real seconds, or until the server closes."""
    closing = about_to_wait(environ)
    if closing is None:
        clock.sleep(seconds)
    else:
        closing.wait(seconds)
