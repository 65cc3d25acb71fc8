"""Every check of exchanges, and the judging of them by all of them."""

from collections.abc import Sequence

from offair.contracts.checks import answers, auth, clocks, hooks, lifecycle, limits, pages, reads, requests, tenants
from offair.contracts.checks.check import Check
from offair.contracts.checks.seen import History
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.verdict import Verdict

MODULES = (answers, requests, auth, limits, lifecycle, tenants, reads, pages, hooks, clocks)

CHECKS: tuple[Check, ...] = (
    *(one for module in MODULES for one in vars(module).values() if isinstance(one, Check)),
    hooks.signature_check(""),
)
"""By subject, in the order of a report."""


def judge_exchanges(
    contract: Contract, exchanges: Sequence[Exchange], checks: Sequence[Check] = CHECKS, *, root: str | None = None
) -> tuple[Verdict, ...]:
    """Judge what was exchanged, check by check; ``root`` is what stands before the paths, for those who try again."""
    history = History(contract, exchanges, root)
    return tuple(one.judge(history) for one in checks)
