"""Which page stands where: one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offair.emulator.console import chat, entries, hooks, promise, steering, stream, streams
from offair.emulator.console.clerk import Clerk

Gather = Callable[[Clerk, Mapping[str, str], Mapping[str, str]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolePage:
    """A page at a ``path`` below the console's root, in Flask's spelling; ``gather`` gives what its template shows.

    ``words`` name it in the navigation, where it is in it. ``gather`` takes the path's parts and the query.
    One that ``waits`` takes seconds.
    """

    path: str
    template: str
    title: str
    gather: Gather
    words: str = ""
    waits: bool = False


PAGES: Sequence[ConsolePage] = (
    ConsolePage(path="", template="streams", title="Streams", gather=streams.gather, words="Streams"),
    ConsolePage(path="streams/<stream>", template="stream", title="Stream", gather=stream.gather),
    ConsolePage(path="streams/<stream>/judged", template="judged", title="Judged", gather=stream.judge, waits=True),
    ConsolePage(path="requests", template="requests", title="Requests", gather=entries.gather, words="Requests"),
    ConsolePage(path="requests/<number>", template="entry", title="Entry", gather=entries.show),
    ConsolePage(path="hooks", template="hooks", title="Hooks", gather=hooks.gather, words="Hooks"),
    ConsolePage(path="hooks/<delivery>", template="hook", title="Hook", gather=hooks.show),
    ConsolePage(path="chat", template="chat", title="Chat", gather=chat.gather, words="Chat"),
    ConsolePage(path="chat/<room>", template="room", title="Room", gather=chat.show),
    ConsolePage(
        path="clock",
        template="steering",
        title="Clock, faults, tenants",
        gather=steering.gather,
        words="Clock & faults",
    ),
    ConsolePage(path="promise", template="promise", title="Promise", gather=promise.gather, words="Promise"),
)
