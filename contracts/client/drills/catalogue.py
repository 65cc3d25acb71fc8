"""Every drill, in the order of a report."""

from offair.contracts.client.drill import Drill
from offair.contracts.client.drills import lists, networks, repeating, sockets, things, waiting

DRILLS: tuple[Drill, ...] = tuple(
    one
    for module in (waiting, repeating, networks, lists, things, sockets)
    for one in vars(module).values()
    if isinstance(one, Drill)
)
