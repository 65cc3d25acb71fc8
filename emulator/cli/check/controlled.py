"""What a stand-in somewhere else lets its judge do, by its control surface."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from offair.contracts.contract import Contract
from offair.emulator.cli.remote import ask, call_operation
from offair.emulator.core.tenants import Tenant
from offair.emulator.target import headers_of


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


def _abilities(root: str, cloud: str, contract: Contract) -> dict[str, Any]:

    def simulate(thing: str, to: str) -> bool:
        try:
            ask(root, f"/streams/{thing}/simulate", {"to": "live" if to == "live" else "ended"})
        except click.ClickException:
            return False  # where it cannot go there now, the story goes on without
        return True

    def invite() -> dict[str, str]:
        made = ask(root, "/tenants", {"cloud": cloud, "name": "judged"})
        return headers_of(contract, Tenant(**made))

    return {
        "now": lambda: float(ask(root, "/clock")["now"]),
        "advance": lambda seconds: ask(root, "/clock/advance", {"seconds": seconds}),
        "simulate": simulate,
        "invite": invite,
        "snapshot": lambda: ask(root, "/snapshot")["snapshot"],
        "restore": lambda snapshot: ask(root, "/restore", {"snapshot": snapshot}),
    }
