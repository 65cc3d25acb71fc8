"""A scene in which what was made is searched for by its title, and by words that nothing has."""

from urllib.parse import urlencode

from offair.contracts.checks.searches import TITLES, words_sought
from offair.contracts.exchange import Exchange
from offair.contracts.operation import Operation
from offair.contracts.server.actors import Actor
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import Kind

TITLE = "Offair quagga"  # words that nobody else's titles have
NOTHING = "zyzzyvas"


def searching(caller: Caller) -> list[Exchange]:
    """Make a thing of each kind that can be searched, with a title of its own, and search for that, and for others."""
    log: list[Exchange] = []
    ours = Actor(caller, caller.target.headers, log)
    searches = [one for one in caller.contract.operations.values() if words_sought(one) and "{" not in one.path]
    for kind in () if caller.target.is_read_only or caller.target.is_spared else caller.kinds:
        meant = [one for one in searches if one.path.startswith(kind.make.path.rstrip("/") + "/")]
        title = _title(kind)
        made = ours.make(kind, 0, {title: TITLE}) if meant and title is not None else None
        if made is not None:
            if caller.target.simulate is not None:
                caller.target.simulate(made.id, "live")
            ours.look(made)
            for search in meant:
                _search(ours, search, TITLE)
                _search(ours, search, NOTHING)
            ours.clear(made)
    return log


def _search(ours: Actor, search: Operation, text: str) -> None:
    for parameter in words_sought(search):
        ours.get(f"{ours.caller.contract.base_path}{search.path}?{urlencode({parameter.name: text})}")


def _title(kind: Kind) -> str | None:
    """How what is made is called, in the request that makes it."""
    value = kind.bodies[0].value if kind.bodies else None
    names = value if isinstance(value, dict) else {}
    return next((name for name in names if TITLES.match(name) and isinstance(names[name], str)), None)
