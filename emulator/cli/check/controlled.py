"""What a stand-in somewhere else lets its judge do, by its control surface."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import click

from offair.contracts.contract import Contract
from offair.emulator.cli.answers import Anything, Entered, Entries, Invited, Reached, Saved, Time
from offair.emulator.cli.remote import RefusedError, ask
from offair.emulator.core.clock import Deadline
from offair.emulator.core.tenants import Tenant
from offair.emulator.counterpart import headers_of
from offair.emulator.postbox import Known

SLACK = 10.0  # real seconds that an answer may come later than it was asked for
NOTHING_YET = 404


@contextmanager
def controlled(root: str, cloud: str, contract: Contract) -> Iterator[dict[str, Any]]:
    """Freeze the stand-in's clock, and give what its control surface can, by the names of ``Target``.

    Afterwards the clock goes on as fast as it did.
    """
    rate = ask(root, "/clock", Time)["rate"]
    ask(root, "/clock", Time, {"rate": 0}, method="PUT")
    try:
        yield _abilities(root, cloud, contract)
    finally:
        ask(root, "/clock", Time, {"rate": rate}, method="PUT")


def known_by_control(root: str) -> Known:
    """Ask a stand-in's journal, from now on, what its senders have heard."""
    latest = ask(root, "/journal?limit=1", Entries)["entries"]
    seen = latest[-1]["number"] if latest else 0

    def known(url: str, deadline: Deadline) -> int:
        nonlocal seen
        query = urlencode({"kind": "hook", "after": seen, "timeout": f"{deadline.remaining:.3f}"})
        try:
            entry = ask(root, f"/journal/wait?{query}", Entered, timeout=deadline.remaining + SLACK)
        except RefusedError as error:
            if error.status != NOTHING_YET:
                raise
            return 0
        seen = entry["number"]
        return int(entry["details"].get("url") == url)

    return known


def _abilities(root: str, cloud: str, contract: Contract) -> dict[str, Any]:
    secrets: dict[str, str] = {}  # what is gone by the time its hooks are judged was signed for all the same

    def simulate(thing: str, to: str) -> bool:
        path = f"/streams/{quote(thing, safe='')}"
        try:
            moved = ask(root, f"{path}/simulate", Anything, {"to": "live" if to == "live" else "ended"})
            secrets[thing] = ask(root, path, Reached)["hook_secret"] or ""
        except click.ClickException:
            return False  # where it cannot go there now, the story goes on without
        return bool(moved)

    def invite() -> dict[str, str]:
        made = ask(root, "/tenants", Invited, {"cloud": cloud, "name": "judged"})
        tenant = Tenant(
            id=made["id"], cloud=cloud, name="judged", credentials=made["credentials"], headers=made["headers"]
        )
        return headers_of(contract, tenant)

    return {
        "now": lambda: ask(root, "/clock", Time)["now"],
        "advance": lambda seconds: ask(root, "/clock/advance", Time, {"seconds": seconds}),
        "simulate": simulate,
        "hook_secret": lambda thing: secrets.get(thing, ""),
        "invite": invite,
        "snapshot": lambda: ask(root, "/snapshot", Saved)["snapshot"],
        "restore": lambda snapshot: ask(root, "/restore", Anything, {"snapshot": snapshot}),
    }
