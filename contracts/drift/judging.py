"""Judging a real cloud's drift: what it answers is compared with its contract, and with what the stand-in answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from offair.contracts.choosing import choose_rules
from offair.contracts.claim import Claim
from offair.contracts.contract import Contract
from offair.contracts.drift.observing import Change, compare_shapes, observe, shapes
from offair.contracts.drift.reading import read_safely
from offair.contracts.exchange import Exchange, header
from offair.contracts.masking import Masked
from offair.contracts.report import Report
from offair.contracts.server.actors import Actor
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import kinds
from offair.contracts.server.tally import Tally
from offair.contracts.server.target import Target, UnreachableError

DOCUMENT = "the contract"
BESIDE = "drift/stand-in"
DRIFT_RULES: tuple[Claim, ...] = (
    Claim(name="drift/status", source=DOCUMENT, claim="The cloud answers with the statuses that the contract has."),
    Claim(name="drift/type", source=DOCUMENT, claim="Its answers are of the media types that the contract has."),
    Claim(name="drift/body", source=DOCUMENT, claim="Its answers keep the schemas of the contract."),
    Claim(name="drift/member", source=DOCUMENT, strength="should",
          claim="Its answers have no members that the contract does not know."),
    Claim(name=BESIDE, source="the stand-in's own answers", strength="should",
          claim="What it answers has no member that the stand-in leaves out."),
)  # fmt: skip
DRIFT: Mapping[str, str] = {"drift": "How far the real cloud has moved"}


@dataclass(frozen=True, slots=True)
class Drifted:
    """The report, what the contract could say instead, and where and on which day (if the cloud tells) it was seen."""

    report: Report
    changes: tuple[Change, ...]
    seen_at: str
    seen_on: str


def check_drift(
    contract: Contract,
    real: Target,
    stand_in: Target | None = None,
    *,
    only: Collection[str] = (),
    ignore: Collection[str] = (),
) -> Drifted:
    """Read what the real cloud lets this tenant read, and compare. Nothing is asked but GET.

    Of the ``stand_in`` one thing of each kind is made, so that it has something to show. Ctrl-C ends it with the report
    so far. UnreachableError where nobody
    answers or the credentials are refused; ValueError for the name of no rule.
    """
    rules = choose_rules(DRIFT_RULES, only=only, ignore=ignore)
    caller, tally, changes = Caller(contract, real), Tally(rules), list[Change]()
    log, is_whole = list[Exchange](), True
    try:
        log.extend(read_safely(caller))  # what came before Ctrl-C stays
    except KeyboardInterrupt:
        is_whole = False
    finally:
        caller.close()
    if is_whole and not log:
        raise UnreachableError(f"{contract.title} documents nothing that can be read without knowing an id")
    tally.note(log)
    played = {} if stand_in is None else shapes(contract, _played(contract, stand_in))
    found = list(observe(contract, log, caller.root, played))
    new = {(one.change.operation, one.change.place) for one in found if one.change is not None}
    beside = compare_shapes(contract, log, caller.root, played, new)
    for rule in rules:
        if rule.name != BESIDE:
            tally.keep(rule.name)
    tally.excuse(BESIDE, "no stand-in was asked" if stand_in is None else "nothing was answered by both")
    by_name = {rule.name: rule for rule in rules}
    for one in (*found, *beside):
        if one is None:
            tally.keep(BESIDE)
        elif one.rule in by_name:
            tally.breach(by_name[one.rule], one.violation)
            if one.change is not None and one.change not in changes:
                changes.append(one.change)
    masked = Masked({*caller.secrets, *real.headers.values()})
    verdicts = (replace(one, violations=tuple(map(masked.violation, one.violations))) for one in tally.verdicts())
    report = Report(
        kind="drift",
        target=real.base_url,
        verdicts=tuple(verdicts),
        seen=f"{len(log)} answers, all of GET{'' if is_whole else '; broken off'}",
        is_broken_off=not is_whole,
        titles=DRIFT,
        exchanges=tuple(map(masked.exchange, log)),
    )
    return Drifted(report, tuple(changes), real.base_url, _date(log))


def _played(contract: Contract, stand_in: Target) -> list[Exchange]:
    """What the stand-in answers with one thing of each kind, and all of them looked at."""
    caller = Caller(contract, stand_in)
    actor = Actor(caller, stand_in.headers, [])
    for kind in kinds(contract):
        for place in range(max(1, len(kind.bodies))):
            actor.make(kind, place)
    try:
        return list(read_safely(caller, most=len(actor.log)))
    finally:
        caller.close()


def _date(log: list[Exchange]) -> str:
    """The day that the cloud says it is (RFC 9110 section 6.6.1): ``29 Nov 2026``."""
    said = next((found for one in log if (found := header(one.response_headers, "Date"))), "")
    return " ".join(said.split()[1:4])
