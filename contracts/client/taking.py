"""How a client takes each answer that is documented: its job goes on, or it says why not in words of its own."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count, zip_longest
from typing import Any

from offair.contracts.checks.asked import ASKED
from offair.contracts.checks.catalogue import judge_exchanges
from offair.contracts.claim import Claim
from offair.contracts.client.answers import TOO_MANY, Answer, departed, statuses_of, table, together
from offair.contracts.client.finding import Called
from offair.contracts.client.repeats import hurry, insistence
from offair.contracts.client.results import tells_of_failure
from offair.contracts.client.stage import Played, Stage
from offair.contracts.client.tape import Heard
from offair.contracts.departures import Departure
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Grade, Violation

SOURCE = "the cloud's document"
GONE = frozenset({404, 410})  # RFC 9110 sections 15.5.5 and 15.5.11: what is gone needs nothing more
PERHAPS_DONE = 500  # section 15.6: a server that fails may have done it
ALREADY = 409  # section 15.5.10: it is as it was wanted, perhaps
STATES = (("state",), ("status",))  # whose words clients know some of
SHARES = 2  # that words of a state have, where others have one
TIMES = ("", " (the second time it is asked)", " (the third time it is asked)")
LATER = 4  # one in so many answers is played to a later call
STEPS = 7, 13  # what is put together in one answer lies so far apart


def claim_of(called: Called) -> Claim:
    """The rule that a client keeps for one operation."""
    what = f"What {called.operation.key} may answer is taken, or refused in an error of the client's own."
    return Claim(name=f"answers/{called.name}", source=SOURCE, claim=what)


def take(stage: Stage, called: Called, *, examples: int, seed: int) -> Verdict:
    """Judge how a client takes the answers of one operation, ``examples`` of them at most."""
    rule = claim_of(called)
    found: dict[str, list[Violation]] = {}
    met = 0
    answers = chosen(called, _good(stage, called), examples=examples, seed=seed)
    for one, nth in placed(answers, len(stage.good.of(called.name)), examples):
        if one.departures[1:] and found:
            break  # several at once tell nothing new where one is too much
        # a refusal stays one, but for that of who asked too often
        played = stage.play(one.once(nth) if one.is_success or one.status == TOO_MANY else one.always())
        if not played.was_met:
            continue
        met += 1
        message, grade = complaint(stage, played, one), one.grade
        if message is None:
            message, grade = insistence(played, stage.good, called), "inferred"
        if message is not None:
            found.setdefault(_kind(message), []).append(_violation(one, message, TIMES[nth], grade))
    if not met:
        return Verdict(rule, "not judged", why="none of its answers reached the client")
    return Verdict.of(rule, [_first(same) for same in found.values()])


def chosen(called: Called, good: Any, *, examples: int, seed: int) -> list[Answer]:
    """List answers: every documented error, then what departs from a good day's answer in one place, then in more."""
    success = [status for status in statuses_of(called) if status < 400]
    errors = [one for code in statuses_of(called) if code >= 400 for one in table(called, code) if not one.departures]
    if good is None:
        single = [one for code in success for one in table(called, code) if one.departures]
    else:
        single = list(departed(called, *good))
    single = [one for one in single if one.grade == "documented"]
    single = _mixed(single)
    both = [together([single[n * STEPS[0] % len(single)], single[(n * STEPS[1] + seed) % len(single)]])
            for n in range(min(examples, len(single)))]  # fmt: skip
    mixed = [one for one in both if one.departures[1:]]
    return [*errors, *single, *mixed]


