"""Is a WebSocket opened, and talked over, as is documented? Judging what both of its ends said."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from offair.contracts.checks.chat import frames
from offair.contracts.checks.check import Check, check
from offair.contracts.checks.gathering import SOCKETS
from offair.contracts.checks.seen import History, Talk
from offair.contracts.checks.socket import check_socket
from offair.contracts.choosing import nearest_of
from offair.contracts.exchange import Side
from offair.contracts.reproducing import curl_line
from offair.contracts.violation import Violation

ABSENT = "no documented WebSocket was asked for"


@check("requests/documented-frames", SOCKETS, absent=ABSENT)
def documented_frames(history: History) -> Iterator[Violation | None]:
    """A WebSocket is opened with documented values, and what is said over it then is documented, frame by frame."""
    for talk in history.talks:
        yield None
        for one in (*_opened(talk), *_said(history, talk, "from_client")):
            yield replace(one, operation=talk.key, reproduce=curl_line(talk.exchange, history.root))


def _told(history: History) -> Iterator[Violation | None]:
    for talk in history.talks:
        found: list[Violation | None] = [
            replace(one, operation=talk.key) for one in _said(history, talk, "from_server")
        ]
        if any(side == "from_server" for side, _ in talk.exchange.frames):
            yield from found or [None]


documented_answers = Check(
    name=frames.name, source=frames.source, claim=frames.claim, strength=frames.strength, find=_told,
    absent="no WebSocket was recorded with what the cloud said over it",
)  # fmt: skip
"""The claim about rooms, kept by whoever speaks over any recorded socket."""


def _opened(talk: Talk) -> Iterator[Violation]:
    """What is wrong with how a socket is asked for; a parameter that nobody documents is let pass."""
    socket, headers = talk.socket, talk.exchange.request_headers
    query = parse_qs(urlsplit(talk.exchange.path).query, keep_blank_values=True)
    yield from socket.path_parameters.violations({name: [value] for name, value in talk.parameters.items()})
    yield from socket.query_parameters.violations(query)
    yield from socket.header_parameters.header_violations(headers)
    known = [one.name for one in socket.query_parameters]
    for name in query:
        if name not in known:
            yield Violation(
                rule="undocumented",
                where="request.query",
                message=f"is no documented parameter{nearest_of(name, known)}, and is let pass",
                path=(name,),
                expected=known,
                grade="inferred",
                source=socket.source,
            )


def _said(history: History, talk: Talk, side: Side) -> Iterator[Violation]:
    """What one side said that is not documented; each by its place among all frames."""
    broken = check_socket(history.contract, talk.socket.key, talk.exchange.frames)
    return (one for one in broken if one.where == f"frame.{side}")
