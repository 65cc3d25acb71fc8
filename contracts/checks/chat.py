"""Does everybody in a room hear what is said, once and in one order, and nobody come in who may not? Judging rooms."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import combinations
from typing import Any

from offair.contracts.checks.gathering import (
    ROOM,
    SOCKETS,
    Attended,
    Gathering,
    RoomRule,
    room_breach,
    room_rule,
    text_of,
    words_heard,
)
from offair.contracts.checks.socket import check_socket
from offair.contracts.contract import Contract
from offair.contracts.exchange import Side
from offair.contracts.jsontext import objects_in, parse
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

FAILED = 500
PERSON = re.compile(r"user|author|sender|member|^who$|^from$", re.IGNORECASE)
COUNT = re.compile(r"count|viewers|online|present", re.IGNORECASE)


@room_rule("chat/entered", SOCKETS)
def entered(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Who has credentials is let into a room, and stays as long as they like."""
    for one in gathering.members:
        got = one.closed if one.refused is None else one.refused
        yield None if one.is_in else room_breach(contract, gathering, f"must stay open to {one.who}", "open", got)


@room_rule("chat/heard", ROOM)
def heard(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """What is said in a room is heard by everybody who is there, who said it too."""
    for one in gathering.members:
        missed = [word for _, word in gathering.said if word not in words_heard(gathering, one)]
        message = f"{one.who} must hear what was said there, and missed {len(missed)} of {len(gathering.said)}"
        if gathering.said:
            yield room_breach(contract, gathering, message, "heard", None) if missed else None


@room_rule("chat/once", ROOM)
def once(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Nobody hears the same thing twice in frames of one name."""
    socket = contract.sockets[gathering.socket]
    for one in gathering.members:
        for _, word in gathering.said:
            names = [socket.frame_name("from_server", frame) for frame in one.heard if word in text_of(frame)]
            message = f"{one.who} must hear once what was said once"
            if names:
                is_doubled = len(names) > len(set(names))
                yield room_breach(contract, gathering, message, "once", len(names)) if is_doubled else None


@room_rule("chat/in-order", ROOM)
def in_order(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Everybody hears what was said in the same order, and what one has said in the order in which they said it."""
    orders = {id(one): words_heard(gathering, one) for one in gathering.members}
    for one in gathering.members:
        for speaker in {who for who, _ in gathering.said}:
            theirs = [word for who, word in gathering.said if who == speaker]
            told = [word for word in orders[id(one)] if word in theirs]
            message = f"{one.who} must hear {speaker} in the order in which they spoke"
            if len(told) > 1:
                is_kept = told == [word for word in theirs if word in told]
                yield None if is_kept else room_breach(contract, gathering, message, "order", told)
    for first, other in combinations(gathering.members, 2):
        ours, theirs = orders[id(first)], orders[id(other)]
        common = [word for word in ours if word in theirs]
        message = f"{other.who} must hear what was said in the order in which {first.who} heard it"
        if len(common) > 1:
            is_kept = common == [word for word in theirs if word in common]
            yield None if is_kept else room_breach(contract, gathering, message, "order", theirs)


@room_rule("chat/frames", SOCKETS)
def frames(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """What a room tells is documented, frame by frame, and the code that it ends with too."""
    for one in gathering.everybody:
        told: list[tuple[Side, str | bytes]] = [("from_server", frame) for frame in one.heard]
        if told or one.closed is not None:
            yield None
            yield from check_socket(contract, gathering.socket, told, closed=one.closed)


@room_rule("chat/refused", SOCKETS)
def refused(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Who has no credentials, or nobody's, is let in only where none are needed, and else sent away as documented."""
    for one in gathering.strangers:
        yield _sent_away(contract, gathering, one, may_enter=contract.sockets[gathering.socket].is_open)


@room_rule("chat/unknown", SOCKETS)
def unknown(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Nobody enters a room that is not there: who tries is sent away as documented."""
    for one in gathering.lost:
        yield _sent_away(contract, gathering, one, may_enter=False)


@room_rule("chat/history", ROOM)
def history(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """What somebody who comes later is told of what was said before, they are told once, and in its order."""
    first = next(iter(gathering.members), None)
    for one in gathering.latecomers:
        told = words_heard(gathering, one)
        if told and first is not None:
            before = [word for word in words_heard(gathering, first) if word in told]
            times = max(sum(text_of(frame).count(word) for frame in one.heard) for word in told)
            usual = max(text_of(frame).count(word) for frame in first.heard for word in told)
            if told != before:
                message = f"{one.who} must be told in its order what was said before"
                yield room_breach(contract, gathering, message, "history", told)
            else:
                message = f"{one.who} must be told once what was said before"
                yield room_breach(contract, gathering, message, "history", times) if times > usual else None


@room_rule("chat/told-apart", ROOM)
def told_apart(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """What is said can be told apart: each has an id of its own, and what two people say is not one person's."""
    first = next(iter(gathering.members), None)
    by: dict[str, str] = {}
    ids: dict[str, str] = {}
    for frame in first.heard if first is not None else ():
        who, word = next(((who, word) for who, word in gathering.said if word in text_of(frame)), ("", ""))
        texts = dict(_texts_around(text_of(frame), word)) if word else {}
        for way, text in texts.items():
            if way[-1] == "id" and not _is_of_a_person(way):
                before, now = ids.setdefault(f"{way} {text}", word), word
            elif _is_of_a_person(way) and not gathering.one_name:
                before, now = by.setdefault(f"{way} {text}", who), who
            else:
                continue
            message = f"must not say {way[-1]} {text!r} both of {before} and of {now}"
            yield None if before == now else room_breach(contract, gathering, message, "told-apart", text)


@room_rule("chat/counted", ROOM)
def counted(contract: Contract, gathering: Gathering) -> Iterator[Violation | None]:
    """Who comes in and is told how many are there is told of no fewer than those who are."""
    there = len([one for one in gathering.members if one.is_in]) + 1
    for one in gathering.latecomers:
        words = words_heard(gathering, one)
        others = [frame for frame in one.heard if not any(word in text_of(frame) for word in words)]
        counts = [count for frame in others for count in _counts(text_of(frame))]
        message = f"{one.who} must be told of the {there} who are there"
        if counts:
            is_few = max(counts) < there
            yield room_breach(contract, gathering, message, "counted", max(counts)) if is_few else None


ROOM_RULES: tuple[RoomRule, ...] = (
    entered, heard, once, in_order, history, told_apart, counted, frames, refused, unknown,
)  # fmt: skip
"""In the order of a report."""


def judge_gathering(contract: Contract, gathering: Gathering, rules: Iterable[RoomRule]) -> list[Verdict]:
    """Judge what happened in a room, rule by rule."""
    return [Verdict.guarded(rule, partial(rule.judge, contract, gathering)) for rule in rules]


def _sent_away(contract: Contract, gathering: Gathering, one: Attended, *, may_enter: bool) -> Violation | None:
    socket = contract.sockets[gathering.socket]
    if one.is_in:
        message, is_kept, got = f"must be closed to {one.who}", may_enter, 101
    elif one.refused is not None:
        message, is_kept, got = f"must refuse {one.who}, and not fail", 400 <= one.refused < FAILED, one.refused
    else:
        known = ", ".join(map(str, sorted(socket.closes))) or "none is documented"
        message, got = f"must send {one.who} away with a documented close code: {known}", one.closed or 0
        is_kept = one.closed in socket.closes
    return None if is_kept else room_breach(contract, gathering, message, "refused", got)


def _texts_around(frame: str, word: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts of a frame by their places, but for what was said."""
    try:
        waiting: list[tuple[tuple[str, ...], Any]] = [((), parse(frame.encode()))]
    except ValueError:
        return
    while waiting:
        way, node = waiting.pop()
        if isinstance(node, dict):
            waiting += [((*way, name), inner) for name, inner in node.items()]
        elif isinstance(node, str) and node and way and word not in node:
            yield way, node


def _is_of_a_person(way: tuple[str, ...]) -> bool:
    return any(PERSON.search(name) for name in way)


def _counts(frame: str) -> Iterator[int]:
    """The numbers in a frame that say how many."""
    try:
        said = parse(frame.encode())
    except ValueError:
        return
    for node in objects_in(said):
        yield from (value for name, value in node.items() if type(value) is int and COUNT.search(name))
