"""Being told to wait: drills in which a cloud has no time for a client now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

from offair.contracts.checks.limits import terms_for
from offair.contracts.checks.seen import History
from offair.contracts.client.answers import TOO_MANY, Answer, refusal, schema_of
from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.departures import Departure
from offair.contracts.client.drill import again, breach, drill
from offair.contracts.client.finding import Called
from offair.contracts.client.stage import Played, Stage
from offair.contracts.client.tape import Heard, Respond
from offair.contracts.exchange import Exchange, header
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.pointer import Node, members, unfold
from offair.contracts.violation import Grade, Violation

TRIES = 3  # of a program, whose pauses are real
EDGE = 0.05  # seconds: clocks are read a moment before, or after
UNAVAILABLE = 503  # RFC 9110 section 15.6.4
SHORTEST = 0.1  # seconds between two tries, on the average, that are no hammering
PATIENT = 4  # so many pauses of the same length are no back-off
LIKE = 0.1
RETRY_AFTER = "RFC 9110 section 10.2.3; RFC 6585 section 4"
NOT_YET = ("processing", "pending", "queued", "transcoding", "uploading", "preparing", "created")
READY = ("ready", "completed", "published", "available", "done", "finished")


@drill(RETRY_AFTER, absent="no operation was called")
def retry_after(stage: Stage) -> Iterator[Violation | None]:
    """Who is told by Retry-After to wait does not ask for the same again before."""
    for called in stage.called:
        yield from _told_to_wait(stage, called, str(stage.wait))
        date = format_datetime(datetime.fromtimestamp(stage.cloud.now() + stage.wait, UTC), usegmt=True)
        yield from _told_to_wait(stage, called, date, is_date=True)


def _told_to_wait(stage: Stage, called: Called, value: str, *, is_date: bool = False) -> Iterator[Violation | None]:
    """A date is the header's other form: clouds seldom write it, so who cannot read it must only not crash."""
    answer = busy(called, {"Retry-After": value})
    played = stage.play(answer.once())
    if not played.was_met:
        return
    situation = f"{called.operation.operation_id} {answer.status}, Retry-After: {value}"
    told = stage.complaint(played, is_error=True)
    calls = played.of(called.name)
    first = next(call for call in calls if call.is_played)
    later = (call for call in calls if call.at > first.at and call.asks_as(first))
    early = next((call.at - first.at for call in later if call.at - first.at < stage.wait - EDGE), None)
    if early is not None and not is_date:
        told = f"asks again after {early:.1f} s, and was told to wait {stage.wait} s"
    grade: Grade = "inferred" if is_date else "documented"
    yield None if told is None else breach(called, told, situation=situation, grade=grade, source=RETRY_AFTER)


@drill("RFC 6585 section 4; RFC 9110 section 15.6.4", absent="no operation was called")
def backs_off(stage: Stage) -> Iterator[Violation | None]:
    """Who is refused again and again for asking too often waits between its tries, longer each time, and gives up."""
    for called in stage.called:
        answer = busy(called, {})
        played = stage.play(answer.always(TRIES if stage.performer.is_program else None))
        if not played.was_met:
            continue
        situation = f"{called.operation.operation_id} {answer.status} without Retry-After, each time"
        told = stage.complaint(played, is_error=True)
        hurry, grade = _hurry(played, called)
        if hurry is not None and played.outcome.ending in {"returned", "raised"}:
            yield breach(called, hurry, situation=situation, grade=grade)
        else:
            yield None if told is None else breach(called, told, situation=situation)


def _hurry(played: Played, called: Called) -> tuple[str | None, Grade]:
    for same in again(played.of(called.name)):
        gaps = [later.at - sooner.at for sooner, later in pairwise(same)]
        if len(gaps) > 1 and sum(gaps) < SHORTEST * len(gaps):
            return f"asks {len(same)} times within {sum(gaps):.1f} s", "documented"
        if len(gaps) >= PATIENT and max(gaps) - min(gaps) < LIKE * max(gaps):
            return f"waits {gaps[0]:.1f} s before each of {len(gaps)} tries, and never longer", "inferred"
    return None, "documented"


