"""Judging recorded traffic: the client by what it asked, the server by what it answered, both by the recorded times."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from offair.contracts.checks.asked import ASKED
from offair.contracts.checks.auth import carries
from offair.contracts.checks.catalogue import CHECKS, judge_exchanges
from offair.contracts.checks.check import Check
from offair.contracts.checks.heeding import BLURRED, heeded
from offair.contracts.checks.seen import History
from offair.contracts.checks.spoken import documented_answers
from offair.contracts.choosing import choose_rules
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.limit import LimitTerm
from offair.contracts.masking import HEADER, Masked
from offair.contracts.report import Report
from offair.contracts.rulebook import EXCHANGES
from offair.contracts.server.tally import KEPT, Tally
from offair.contracts.traffic.sorting import Share, sort_out, tell_callers
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

UNCALLED = "what the cloud called does not stand in this recording"
ALONE = frozenset({"answer", "requests", "auth", "chat"})  # subjects that look at one exchange at a time
AT_ONCE = 200  # exchanges whose bodies are read together
LARGEST = 20 << 20  # bytes of bodies that are read together for the rules of things
HIDDEN = "…"
REFUSED = "requests/refused"
WHY_NOT = {
    "tenants": "whose credentials are whose does not stand in a recording",
    "pages": "who else changed a list between two pages does not stand in a recording",
    "reads": "what else happened between two reads does not stand in a recording",
    "clock": "a recording has the client's clock, and not the cloud's",
    **dict.fromkeys(
        ("webhooks/told", "webhooks/soon", "webhooks/obeyed"),
        "who should have been called does not stand in a recording",
    ),
    "webhooks/signature": "the secret, and the bytes that were signed, do not stand in a recording",
    "auth/known": "whether credentials are somebody's does not stand in a recording",
    "auth/told": "whether credentials are somebody's does not stand in a recording",
    "auth/accepted": "whether credentials are good does not stand in a recording",
}
TRAFFIC_RULES: tuple[Check, ...] = (*ASKED, heeded, *CHECKS, documented_answers)


def check_traffic(
    contract: Contract,
    exchanges: Iterable[Exchange],
    *,
    name: str = "recorded traffic",
    url: str | None = None,
    only: Collection[str] = (),
    ignore: Collection[str] = (),
    limits: Iterable[LimitTerm] = (),
) -> Report:
    """Judge what was recorded of a cloud and its services, by its documents and by further ``limits``.

    ``url`` is where the API was, if neither in production nor at a stand-in. What the recording cannot show is not
    judged, and says why. Ctrl-C ends it with the report so far. UnreadError where nothing is of the cloud, ValueError
    for the name of no rule.
    """
    rules = choose_rules(TRAFFIC_RULES, only=only, ignore=ignore)
    shares = sort_out(contract, exchanges, url)
    tally, further = Tally(rules), tuple(limits)
    is_whole = True
    try:
        for share in shares:
            _judge(share, rules, tally, further if share.contract is contract else ())
    except KeyboardInterrupt:
        is_whole = False
    for rule in rules:
        why = WHY_NOT.get(rule.name, WHY_NOT.get(rule.subject))
        if rule.subject == "webhooks" and not any(one.is_hook for share in shares for one in share.exchanges):
            why = UNCALLED
        if why is not None:
            tally.excuse(rule.name, why)
    masked = Masked(_secrets(shares))
    return Report(
        kind="traffic",
        target=name,
        verdicts=tuple(_shown(verdict, masked) for verdict in tally.verdicts()),
        seen=_seen(shares) + ("" if is_whole else "; broken off"),
        is_broken_off=not is_whole,
        titles=EXCHANGES,
        exchanges=tuple(map(masked.exchange, tally.exchanges)),
    )


def _judge(share: Share, rules: Sequence[Check], tally: Tally, further: tuple[LimitTerm, ...]) -> None:
    contract = share.contract
    named = {term.subject for term in further}
    contract = replace(contract, limits=(*(one for one in contract.limits if one.subject not in named), *further))
    seen = tell_callers(share.exchanges, dict.fromkeys(_credentials(contract)))
    whole = [one for one in seen if not one.is_cut]
    tally.note([one if one.is_hook else replace(one, path=share.root + one.path) for one in seen[:KEPT]])
    meant = [rule for rule in rules if rule.name not in WHY_NOT and rule.subject not in WHY_NOT]
    alone = [rule for rule in meant if rule.subject in ALONE and not _is_hidden(rule, whole, contract, tally)]
    shown = [one for one in whole if not _has_masks(one)]  # whether a mask should have been refused, nobody knows
    for exchanges, wanted in (
        (whole, [rule for rule in alone if rule.name != REFUSED]),
        (shown, [rule for rule in alone if rule.name == REFUSED]),
    ):
        for start in range(0, len(exchanges), AT_ONCE):
            part = exchanges[start : start + AT_ONCE]
            tally.add(map(_but_hidden, judge_exchanges(contract, part, wanted, root=share.root)))
    for rule in meant:
        if rule.subject == "limits":
            blurred = replace(contract, limits=tuple(_blurred(contract.limits, rule.name)))
            tally.add(judge_exchanges(blurred, seen, [rule], root=share.root))
    together = [rule for rule in meant if rule.subject not in ALONE and rule.subject != "limits"]
    if sum(len(one.response_body) for one in whole) <= LARGEST:
        tally.add(map(_but_hidden, judge_exchanges(contract, whole, together, root=share.root)))
    else:
        for rule in together:
            tally.excuse(rule.name, f"the bodies are more than {LARGEST >> 20} MB; judge a part of the recording")


def _is_hidden(rule: Check, whole: Sequence[Exchange], contract: Contract, tally: Tally) -> bool:
    """Recorders leave credentials out: where nobody ever sent any, nobody is blamed for it."""
    if rule.name not in {"auth/required", "requests/credentials-sent"}:
        return False
    closed = [one for one in History(contract, whole).calls if not one.operation.is_open]
    if any(carries(contract, one) for one in closed) or not any(one.is_success for one in closed):
        return False
    tally.excuse(rule.name, "the recording has no credentials at all: its recorder left them out")
    return True


def _but_hidden(verdict: Verdict) -> Verdict:
    """Blame nobody for the form of what a recorder has masked."""
    if verdict.outcome != "broken":
        return verdict
    return Verdict.of(verdict.rule, (one for one in verdict.violations if not _is_masked(one)))


def _is_masked(one: Violation) -> bool:
    return any(isinstance(value, str) and HIDDEN in value for value in (one.got, one.expected))


def _has_masks(one: Exchange) -> bool:
    return HIDDEN in one.path or HIDDEN.encode() in one.request_body


def _blurred(limits: Iterable[LimitTerm], rule: str) -> Iterator[LimitTerm]:
    """Allow for what the way to the server does to the edges of a window."""
    for term in limits:
        if term.seconds:
            seconds = term.seconds + BLURRED if rule == "limits/never-under" else max(term.seconds - BLURRED, 0.0)
            yield replace(term, seconds=seconds)


def _credentials(contract: Contract) -> set[str]:
    schemes = contract.document.get("components", {}).get("securitySchemes", {}).values()
    return {"authorization", "cookie", *(one["name"].lower() for one in schemes if one.get("in") == "header")}


def _secrets(shares: Iterable[Share]) -> set[str]:
    headers = (one.request_headers for share in shares for one in share.exchanges)
    return {value for pairs in headers for name, value in pairs.items() if HEADER.search(name)}


def _seen(shares: Sequence[Share]) -> str:
    count = sum(len(share.exchanges) for share in shares)
    cut = sum(one.is_cut for share in shares for one in share.exchanges)
    return f"{count} answers" + (f", {cut} of them not whole" if cut else "")


def _shown(verdict: Verdict, masked: Masked) -> Verdict:
    return replace(verdict, violations=tuple(map(masked.violation, verdict.violations)))
