"""All the calls of one event, in the order in which they are made."""

from collections.abc import Iterator

from offair.contracts.receiver.delivery import Hook, Penman
from offair.contracts.receiver.forgeries import forged, unheard_of, unreadable
from offair.contracts.receiver.spellings import aged, respelt
from offair.contracts.receiver.values import other_values


def every_other(penman: Penman) -> Iterator[Hook]:
    """Write every call of the event but the plainest; first those that a cloud sends."""
    content = penman.valid().body
    yield from respelt(penman)
    yield from other_values(penman)
    yield penman.write("again", content, "is sent once more")
    yield from aged(penman)
    yield penman.write("slow", content, "comes in pieces", way="slowly")
    yield penman.write("chunked", content, "comes in chunks, without a length", way="in chunks")
    yield from forged(penman)
    yield penman.write("other-type", content, "has no Content-Type", media_type=None)
    yield penman.write("other-type", content, "is called image/png", media_type="image/png")
    yield from unreadable(penman)
    yield from unheard_of(penman)
