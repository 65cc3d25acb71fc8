"""Judging a server: driven by Schemathesis, called in scenes and stories, and held to what its cloud documents."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from offair.contracts.checks.catalogue import judge_exchanges, listening
from offair.contracts.checks.chat import judge_gathering
from offair.contracts.checks.check import Check
from offair.contracts.checks.driven import DRIVEN
from offair.contracts.checks.gathering import RoomRule
from offair.contracts.checks.media.report import SUBJECTS as MEDIA
from offair.contracts.checks.media.rule import Rule
from offair.contracts.choosing import choose_rules
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.limit import LimitTerm
from offair.contracts.masking import Masked
from offair.contracts.report import Report
from offair.contracts.rulebook import EXCHANGES, SERVER_RULES
from offair.contracts.server.calling import US, Caller
from offair.contracts.server.depth import EFFORTS, Depth
from offair.contracts.server.tally import Tally
from offair.contracts.server.target import Target, UnreachableError
from offair.contracts.server.tidying import Traces
from offair.contracts.verdict import Verdict

SEED = 1
PATIENT = 401
UNHEARD = "what the server calls is not seen (a stand-in at --url with --control, on this machine or with --hooks-at)"
UNENTERED = "no room could be entered (--header 'Authorization: Bearer TOKEN')"
UNTOLD = "no request tells the server whom it calls"


def check_server(
    contract: Contract,
    target: Target,
    *,
    depth: Depth = "ci",
    seed: int | None = None,
    only: Collection[str] = (),
    ignore: Collection[str] = (),
    limits: Iterable[LimitTerm] = (),
) -> Report:
    """Judge a server by what its cloud documents, and by further ``limits``, which are binding.

    The same ``seed`` finds the same. Raises ValueError for the name of no rule, and UnreachableError where nothing
    answers. Ctrl-C ends it with the report so far, and says so in ``seen``.
    """
    rules = choose_rules(SERVER_RULES, only=only, ignore=ignore)
    checks = tuple(rule for rule in rules if isinstance(rule, Check))
    if target.advance is None:  # a clock that is not ours may be some seconds off, and nobody promises that it is not
        checks = tuple(one for one in checks if one.subject != "clock")
    if target.hooks is not None:
        checks = listening(checks, target.hooks.url, target.hook_secret or "")
    further = tuple(limits)
    named = {term.subject for term in further}
    contract = replace(contract, limits=(*(one for one in contract.limits if one.subject not in named), *further))
    caller, drawn = Caller(contract, target), SEED if seed is None else seed
    traces = Traces(caller)
    tally = Tally(rules, traces.note)
    is_whole = True
    try:
        _knock(caller, tally, checks)
        _perform(caller, depth, checks, tally, seed=drawn)
        _gather(caller, tuple(rule for rule in rules if isinstance(rule, RoomRule)), _silent(checks), tally)
        _play(caller, tuple(rule for rule in rules if isinstance(rule, Rule)), _silent(checks), tally)
    except KeyboardInterrupt:
        is_whole = False
    finally:
        traces.clear()
        caller.close()
    return _report(caller, tally, drawn, is_whole=is_whole)


def _perform(caller: Caller, depth: Depth, checks: tuple[Check, ...], tally: Tally, *, seed: int) -> None:
    """Scenes first: they are short, and what they find needs no example to be made small."""
    from offair.contracts.server.driving import drive
    from offair.contracts.server.listening import called
    from offair.contracts.server.scenes import FOR, SCENES
    from offair.contracts.server.seeding import by_seed_alone
    from offair.contracts.server.stories import tell

    effort, target = EFFORTS[depth], caller.target
    begin = None if target.snapshot is None else target.snapshot()
    silent = _silent(checks)
    subjects = {one.subject for one in checks}
    for scene in SCENES:
        if not subjects & FOR.get(scene, subjects):
            continue
        with tally.going_on(f"the scene {scene.__name__!r}"):
            _hear(caller, scene(caller), checks if scene is called else silent, tally)
        if begin is not None and target.restore is not None:
            target.restore(begin)
    with tally.going_on("the telling of stories"), by_seed_alone():
        tell(caller, effort, checks, tally, drawn=seed)
    if begin is not None and target.restore is not None:
        target.restore(begin)
    driven = {one.name for one in DRIVEN.values()}
    fresh = [rule for rule in tally.rules if rule.name not in tally.broken]
    if any(rule.name in driven or rule.subject in {"answer", "requests"} for rule in fresh):
        with tally.going_on("the driving by Schemathesis"), by_seed_alone():
            drive(caller, effort, checks, tally, seed=seed)
        if begin is not None and target.restore is not None:
            target.restore(begin)


def _play(caller: Caller, rules: tuple[Rule, ...], checks: tuple[Check, ...], tally: Tally) -> None:
    """Watch real media, last of all: it takes as long as it takes, and nothing that is drawn grows from it."""
    from offair.contracts.server.playing import played

    target = caller.target
    if not rules or target.broadcast is None or target.watch is None:
        return
    begin = None if target.snapshot is None else target.snapshot()
    log, verdicts = played(caller, rules)
    _hear(caller, log, checks, tally)
    tally.add(verdicts)
    if begin is not None and target.restore is not None:
        target.restore(begin)


def _gather(caller: Caller, rules: tuple[RoomRule, ...], checks: tuple[Check, ...], tally: Tally) -> None:
    """Meet in the cloud's rooms."""
    from offair.contracts.server.gathering import gathered

    target = caller.target
    if not rules or target.dial is None or not caller.contract.sockets:
        return
    begin = None if target.snapshot is None else target.snapshot()
    log, gatherings = gathered(caller)
    for rule in rules if not gatherings else ():
        tally.excuse(rule.name, UNENTERED)
    _hear(caller, log, checks, tally)
    for one in gatherings:
        tally.add(judge_gathering(caller.contract, one, rules))
    if begin is not None and target.restore is not None:
        target.restore(begin)


