"""What a stand-in somewhere else lets its judge do, by its control surface."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import click

from offair.contracts.contract import Contract
from offair.emulator.cli.remote import RefusedError, ask, call_operation
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
    control = f"{root.rstrip('/')}/_offair"
    rate = ask(root, "/clock")["rate"]
    call_operation("PUT", f"{control}/clock", {}, {"rate": 0})
    try:
        yield _abilities(root, cloud, contract)
    finally:
        call_operation("PUT", f"{control}/clock", {}, {"rate": rate})


def known_by_control(root: str) -> Known:
    """Ask a stand-in's journal, from now on, what its senders have heard."""
    latest = ask(root, "/journal?limit=1")["entries"]
    seen = latest[-1]["number"] if latest else 0

    def known(url: str, deadline: Deadline) -> int:
        nonlocal seen
        query = urlencode({"kind": "hook", "after": seen, "timeout": f"{deadline.remaining:.3f}"})
        try:
            entry = ask(root, f"/journal/wait?{query}", timeout=deadline.remaining + SLACK)
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
        try:
            moved = ask(root, f"/streams/{thing}/simulate", {"to": "live" if to == "live" else "ended"})
            secrets[thing] = ask(root, f"/streams/{thing}").get("hook_secret") or ""
        except click.ClickException:
            return False  # where it cannot go there now, the story goes on without
        return bool(moved)

    def invite() -> dict[str, str]:
        made = ask(root, "/tenants", {"cloud": cloud, "name": "judged"})
        return headers_of(contract, Tenant(**made))

    return {
        "now": lambda: float(ask(root, "/clock")["now"]),
        "advance": lambda seconds: ask(root, "/clock/advance", {"seconds": seconds}),
        "simulate": simulate,
        "hook_secret": lambda thing: secrets.get(thing, ""),
        "invite": invite,
        "snapshot": lambda: ask(root, "/snapshot")["snapshot"],
        "restore": lambda snapshot: ask(root, "/restore", {"snapshot": snapshot}),
    }
