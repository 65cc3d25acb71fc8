"""A scene for what a server plays: real media is sent to a thing of each kind, and watched as a player would."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from offair.contracts.checks.keys import PLAYED
from offair.contracts.checks.media.rule import Rule
from offair.contracts.checks.media.rulebook import verdicts
from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.exchange import Exchange
from offair.contracts.server.actors import Actor, Made
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import Kind
from offair.contracts.verdict import Verdict

URL = re.compile(rb"https?:(?:\\?/){2}[^\s\"'<>]+")


def played(caller: Caller, rules: Sequence[Rule]) -> tuple[list[Exchange], list[Verdict]]:
    """Put a thing of each kind on air and judge what its own answers say that it plays; give what was asked, too.

    Of several URLs the first that plays is watched, and the first of all where none does.
    """
    log: list[Exchange] = []
    found: list[Verdict] = []
    ours = Actor(caller, caller.target.headers, log)
    for kind in () if caller.target.is_read_only else caller.kinds:
        for made, urls in _playable(ours, kind):
            timeline = _watch(caller, made, urls)
            ours.clear(made)
            if timeline is not None:
                found += [_told_of(kind, verdict) for verdict in verdicts(timeline, rules)]
                break
    return log, found


def urls_of(exchanges: Sequence[Exchange]) -> tuple[str, ...]:
    """Find the playlists and manifests that answers name, each once, in their order."""
    said = [url for one in exchanges for url in URL.findall(one.response_body)]
    urls = [url.replace(rb"\/", b"/").decode("ascii", "replace") for url in said]
    return tuple(dict.fromkeys(url for url in urls if urlsplit(url).path.endswith(PLAYED)))


def _playable(ours: Actor, kind: Kind) -> Iterator[tuple[Made, tuple[str, ...]]]:
    """Make a thing by each published request in turn; what names nothing to play is cleared away."""
    for place in range(len(kind.bodies)):
        begun = len(ours.log)
        made = ours.make(kind, place)
        if made is not None:
            ours.look(made)
            if urls := urls_of(ours.log[begun:]):
                yield made, urls
            else:
                ours.clear(made)


def _watch(caller: Caller, made: Made, urls: Sequence[str]) -> Timeline | None:
    """Watch a thing while it is on air; None where nothing can be sent to it."""
    broadcast, watch = caller.target.broadcast, caller.target.watch
    if broadcast is None or watch is None:
        return None
    with broadcast(made.id) as is_live:
        seen: list[Timeline] = []
        for url in urls if is_live else ():
            seen.append(watch(url))
            if seen[-1].fetches[0].is_good:
                return seen[-1]
    return seen[0] if seen else None


def _told_of(kind: Kind, verdict: Verdict) -> Verdict:
    """A breach names the operation that made what plays."""
    return replace(verdict, violations=tuple(replace(one, operation=kind.make.key) for one in verdict.violations))
