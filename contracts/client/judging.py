"""Judging a client: it does its job, on a good day first, and then again and again while its cloud misbehaves."""

import inspect
from collections.abc import Callable, Collection, Iterator
from typing import Any

from offair.contracts.checks.asked import ASKED
from offair.contracts.choosing import choose_rules, names_of
from offair.contracts.claim import Claim
from offair.contracts.client.counterpart import Counterpart
from offair.contracts.client.drill import Drill
from offair.contracts.client.drills.catalogue import DRILLS
from offair.contracts.client.finding import every_called
from offair.contracts.client.pace import followed
from offair.contracts.client.program import Ended, FailedError, GaveUpError
from offair.contracts.client.rules import CLIENT, GOOD_DAY
from offair.contracts.client.stage import Performer, Played, Stage, told
from offair.contracts.client.taking import claim_of, judge_requests, take
from offair.contracts.contract import Contract
from offair.contracts.masking import Masked
from offair.contracts.report import Report
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

SEED = 1


def check_client(
    cloud: Counterpart,
    use: Callable[[], Any],
    *,
    raises: type[BaseException] | Collection[type[BaseException]] = (),
    drills: Collection[str] | None = None,
    examples: int = 100,
    seed: int | None = None,
    deadline: float = 10.0,
    only: Collection[str] = (),
    ignore: Collection[str] = (),
) -> Report:
    """Judge a client by what its cloud documents. ``use`` does its job, sync or async, through any HTTP library.

    ``raises`` are the client's own errors, TypeError for what is none. ``drills`` None means all; each operation gets
    ``examples`` answers at most, and each situation ``deadline`` real seconds. ValueError names a rule or drill that
    there is not, and the nearest.
    Ctrl-C ends it with the report so far.
    """
    performer = Performer(use=use, raises=_errors(raises), deadline=deadline)
    with followed():
        return _report(cloud, performer, _wanted(cloud, only, ignore), drills=drills, examples=examples, seed=seed)


def check_program(
    cloud: Counterpart,
    run: Callable[[], Ended],
    *,
    gives_up: Collection[int] = (),
    stop: Callable[[], None] = lambda: None,
    drills: Collection[str] | None = None,
    examples: int = 20,
    seed: int | None = None,
    deadline: float = 30.0,
    only: Collection[str] = (),
    ignore: Collection[str] = (),
) -> Report:
    """Judge a client that is a program: ``run`` runs it once, to its end, and ``stop`` ends it sooner.

    It exits with 0 where its cloud documents a success, and else with a code of ``gives_up``, or any where it is empty.
    Time is real. TypeError for a ``run`` that cannot be called. All else is as of ``check_client``.
    """
    fault = _fault_of_call(run)
    if fault is not None:
        raise TypeError(f"run {fault}, and gives an Ended: its exit code, and its last words")

    def use() -> None:
        ended = run()
        if ended.code:
            is_own = ended.code > 0 and (not gives_up or ended.code in gives_up)
            raise (GaveUpError if is_own else FailedError)(ended)

    performer = Performer(use=use, raises=(GaveUpError,), deadline=deadline, is_program=True, stop=stop)
    return _report(cloud, performer, _wanted(cloud, only, ignore), drills=drills, examples=examples, seed=seed)


def rules_of(promise: Contract) -> tuple[Claim, ...]:
    """List what a client of one cloud is judged by: a rule for the answers of each operation too."""
    return (GOOD_DAY, *ASKED, *map(claim_of, every_called(promise)), *DRILLS)


def _wanted(cloud: Counterpart, only: Collection[str], ignore: Collection[str]) -> set[str]:
    return {one.name for one in choose_rules(rules_of(cloud.promise), only=only, ignore=ignore)}


def chosen_drills(names: Collection[str] | None) -> tuple[Drill, ...]:
    """The drills of these names, with or without their subject; None means all, ValueError names the nearest."""
    if names is None:
        return DRILLS
    only = [f"drills/{name.removeprefix('drills/')}" for name in names_of(names)]
    return choose_rules(DRILLS, only=only) if only else ()


def _report(
    cloud: Counterpart,
    performer: Performer,
    wanted: Collection[str],
    *,
    drills: Collection[str] | None,
    examples: int,
    seed: int | None,
) -> Report:
    practised, drawn = chosen_drills(drills), SEED if seed is None else seed
    verdicts: list[Verdict] = []
    is_whole = True
    with Stage(cloud, performer) as stage:
        try:
            for verdict in _judged(stage, practised, wanted, examples=examples, seed=drawn):
                verdicts.append(verdict)  # noqa: PERF402 - what was judged before Ctrl-C is told
        except KeyboardInterrupt:
            is_whole = False
    masked = Masked({*cloud.headers.values()})
    return Report(
        kind="client",
        target=f"a client of {cloud.promise.title}",
        verdicts=tuple(_shown(verdict, masked) for verdict in verdicts if verdict.rule.name in wanted),
        seed=drawn,
        seen=f"{stage.situations} situations{'' if is_whole else ', broken off'}",
        is_broken_off=not is_whole,
        titles=CLIENT,
    )


