"""Where AINative's functions are registered, and what many of them ask first."""

from offair.contracts.contract import promise
from offair.emulator.core.ids import as_written
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.providers.ainative.nouns.people import CLOUD, Person
from offair.emulator.providers.ainative.nouns.shows import Show
from offair.emulator.providers.ainative.rules import accounts, seeing, streams
from offair.emulator.providers.ainative.rules.seeing import Seen

PROMISE = promise(CLOUD)
operation = Operations(PROMISE)
below = Operations(PROMISE.services["media"])


def user_of(call: Call) -> str | None:
    """Tell who calls by their id; None for nobody."""
    return call.caller.user if call.caller else None


def me(call: Call) -> Person:
    """Give the person who calls."""
    return accounts.person_of(call.world, user_of(call))


def id_in(call: Call, name: str) -> str:
    """Read an id in a path, in whatever case it comes."""
    return as_written(call.path[name])


def show_in(call: Call) -> Show:
    """Find the stream of a path; Missing when there is none."""
    return streams.find(call.world, id_in(call, "stream_id"))


def own_show(call: Call) -> Show:
    """Find the caller's own stream of a path; Forbidden for another's."""
    return streams.own(call.world, id_in(call, "stream_id"), user_of(call))


def person_in(call: Call) -> Person:
    """Find the person whom a path names; Missing when there is none."""
    return accounts.by_name(call.world, call.path["username"])


def seen(call: Call, show: Show) -> Seen:
    """Gather what is shown of a stream; Missing where its streamer is gone."""
    return seeing.see(call.world, show, call.switches) or _gone(call, show)


def _gone(call: Call, show: Show) -> Seen:
    accounts.person_of(call.world, show.person)  # says that they are
    raise LookupError(f"the stream {show.id} has a streamer and cannot be seen")
