"""Hearing what happens in a running stand-in, as it happens: its server-sent events (WHATWG HTML, section 9.2)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from offair.emulator.cli.answers import Entered, Pointer, read_answer
from offair.emulator.cli.remote import read_lines, unlike

SHAPES = {"entry": Entered, "begin": Pointer, "reset": Pointer}


class ServerSent(NamedTuple):
    """One event: its name, the id to come back with, and what it says."""

    event: str
    id: str
    data: Any


def hear(url: str, wanted: Mapping[str, str], *, after: str = "") -> Iterator[ServerSent]:
    """Give each event of the entries that are wanted, with all that is known of them, until the connection ends.

    ``after`` is the id that was heard last, if any was: what came since then comes first. GoneError where nobody
    answers or goes on; RefusedError in the words of who refuses, and a sentence where it is no stand-in who tells.
    """
    headers = {"Last-Event-ID": after} if after else {}
    try:
        for told in read(read_lines(url, f"/events?{urlencode({**wanted, 'details': 'all'})}", headers)):
            if told.event in SHAPES:
                yield told._replace(data=read_answer(told.data, SHAPES[told.event]))
    except (ValueError, RecursionError) as error:  # it is no JSON, or another one
        raise unlike(url, error) from error


def read(lines: Iterable[str]) -> Iterator[ServerSent]:
    """Read events from their lines; one that says nothing is none, and its id counts all the same for the next."""
    event, last, said = "message", "", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "id":
            last = value
        elif name == "data":
            said.append(value)
        elif not line:
            if said:
                yield ServerSent(event, last, msgspec.json.decode("\n".join(said)))
            event, said = "message", []
