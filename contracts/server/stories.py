"""Stories: what two tenants do with things in any order, drawn by Hypothesis, and judged as one history."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, precondition, rule, run_state_machine_as_test

from offair.contracts.checks.catalogue import judge_exchanges
from offair.contracts.checks.check import Check
from offair.contracts.exchange import Exchange
from offair.contracts.server.actors import Actor, Made
from offair.contracts.server.calling import US, Caller
from offair.contracts.server.depth import Effort
from offair.contracts.server.kinds import Kind
from offair.contracts.server.tally import Tally

SUBJECTS = frozenset({"answer", "requests", "auth", "lifecycle", "tenants", "reads", "pages", "clock", "limits"})
ROUNDS = 8  # stories are told again, without the rules that are broken already, until nothing new is found
AT_ONCE = 100  # stories: Hypothesis remembers all that it has drawn for as long as it draws
OTHER = "another 1"
MOMENT, SOON, LATER = 0.01, 1.0, 15.0  # cloud seconds


class BrokenStoryError(AssertionError):
    """A story in which rules were broken that nobody knew of before."""


def tell(caller: Caller, effort: Effort, checks: tuple[Check, ...], tally: Tally, *, drawn: int) -> None:
    """Tell stories and count what became of the rules; what breaks one is told again as short as it can be."""
    subjects = SUBJECTS if caller.target.restore is not None else SUBJECTS - {"limits"}  # then others were counted too
    meant = tuple(one for one in checks if one.subject in subjects and one.name not in tally.broken)
    if not caller.kinds or not meant or caller.target.is_read_only:
        return
    begin = None if caller.target.snapshot is None else caller.target.snapshot()
    for told in range(0, effort.stories, AT_ONCE):
        some = replace(effort, stories=min(AT_ONCE, effort.stories - told))
        meant = _tell_some(caller, begin, some, meant, tally, drawn=drawn + told)
        if not meant:
            return


def _tell_some(
    caller: Caller, begin: Any, effort: Effort, meant: tuple[Check, ...], tally: Tally, *, drawn: int
) -> tuple[Check, ...]:
    """Tell stories by some rules, each from the ``begin`` on, and give the rules that were not broken."""
    with_settings = settings(
        max_examples=effort.stories,
        stateful_step_count=effort.steps,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    for _ in range(ROUNDS):
        try:
            run_state_machine_as_test(seed(drawn)(_machine(caller, begin, meant, tally)), settings=with_settings)
        except (BrokenStoryError, Flaky):  # who fails now and then has broken what it has broken
            meant = tuple(one for one in meant if one.name not in tally.broken)
        else:
            break
    return meant


def _machine(caller: Caller, begin: Any, checks: tuple[Check, ...], tally: Tally) -> Any:
    target, found = caller.target, caller.kinds

    class Story(RuleBasedStateMachine):
        things: Any = Bundle("things")

        def __init__(self) -> None:
            super().__init__()
            if begin is not None and target.restore is not None:
                target.restore(begin)
            self.log: list[Exchange] = []
            self.actors = [Actor(caller, target.headers, self.log, US)]
            self.actors += [Actor(caller, headers, self.log, OTHER) for headers in target.others[:1]]
            self.left: dict[str, Made] = {}

        @rule(target=things, kind=st.sampled_from(found), body=st.integers(0, 3), who=st.integers(0, 1))
        def make(self, kind: Kind, body: int, who: int) -> Any:
            made = self._actor(who).make(kind, body)
            if made is None:
                return multiple()
            self.left[made.path] = made
            return made

        @rule(made=things, who=st.integers(0, 1), times=st.integers(1, 2))
        def look(self, made: Made, who: int, times: int) -> None:
            for _ in range(times):
                self._actor(who).look(made)

        @rule(kind=st.sampled_from(found), who=st.integers(0, 1))
        def list_all(self, kind: Kind, who: int) -> None:
            self._actor(who).list(kind)

        @rule(kind=st.sampled_from(found), size=st.integers(1, 3))
        def list_pages(self, kind: Kind, size: int) -> None:
            self._actor(0).list(kind, 0, 50)
            for page in range(4):
                self._actor(0).list(kind, page, size)

        @rule(made=things, which=st.integers(0, 5), who=st.integers(0, 1))
        def act(self, made: Made, which: int, who: int) -> None:
            if made.kind.acts:
                self._actor(who).act(made, made.kind.acts[which % len(made.kind.acts)])

        @rule(made=things, who=st.integers(0, 1))
        def delete(self, made: Made, who: int) -> None:
            self._actor(who).delete(made)

        @rule(made=things)
        def clear(self, made: Made) -> None:
            self._actor(0).list(made.kind)
            self._actor(0).clear(made)
            self._actor(0).look(made)
            self._actor(0).list(made.kind)

        @precondition(lambda _self: target.advance is not None)
        @rule(seconds=st.sampled_from((SOON, LATER)))
        def wait(self, seconds: float) -> None:
            _called(target.advance)(seconds)

        @precondition(lambda _self: target.simulate is not None)
        @rule(made=things, to=st.sampled_from(("live", "ended")))
        def publish(self, made: Made, to: str) -> None:
            self._go(made, to)

        @precondition(lambda _self: target.simulate is not None and target.advance is not None)
        @rule(made=things)
        def stop_on_air(self, made: Made) -> None:
            self._go(made, "live")
            for act in made.kind.stops:
                self._actor(0).look(made)
                self._actor(0).act(made, act)
                _called(target.advance)(LATER)
                self._actor(0).look(made)

        def teardown(self) -> None:
            if target.restore is None:
                for made in self.left.values():
                    self._actor(0 if made.who == US else 1).clear(made)
            tally.note(self.log)
            verdicts = judge_exchanges(caller.contract, self.log, checks, root=caller.root)
            tally.add(verdicts)
            names = sorted(one.rule.name for one in verdicts if one.outcome == "broken")
            if names:
                raise BrokenStoryError(f"broken: {', '.join(names)}")

        def _go(self, made: Made, to: str) -> None:
            """Change what no request of ours changes: looked at before and after, so that the history tells."""
            self._actor(0).look(made)
            _called(target.simulate)(made.id, to)
            if target.advance is not None:
                target.advance(MOMENT)
            self._actor(0).look(made)

        def _actor(self, who: int) -> Actor:
            return self.actors[who % len(self.actors)]

    return Story


def _called(function: Callable[..., Any] | None) -> Callable[..., Any]:
    if function is None:
        raise RuntimeError("the target cannot do what a precondition asks for")
    return function
