"""Every check of exchanges, and the judging of them by all of them."""

from collections.abc import Sequence
from functools import partial

from offair.contracts.checks import (
    acting,
    agreement,
    answers,
    auth,
    changing,
    clocks,
    counting,
    effects,
    heard,
    hooks,
    keeping,
    keys,
    lifecycle,
    limits,
    naming,
    pages,
    pointing,
    reads,
    requests,
    searches,
    states,
    tenants,
)
from offair.contracts.checks.check import Check
from offair.contracts.checks.hooks import Secret
from offair.contracts.checks.seen import History
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.verdict import Verdict

MODULES = (
    answers, naming, requests, pointing, auth, limits, lifecycle, changing, acting, keeping, effects, states, keys,
    tenants, reads, agreement, searches, pages, counting, hooks, clocks,
)  # fmt: skip

CHECKS: tuple[Check, ...] = (
    *(one for module in MODULES for one in vars(module).values() if isinstance(one, Check)),
    *heard.heard_checks(""),
    hooks.signature_check(""),
)
"""By subject, in the order of a report; the last ones are made for a URL at which somebody listens, and a secret."""


def listening(checks: Sequence[Check], url: str, secret: Secret) -> tuple[Check, ...]:
    """Give the checks with those of hooks made for who listens at a URL, and signs with a secret."""
    made = {one.name: one for one in (*heard.heard_checks(url), hooks.signature_check(secret))}
    return tuple(made.get(one.name, one) for one in checks)


def judge_exchanges(
    contract: Contract, exchanges: Sequence[Exchange], checks: Sequence[Check] = CHECKS, *, root: str | None = None
) -> tuple[Verdict, ...]:
    """Judge what was exchanged, check by check; ``root`` is what stands before the paths, for those who try again."""
    history = History(contract, exchanges, root)
    return tuple(Verdict.guarded(one, partial(one.judge, history)) for one in checks)