@drill("the cloud's limits; RFC 6585 section 4", absent="no rate is documented for what it calls")
def pace(stage: Stage) -> Iterator[Violation | None]:
    """Doing its job over and over, it asks no more in a window once it is told that its calls are used up."""
    contracts = {id(called.contract): called.contract for called in stage.called}.values()
    terms = [term for contract in contracts for term in terms_for(History(contract, ()))]
    for called in stage.called:
        meant = [t for t in terms if t.subject in {"*", called.operation.key, called.operation.operation_id}]
        for term in meant:
            allowed, seconds = term.allowed or 0, term.seconds or 0.0
            if stage.performer.is_program and seconds > stage.performer.deadline:
                continue  # it would really wait
            times = allowed // max(1, len(stage.good.of(called.name))) + 2
            played = stage.play(times=times, until=lambda call: call.exchange.status == TOO_MANY)
            calls = played.of(called.name)
            refused = next((call for call in calls if call.exchange.status == TOO_MANY), None)
            if refused is None:
                yield None
                continue
            said = header(refused.exchange.response_headers, "Retry-After") or ""
            wait = float(said) if said.isdigit() else seconds
            early = [c.at - refused.at for c in calls if 0 < c.at - refused.at < wait - EDGE]
            told = stage.complaint(played, is_error=True)
            if early:
                told = f"asks {len(early)} more times within {wait:g} s of being told that {allowed} are used up"
            situation = f"the job, {times} times in a row"
            yield None if told is None else breach(called, told, situation=situation, source=term.source)


@drill("what the cloud documents of things that are made ready", absent="it reads nothing that takes time to be ready")
def vod_not_ready(stage: Stage) -> Iterator[Violation | None]:
    """Who reads what is not ready yet asks again only after a while, and takes the answer as it is."""
    for called in stage.called:
        for path, word in _not_ready(stage, called):
            played = stage.play(_unready(called, path, word))
            if not played.was_met:
                continue
            told = stage.complaint(played, is_error=True)
            hurry, _ = _hurry(played, called)
            situation = f"{called.operation.operation_id}: {'.'.join(map(str, path))} is {word!r} three times"
            yield None if not (hurry or told) else breach(called, hurry or told or "", situation=situation)


def _not_ready(stage: Stage, called: Called) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find where a good day's answer says that a thing is ready, and which word says that it is not."""
    found: dict[tuple[str, ...], str] = {}
    for call in stage.good.of(called.name):
        schema = schema_of(called.operation.answer(call.exchange.status))
        try:
            body = parse(call.exchange.response_body) if call.is_success and schema is not None else None
        except NotJsonError:
            body = None
        if schema is not None and body is not None:
            found |= {path: word for path, word in _states(schema.root, [schema.root], body, ()) if path not in found}
    yield from found.items()


def _states(root: Node, nodes: list[Any], value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    known = unfold(root, nodes)
    words = next((node["enum"] for node in known if "enum" in node), ())
    if isinstance(value, str) and value.lower() in READY:
        yield from ((path, word) for word in words if str(word).lower() in NOT_YET)
    if isinstance(value, dict):
        for name, below in members(known).items():
            yield from _states(root, below, value.get(name), (*path, name))


def _unready(called: Called, path: tuple[str, ...], word: str) -> Respond:
    one = Answer(called=called, status=200, body={}, departures=(Departure("value", path, word),))

    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        real = proceed()
        if call.name != called.name or call.nth > 2 or real.status >= 400:
            return real
        departed = replace(one, status=real.status).fits(parse(real.response_body))
        return real if departed is None else departed.instead_of(real)

    return respond


def busy(called: Called, headers: dict[str, str]) -> Answer:
    """What a cloud answers that has no time: 429 where it is documented, else 503."""
    documented = str(TOO_MANY) in called.operation.answers
    answer = refusal(called, TOO_MANY if documented else UNAVAILABLE)
    return replace(answer, headers={**answer.headers, **headers})
