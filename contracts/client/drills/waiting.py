"""Being told to wait: drills in which a cloud has no time for a client now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

from offair.contracts.checks.limits import terms_for
from offair.contracts.checks.seen import History
from offair.contracts.client.answers import TOO_MANY, Answer, refusal
from offair.contracts.client.drill import breach, drill
from offair.contracts.client.finding import Called
from offair.contracts.client.lines import again
from offair.contracts.client.repeats import hurry, look_in_a_hurry
from offair.contracts.client.stage import Stage
from offair.contracts.client.states import saying, states_in
from offair.contracts.digits import is_number
from offair.contracts.exchange import header
from offair.contracts.violation import Grade, Path, Violation

TRIES = 3  # of a program, whose pauses are real
EDGE = 0.05  # seconds: clocks are read a moment before, or after
UNAVAILABLE = 503  # RFC 9110 section 15.6.4
IN_SMALL = "; it does as told by Retry-After: names of headers have no case (RFC 9110 section 5.1)"
RETRY_AFTER = "RFC 9110 section 10.2.3; RFC 6585 section 4"
LOOKS = 3  # so often a thing is not ready yet
NOT_YET = ("processing", "pending", "queued", "transcoding", "uploading", "preparing", "created")
READY = ("ready", "completed", "published", "available", "done", "finished")
UNREAD = ", by a date in GMT: who cannot read one pauses as where none is said"
AT_ONCE = 0.1  # seconds: no pause of anybody's own choice
OFF_AIR = ("idle", "offline", "created", "starting")
BEFORE = {**dict.fromkeys(READY, NOT_YET), "live": OFF_AIR}  # which words come before which


@drill(RETRY_AFTER, absent="no operation was called")
def retry_after(stage: Stage) -> Iterator[Violation | None]:
    """Who is told by Retry-After to wait does not ask for the same again before."""
    for called in stage.called:
        yield from _told_seconds(stage, called)
        yield from _told_to_wait(stage, called, "Retry-After", is_date=True)


def _told_seconds(stage: Stage, called: Called) -> list[Violation | None]:
    """Tell it in small letters, as HTTP/2 spells every name; in the usual ones too where that goes wrong."""
    found = list(_told_to_wait(stage, called, "retry-after"))
    if not any(found):
        return found
    usual = list(_told_to_wait(stage, called, "Retry-After"))
    is_spelling = not any(usual)
    return [one and replace(one, message=one.message + IN_SMALL) for one in found] if is_spelling else usual


def _told_to_wait(stage: Stage, called: Called, name: str, *, is_date: bool = False) -> Iterator[Violation | None]:
    """A date is the header's other form: clouds seldom write it, so who cannot read it must only not crash, and pause.

    Who does nothing more until the deadline may be waiting as told, in a way that nobody hastens: it is told less.
    """
    date = format_datetime(datetime.fromtimestamp(stage.cloud.now() + stage.wait, UTC), usegmt=True)
    value = date if is_date else str(stage.wait)
    answer = busy(called, {name: value})
    played = stage.play(answer.once())
    if not played.was_met:
        return
    if stage.slow_down(played):
        yield from _told_to_wait(stage, called, name, is_date=is_date)
        return
    situation = f"{called.operation.operation_id} {answer.status}, {name}: {value}"
    told = stage.complaint(played, is_error=True)
    line = next(line for line in again(played.of(called.name)) if any(call.is_played for call in line))
    first = next(call for call in line if call.is_played)
    later = (call for call in line if call.at > first.at)
    early = next((call.at - first.at for call in later if call.at - first.at < stage.wait - EDGE), None)
    if early is not None and (not is_date or early < AT_ONCE):
        told = f"asks again after {early:.1f} s, and was told to wait {stage.wait} s"
        told += UNREAD if is_date else ""
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
        hurried, grade = hurry(played, called)
        if hurried is not None and played.outcome.ending in {"returned", "raised"}:
            yield breach(called, hurried, situation=situation, grade=grade)
        else:
            yield None if told is None else breach(called, told, situation=situation)


@drill("the cloud's limits; RFC 6585 section 4", absent="no rate is documented for what it calls")
def pace(stage: Stage) -> Iterator[Violation | None]:
    """Doing its job over and over, it asks no more in a window once it is told that its calls are used up."""
    contracts = {id(called.contract): called.contract for called in stage.called}.values()
    terms = [term for contract in contracts for term in terms_for(History(contract, ()))]
    for called in stage.called:
        meant = [t for t in terms if t.subject in {"*", called.operation.key, called.operation.operation_id}]
        for term in meant:
            allowed, seconds = term.allowed or 0, term.seconds or 0.0
            if stage.is_real and seconds > stage.performer.deadline:
                continue  # it would really wait
            times = allowed // max(1, len(stage.good.of(called.name))) + 2
            played = stage.play(times=times, until=lambda call: call.exchange.status == TOO_MANY)
            calls = played.of(called.name)
            refused = next((call for call in calls if call.exchange.status == TOO_MANY), None)
            if refused is None:
                yield None
                continue
            said = header(refused.exchange.response_headers, "Retry-After") or ""
            wait = float(said) if is_number(said) else seconds
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
        hurried = look_in_a_hurry(stage.good, called) if _says_how_far(stage, called) else None
        if hurried is not None:
            yield breach(called, hurried, situation=f"{called.operation.operation_id} on a good day", grade="inferred")
        for path, word in _not_ready(stage, called):
            played = stage.play(saying(called, path, word, LOOKS))
            if not played.was_met:
                continue
            told = stage.complaint(played, is_error=True)
            hurried, _ = hurry(played, called)
            situation = f"{called.operation.operation_id}: {'.'.join(map(str, path))} is {word!r} three times"
            yield None if not (hurried or told) else breach(called, hurried or told or "", situation=situation)


def _says_how_far(stage: Stage, called: Called) -> bool:
    """It is read, and says in a word how far a thing is."""
    calls = stage.good.of(called.name)
    return called.operation.method == "GET" and any(states_in(called, call.exchange) for call in calls)


def _not_ready(stage: Stage, called: Called) -> list[tuple[Path, str]]:
    """Where a good day's answer says that a thing is ready or on air, with each word that says that it is not yet."""
    said = [one for call in stage.good.of(called.name) if call.is_success for one in states_in(called, call.exchange)]
    found = ((one.path, word) for one in said for word in one.words if word.lower() in BEFORE.get(one.word.lower(), ()))
    return list(dict.fromkeys(found))


def busy(called: Called, headers: dict[str, str]) -> Answer:
    """What a cloud answers that has no time: 429 where it is documented, else 503."""
    documented = str(TOO_MANY) in called.operation.answers
    answer = refusal(called, TOO_MANY if documented else UNAVAILABLE)
    return replace(answer, headers={**answer.headers, **headers})
