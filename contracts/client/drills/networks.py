"""Networks that fail: drills about what no document says, and every client meets. What they find is a warning."""

import threading
from collections.abc import Iterator
from dataclasses import replace

from offair.contracts.client.answers import Answer, hostile
from offair.contracts.client.attending import waits_without_end
from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.drill import breach, drill
from offair.contracts.client.drills.repeating import is_networks
from offair.contracts.client.drills.waiting import TRIES
from offair.contracts.client.finding import Called
from offair.contracts.client.repeats import hurry
from offair.contracts.client.stage import Stage
from offair.contracts.client.tape import Heard, Respond
from offair.contracts.exchange import Exchange
from offair.contracts.violation import Violation

LOOK = 0.01  # real seconds between two looks at what a client waits at
LONGEST = 0.5  # real seconds that an answer is kept back
SHARE = 0.8  # of a program's deadline, for which an answer is kept back: what it waits at nobody sees
SILENCE = "RFC 9112 section 9.5"
CUT = "RFC 9112 sections 8 and 9.5"


@drill(SILENCE, absent="it waits for no answer where that can be seen")
def silence(stage: Stage) -> Iterator[Violation | None]:
    """Who waits for an answer does not wait for ever."""
    if stage.performer.is_program:
        yield from _silent(stage)
        return
    for called in stage.called:
        seen: list[bool] = []
        stage.play(_late(stage, called, seen))
        told = "waits for an answer without a time-out: where none comes, it hangs"
        situation = f"{called.operation.operation_id}: nothing is answered"
        for is_endless in seen:
            yield breach(called, told, situation=situation, grade="inferred", source=SILENCE) if is_endless else None


def _silent(stage: Stage) -> Iterator[Violation | None]:
    """Wait with a program, at its first call by each method: it has few time-outs, and real time is dear."""
    firsts: dict[str, Called] = {}
    for called in stage.called:
        firsts.setdefault(called.operation.method, called)
    for called in firsts.values():
        seen: list[bool] = []
        played = stage.play(_never(stage, called, seen))
        if not seen:
            continue
        situation = f"{called.operation.operation_id}: nothing is answered"
        told = None
        if isinstance(played.outcome.error, TimeoutError):
            told = f"waits for an answer that does not come, and {played.outcome.error}"
        elif any(seen):
            told = f"waits {SHARE * stage.performer.deadline:.0f} s for an answer that does not come, and waits on"
        if told is not None:
            told += ": it has no time-out, or a longer one"
            yield breach(called, told, situation=situation, grade="inferred", source=SILENCE)
            return
        yield None


def _never(stage: Stage, called: Called, seen: list[bool]) -> Respond:
    """Keep a first answer back until the program asks for something else, or ends, or nearly too long.

    ``seen`` is that it is kept back, and that the program was still there in the end.
    """
    later = threading.Event()

    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        real = proceed()
        if call.name != called.name or call.nth:
            later.set()
            return real
        later.clear()
        seen.append(False)
        for _ in range(int(SHARE * stage.performer.deadline / LOOK)):
            if later.wait(LOOK) or not stage.is_at_work:
                return real
        seen.append(True)
        return real

    return respond


def _late(stage: Stage, called: Called, seen: list[bool]) -> Respond:
    """Keep a first answer back until it was seen what the client waits at."""

    def respond(call: Heard, proceed: Proceed) -> Exchange | None:
        real, pause = proceed(), threading.Event()
        thread = stage.thread if call.name == called.name and not call.nth else None
        if thread is None or thread == threading.get_ident():  # beneath a double it answers itself
            return real
        for _ in range(int(LONGEST / LOOK)):
            pause.wait(LOOK)
            found = waits_without_end(thread)
            if found is not None:
                seen.append(found)
                break
        return real

    return respond


@drill(CUT, absent="it reads nothing")
def cut_off(stage: Stage) -> Iterator[Violation | None]:
    """Whose connections end before an answer, or within one, waits before it asks again, and gives up in the end."""
    for called in stage.called:
        if called.operation.method != "GET":
            continue
        for one in hostile(called.contract, called.operation.operation_id):
            if one.mishap in {"half", "reset"}:
                yield from _cut(stage, called, replace(one, called=called))


def _cut(stage: Stage, called: Called, one: Answer) -> Iterator[Violation | None]:
    played = stage.play(one.always(TRIES if stage.performer.is_program else None))
    if not played.was_met:
        return
    # a program tells a network's error by any code at all, as no document gives it another name
    is_told = is_networks(played) or (stage.performer.is_program and played.outcome.ending == "raised")
    told = None if is_told else stage.complaint(played, is_error=True)
    hurried, _ = hurry(played, called)
    told = told if told or hurried is None else f"{hurried}, without a pause"
    yield None if told is None else breach(called, told, situation=f"{one}, each time", grade="inferred", source=CUT)