def placed(answers: Sequence[Answer], calls: int, examples: int) -> list[tuple[Answer, int]]:
    """Choose ``examples`` of the answers, and every error, and say which call of the operation each answers.

    What one does with a later call is seldom what it does with the first: a share is played to those, states first.
    """
    errors = [one for one in answers if not one.departures]
    single = [one for one in answers if len(one.departures) == 1]
    states_first = sorted(single, key=lambda one: one.departures[0].path[-1:] not in STATES)
    later = [(one, nth) for one in states_first for nth in range(1, min(calls, len(TIMES)))]
    first = [(one, 0) for one in answers]
    share = min(len(later), examples // LATER)
    begin = max(len(errors), min(len(errors) + len(single), examples - share))
    return [*first[:begin], *later[:share], *first[begin:]][: max(examples, len(errors))]


def _mixed(single: list[Answer]) -> list[Answer]:
    """Let each kind of stumbling block have its share of few answers; what lies on top and states go first."""
    by: dict[str, list[Answer]] = {}
    words = count()
    for one in sorted(single, key=lambda one: (len(one.departures[0].path), one.departures[0].path[-1:] not in STATES)):
        departure = one.departures[0]
        is_state = departure.kind == "value" and departure.path[-1:] in STATES
        by.setdefault(f"state {next(words) % SHARES}" if is_state else _block(departure), []).append(one)
    return [one for turn in zip_longest(*by.values()) for one in turn if one is not None]


def _block(one: Departure) -> str:
    """What clients stumble over: what is not there, a word or a number that they did not expect, something new."""
    return type(one.value).__name__ if one.kind == "value" else one.kind


def complaint(stage: Stage, played: Played, answer: Answer) -> str | None:
    """Say what a client does wrong with an answer: it crashes, hangs, repeats itself, or takes an error for success."""
    is_error = not answer.is_success
    told = stage.complaint(played, is_error=is_error)
    if told is not None:
        return told
    if is_error and not _is_told(stage, played, answer):
        how = "exits with 0" if stage.performer.is_program else "raises nothing"
        return f"goes on as if it had succeeded: it {how}, and does not ask again"
    hurried, how = hurry(played, answer.called)
    if is_error and hurried is not None and how == "documented" and hurry(stage.good, answer.called)[0] is None:
        return f"{hurried}, though it was refused"
    strange = _asked_strangely(stage, played)
    return f"asks for what is not documented then: {strange}" if strange else None


def _is_told(stage: Stage, played: Played, answer: Answer) -> bool:
    """Somebody hears of an error: by an exception, by another result, or it was made good by asking again."""
    outcome, good = played.outcome, stage.good.outcome.value
    calls = played.of(answer.called.name)
    first = next((place for place, call in enumerate(calls) if call.is_played), len(calls))
    is_repeated = any(call.is_success for call in calls[first + 1 :] if call.asks_as(calls[first]))
    is_looked_for = answer.status >= PERHAPS_DONE and any(_looks_there(call, calls[first:]) for call in played.heard)
    is_below = "{" in answer.called.operation.path
    is_expected = answer.status == ALREADY or (answer.status in GONE and is_below)
    is_other = isinstance(outcome.value, bool | int | None) and bool(outcome.value) != bool(good)
    is_failure = isinstance(outcome.value, BaseException) or (isinstance(outcome.value, int) and outcome.value != good)
    is_told = is_other or is_failure or tells_of_failure(outcome.value, good, answer)
    return outcome.ending == "raised" or is_repeated or is_looked_for or is_expected or is_told


def _looks_there(call: Heard, failed: Sequence[Heard]) -> bool:
    """It reads, after what failed and with success, what is at the same path: whether it was done after all."""
    is_later = bool(failed) and call.at >= failed[0].at
    reads = is_later and call.is_success and call.exchange.method == "GET"
    return reads and call.exchange.path.partition("?")[0] == failed[0].exchange.path


def _asked_strangely(stage: Stage, played: Played) -> str | None:
    """Name what is asked against the document here, and was not on a good day."""
    usual = {violation.rule + violation.place for violation in strange_requests(stage, stage.good)}
    fresh = (one for one in strange_requests(stage, played) if one.rule + one.place not in usual)
    found = next((one for one in fresh if one.grade == "documented" and one.rule not in TOLD), None)
    return None if found is None else f"{found.operation}, {found.place} {found.message}"


TOLD = frozenset({"credentials", "rate"})  # what follows from an answer that was played


def strange_requests(stage: Stage, played: Played) -> list[Violation]:
    """List what a client asked that is not as documented."""
    return [found for verdict in judge_requests(stage, played.heard) for found in verdict.violations]


def judge_requests(stage: Stage, heard: Sequence[Heard]) -> list[Verdict]:
    """Judge what a client asked, service by service, and put each rule's verdicts together."""
    whole = stage.cloud.promise
    by: dict[str, list[Exchange]] = {}
    for call in heard:
        headers = {name: text for name, text in call.exchange.request_headers.items() if name.lower() not in LIBRARYS}
        by.setdefault(call.exchange.title, []).append(replace(call.exchange, request_headers=headers))
    root = stage.cloud.base_url.removesuffix(whole.base_path)
    found = [
        judge_exchanges(({"": whole, **whole.services})[name], log, ASKED, root=None if name else root)
        for name, log in by.items()
    ]
    return [_joined(verdicts) for verdicts in zip(*(found or [judge_exchanges(whole, (), ASKED)]), strict=True)]


# what every HTTP library says by itself
LIBRARYS = frozenset({"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"})


def _joined(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict of several; what is wrong in the same way at the same place is told once."""
    seen = [one for one in verdicts if one.outcome != "not judged"]
    if not seen:
        return verdicts[0]
    found = chain.from_iterable(one.violations for one in seen)
    alike = {(one.operation, one.rule, one.place, one.message): one for one in found}
    return Verdict.of(verdicts[0].rule, alike.values())


def _good(stage: Stage, called: Called) -> tuple[int, Any] | None:
    """What the operation answered on a good day; None where it was no success, or no JSON."""
    for call in stage.good.of(called.name):
        if call.is_success and call.exchange.response_body:
            try:
                return call.exchange.status, parse(call.exchange.response_body)
            except NotJsonError:
                return None
    return None


def _violation(answer: Answer, message: str, when: str, grade: Grade) -> Violation:
    return Violation(
        rule="answer",
        where=f"{answer.called.name} {answer.status}",
        message=message,
        grade=grade,
        source=answer.called.operation.source,
        operation=answer.called.operation.key,
        reproduce=f"{answer}{when}",
    )


def _kind(message: str) -> str:
    """What makes two complaints the same: the error and its place, whatever its words."""
    name, _, place = message.partition(" at ")
    return f"{name.partition(':')[0]}{place}"


def _first(same: Sequence[Violation]) -> Violation:
    """The first of the answers that are taken in the same wrong way, which says how many there are."""
    one, others = same[0], len(same) - 1
    more = f" (and so with {others} other answers)" if others > 1 else f" (and so with {same[-1].reproduce})"
    return replace(one, message=one.message + (more if others else ""))
