"""An answer whose body is made while it is sent, for as long as its reader listens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from offair.emulator.provider.reply import Reply
from offair.emulator.web.hearer import Hearer
from offair.emulator.web.mount import Passage, Proceed


@dataclass(frozen=True, slots=True)
class Endless:
    """A body that is begun for who reads it; what ``begin`` raises is the answer instead.

    ``begin`` gives the media type and the pieces, of which an empty one only asks whether somebody still listens.
    """

    begin: Callable[[Hearer], tuple[str, Iterator[bytes]]]


def begun(passage: Passage, proceed: Proceed) -> Reply:
    """Begin an endless answer, once it is known that there is one; of HEAD the body is never begun."""
    reply = proceed(passage)
    if not isinstance(reply.body, Endless):
        return reply
    if passage.request.method == "HEAD":
        return replace(reply, body=iter(()))
    media_type, pieces = reply.body.begin(Hearer.of(passage.request.environ))
    return replace(reply, body=pieces, media_type=media_type)
