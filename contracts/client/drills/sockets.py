"""Sockets that are cut off: a drill about whoever listens there."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.drill import drill
from offair.contracts.client.stage import Played, Stage
from offair.contracts.client.tape import Heard, Respond
from offair.contracts.exchange import Exchange
from offair.contracts.violation import Violation

RECONNECTING = "RFC 6455 section 7.2.3"
CUT = 3  # sockets that are cut off, one after the other
LIFE = 0.3  # real seconds that each has
SHORTEST = 0.1  # seconds between the end of one and the next, on the average, that are no hammering


@drill(RECONNECTING, absent="it opens no socket")
def chat_reconnects(stage: Stage) -> Iterator[Violation | None]:
    """Who loses its socket opens another after a pause, or says that it is gone."""
    usual = [call for call in stage.good.heard if call.is_socket]
    if not usual:
        return
    played = stage.play(_cut())
    told = stage.complaint(played, is_error=True)
    together = max(map(len, _rooms(stage.good).values()))
    for opened in _rooms(played).values():
        lost = [played.after(call.at, LIFE) for call in opened[:CUT]]
        pauses = [later.at - since for since, later in zip(lost, opened[together:], strict=False)]
        if len(pauses) > 1 and sum(pauses) < SHORTEST * len(pauses):
            told = told or f"opens {len(pauses)} more at once, each as soon as the one before is lost"
    path = _path(usual[0])
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


def _rooms(played: Played) -> dict[str, list[Heard]]:
    """What was opened at each path, in its order; a token in the query may be another each time."""
    rooms: dict[str, list[Heard]] = {}
    for call in played.heard:
        if call.is_socket:
            rooms.setdefault(_path(call), []).append(call)
    return rooms


def _path(call: Heard) -> str:
    return call.exchange.path.partition("?")[0]


def _cut() -> Respond:
    """Cut off the first few sockets of each path."""
    opened: Counter[str] = Counter()

    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        answer = proceed()
        opened[_path(call)] += call.is_socket
        if not call.is_socket or opened[_path(call)] > CUT:
            return answer
        return replace(answer, response_headers={**answer.response_headers, "Connection": "close"})

    return respond
