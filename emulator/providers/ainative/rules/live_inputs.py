"""Live inputs: what the media layer tells of them moves their streams, without media."""

from dataclasses import replace

from offair.emulator.core.ports import Knock, Refused
from offair.emulator.core.problems import Conflict, Missing
from offair.emulator.core.publication import PUBLICATIONS, Totals
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.shows import SHOWS
from offair.emulator.providers.ainative.rules.streams import APP

PEER = "a notification"
UNKNOWN = "Live input not found"


def by_secret(world: World, secret: str) -> Stream:
    """Find the stream of whoever knows its secret; Missing when there is none."""
    show = next(iter(world.find(SHOWS, secret=secret)), None)
    stream = world.get(STREAMS, show.id) if show else None
    if stream is None:
        raise Missing(UNKNOWN)
    return stream


def hear(world: World, publications: Publications, video: str, news: str) -> None:
    """Connect, disconnect or fail the live input of this name; Missing when there is none, Conflict when it cannot."""
    show = next(iter(world.find(SHOWS, video=video)), None)
    stream = world.get(STREAMS, show.id) if show else None
    if stream is None:
        raise Missing(UNKNOWN)
    if news == "connected":
        _connect(world, publications, stream)
        return
    row = world.get(PUBLICATIONS, stream.publication) if stream.publication else None
    if row is None or not row.is_simulated:
        raise Conflict("No encoder of a notification is connected to this live input")
    if news == "disconnected":
        publications.ending(row.id)
        publications.ended(row.id, Totals())
    else:
        publications.failed(row.id, Totals(), reason="errored", words="the media layer says that it failed")


def _connect(world: World, publications: Publications, stream: Stream) -> None:
    knock = Knock(protocol="rtmps", app=APP, name=stream.key, peer=PEER)
    admission = publications.admit(knock)
    if isinstance(admission, Refused):
        raise Conflict(admission.text)
    row = world.get(PUBLICATIONS, admission.publication)
    if row is not None:
        world.put(PUBLICATIONS, replace(row, is_simulated=True))
    publications.playable(admission.publication)