def _judged(
    stage: Stage, drills: Collection[Drill], wanted: Collection[str], *, examples: int, seed: int
) -> Iterator[Verdict]:
    fault = _fault_of_call(stage.performer.use) or _meet(stage)
    yield Verdict.of(GOOD_DAY, [] if fault is None else [_violation(fault)])
    if stage.good.heard and any(rule.name in wanted for rule in ASKED):
        yield from judge_requests(stage, stage.first.heard + stage.good.heard)
    if fault is not None:
        rules = (*(() if stage.good.heard else ASKED), *drills)
        yield from (Verdict(rule, "not judged", why="the good day already failed") for rule in rules)
        return
    for called in stage.called:
        if claim_of(called).name in wanted:
            yield take(stage, called, examples=examples, seed=seed)
    for drill in drills:
        if drill.name in wanted:
            yield drill.judge(stage)


def _errors(raises: Any) -> tuple[type[BaseException], ...]:
    named = tuple(raises) if isinstance(raises, Collection) and not isinstance(raises, str) else (raises,)
    strange = next((one for one in named if not (isinstance(one, type) and issubclass(one, BaseException))), None)
    if strange is not None:
        raise TypeError(f"raises has {strange!r}; name the client's own exception classes, as in raises=(MyError,)")
    return named


def _fault_of_call(use: Any) -> str | None:
    """Say why what was given cannot be called."""
    if inspect.iscoroutine(use):
        use.close()
        return "is a coroutine, which runs once; give the function that makes it, without calling it"
    if not callable(use):
        return f"is no function but a {type(use).__name__}; give one that does the client's job, without arguments"
    if inspect.isgeneratorfunction(use) or inspect.isasyncgenfunction(use):
        return "is a generator, which does nothing by being called; give a function that does the job to its end"
    try:
        needed = inspect.signature(use).parameters.values()
    except (TypeError, ValueError):  # some functions of C tell nothing
        return None
    missing = [one.name for one in needed if one.default is one.empty and one.kind in POSITIONAL]
    if not missing:
        return None
    return f"needs arguments ({', '.join(missing)}); give a function without, as in lambda: client.sync(…)"


POSITIONAL = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.KEYWORD_ONLY,
)


def _meet(stage: Stage) -> str | None:
    """Let the client do its job on good days; say what is wrong with how it does, None where nothing is.

    What the first day leaves there stays for the others, credentials for instance that the client keeps; unless it is
    in the way of the second.
    """
    stage.first = stage.good = stage.play(is_kept=True)
    fault = _fault_of_day(stage, stage.first)
    if fault is not None:
        return fault
    again = stage.play()
    if _fault_of_day(stage, again) is not None or _refusals(again) - _refusals(stage.first):
        stage.begin_anew()
        again = stage.play()
    stage.good = again if again.heard else stage.first
    fault = _fault_of_day(stage, stage.good)
    if fault is None:
        stage.look_for_crowds()
    return fault


def _refusals(day: Played) -> set[tuple[str, int]]:
    return {(call.name, call.exchange.status) for call in day.heard if not call.is_success}


def _fault_of_day(stage: Stage, day: Played) -> str | None:
    if day.outcome.ending == "raised" and day.outcome.error is not None:
        error = day.outcome.error
        said = str(error) if stage.performer.is_program else f"raises {told(error)}"
        return f"fails on a good day: it {said}{_after(day)}"
    ending = stage.complaint(day)
    if ending is not None:
        return f"fails on a good day: it {ending}"
    where = f"{stage.cloud.base_url} or the production address, which the double answers"
    return None if day.heard else f"makes no request: {_hint(stage, day)}nothing was asked at {where}"


def _after(day: Played) -> str:
    """Say what a client was answered last before it failed."""
    if not day.heard or not day.heard[-1].exchange.status:
        return ""
    last = day.heard[-1]
    bare = "" if last.exchange.response_body else ", which has no body"
    return f", after {last.name} was answered {last.exchange.status}{bare}"


def _hint(stage: Stage, day: Played) -> str:
    """Say what may be the reason that a client asks nothing."""
    if inspect.isgenerator(day.outcome.value) or inspect.isasyncgen(day.outcome.value):
        return "what it gives is a generator, which does nothing until somebody reads it; "
    return "it is a class, and only makes an object; " if inspect.isclass(stage.performer.use) else ""


def _violation(fault: str) -> Violation:
    return Violation(rule="good-day", where="the client", message=fault, source=GOOD_DAY.source)


def _shown(verdict: Verdict, masked: Masked) -> Verdict:
    shown = tuple(map(masked.violation, verdict.violations))
    return Verdict(verdict.rule, verdict.outcome, shown, verdict.why, verdict.known)