def _silent(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Leave out what judges hooks, for where nobody waits for what is told."""
    return tuple(one for one in checks if one.subject != "webhooks")


def _hear(caller: Caller, log: list[Exchange], checks: tuple[Check, ...], tally: Tally) -> None:
    tally.note(log)
    tally.add(judge_exchanges(caller.contract, log, checks, root=caller.root))


def _knock(caller: Caller, tally: Tally, checks: tuple[Check, ...]) -> None:
    """See that somebody is there and lets us in, before anything is judged."""
    plain = [one for one in caller.contract.operations.values() if one.method == "GET" and "{" not in one.path]
    guarded = next((one for one in plain if not one.is_open), None)
    for operation in [one for one in (guarded, *plain[:1]) if one is not None][:1]:
        path = caller.contract.base_path + operation.path
        answer = caller.ask("GET", path, headers=caller.target.headers, who=US)
        if answer.status == PATIENT and operation is guarded:
            raise UnreachableError(
                f"{caller.target.base_url} refuses the credentials: GET {path} is answered 401; "
                "give good ones with --header 'NAME: VALUE'"
            )
        _hear(caller, [answer], checks, tally)


def _report(caller: Caller, tally: Tally, seed: int, *, is_whole: bool) -> Report:
    _excuse(caller.contract, caller.target, tally)
    masked = Masked({*caller.secrets, *caller.target.headers.values()})
    verdicts = tuple(_shown(verdict, masked) for verdict in tally.verdicts())
    return Report(
        kind="server",
        target=caller.target.base_url,
        verdicts=verdicts,
        seed=seed,
        seen="; ".join((f"{tally.seen} answers{'' if is_whole else ', broken off'}", *tally.failures)),
        is_broken_off=not is_whole,
        titles={**EXCHANGES, **MEDIA},
        exchanges=tuple(map(masked.exchange, tally.exchanges)),
    )


def _excuse(contract: Contract, target: Target, tally: Tally) -> None:
    """Say of the rules that were not judged what the target cannot do."""
    for rule in tally.rules:
        if rule.subject == "tenants" and not target.others:
            tally.excuse(rule.name, "no other tenant's credentials are known (--other-header)")
        elif target.is_read_only and rule.subject in {"lifecycle", "tenants", "limits", "chat"}:
            tally.excuse(rule.name, "the server is only read (--write makes and removes things of its own)")
        elif rule.subject == "clock" and target.advance is None:
            tally.excuse(rule.name, "the server's clock is not ours (--control)")
        elif rule.subject == "chat" and (target.dial is None or not contract.sockets):
            tally.excuse(rule.name, "no room was entered" if contract.sockets else "the cloud documents no sockets")
        elif rule.subject == "webhooks" and target.hooks is None:
            tally.excuse(rule.name, UNHEARD if contract.registrations else UNTOLD)
        elif rule.subject in MEDIA and target.broadcast is None:
            tally.excuse(rule.name, "nothing real is on air (--media real)")
        elif rule.name == "lifecycle/stopped-rests" and (target.simulate is None or target.advance is None):
            tally.excuse(rule.name, "nothing can be put on air, or the server's clock is not ours (--control)")
        elif rule.name == DRIVEN["ignored_auth"].name and target.application is not None:
            tally.excuse(rule.name, "asked by auth/required and auth/known where the server is in this process")


def _shown(verdict: Verdict, masked: Masked) -> Verdict:
    return replace(verdict, violations=tuple(map(masked.violation, verdict.violations)))
