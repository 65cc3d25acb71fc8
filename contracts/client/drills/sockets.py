"""Sockets that are cut off: a drill about whoever listens there."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.drill import drill
from offair.contracts.client.stage import Stage
from offair.contracts.client.tape import Heard
from offair.contracts.exchange import Exchange
from offair.contracts.violation import Violation

RECONNECTING = "RFC 6455 section 7.2.3"
CUT = 3  # sockets that are cut off, one after the other
LIFE = 0.3  # cloud seconds that each has
SHORTEST = 0.1  # seconds between the end of one and the next, on the average, that are no hammering


@drill(RECONNECTING, absent="it opens no socket")
def chat_reconnects(stage: Stage) -> Iterator[Violation | None]:
    """Who loses its socket opens another after a pause, or says that it is gone."""
    usual = [call for call in stage.good.heard if call.is_socket]
    if not usual:
        return
    played = stage.play(_cut)
    opened = [call.at for call in played.heard if call.is_socket]
    told = stage.complaint(played, is_error=True)
    pauses = [later - sooner - LIFE for sooner, later in pairwise(opened[: CUT + 1])]
    if len(pauses) > 1 and sum(pauses) < SHORTEST * len(pauses):
        told = told or f"opens {len(pauses)} more at once, each as soon as the one before is lost"
    path = usual[0].exchange.path.partition("?")[0]
    situation = f"{path}: the connection is cut off {LIFE:g} s after it was opened, {CUT} times"
    yield (
        None
        if told is None
        else Violation(
            rule="drill",
            where="socket",
            message=told,
            source=RECONNECTING,
            operation=path,
            reproduce=situation,
        )
    )


def _cut(call: Heard, proceed: Proceed) -> Exchange | None:
    opened = proceed()
    if not call.is_socket or call.nth >= CUT:
        return opened
    return replace(opened, response_headers={**opened.response_headers, "Connection": "close"})
