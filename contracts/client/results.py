"""What a client's job returns, and whether somebody who reads it learns that something went wrong."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from offair.contracts.client.answers import MISSING, Answer
from offair.contracts.client.stage import NETWORKS
from offair.contracts.jsontext import NotJsonError, parse

DEEPEST = 4
SHORTEST = 4  # letters of what is no accident

Place = tuple[Any, ...]


def tells_of_failure(value: Any, good: Any, refusal: Answer) -> bool:
    """Say whether a result tells of a refusal, beside that of a good day: a client need not raise.

    It is of another kind, or in it is an error, a truth that has turned, or words where there were none, or what the
    refusal says. A refusal that stands whole where the good day has its answer tells nothing: nobody looked at it.
    """
    body: Any = MISSING
    with suppress(NotJsonError):
        body = parse(refusal.bytes)
    if value == body:
        return False
    before, said = dict(_leaves(good, MISSING)), _words(refusal, body)
    return type(value) is not type(good) or any(
        _had(before, place) is False if leaf == body else _is_news(leaf, before.get(place, MISSING), said)
        for place, leaf in _leaves(value, body)
    )


def text_of(value: Any, depth: int = 3) -> str:
    """All that a value shows of itself."""
    inner = list(vars(value).values()) if hasattr(value, "__dict__") else []
    inner += list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list | tuple) else []
    return repr(value) + "".join(text_of(one, depth - 1) for one in inner if depth)


def _is_news(leaf: Any, before: Any, said: re.Pattern[str]) -> bool:
    if isinstance(leaf, bool):
        return isinstance(before, bool) and leaf is not before
    if isinstance(leaf, int | str) and leaf != before:
        return (before is None and bool(leaf)) or said.search(str(leaf)) is not None
    return isinstance(leaf, BaseException)


def _had(before: Mapping[Place, Any], place: Place) -> bool:
    """Something was there."""
    return any(known[: len(place)] == place and leaf is not None for known, leaf in before.items())


def _leaves(value: Any, whole: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """List what a value is made of, with its places; what is ``whole`` stays so."""
    inner = {} if value == whole or len(place) == DEEPEST else _inner(value)
    if not inner:
        yield place, value
    for name, one in inner.items():
        yield from _leaves(one, whole, (*place, name))


def _inner(value: Any) -> Mapping[Any, Any]:
    match value:
        case dict():
            return value
        case list() | tuple():
            return dict(enumerate(value))
        case BaseException():
            return {}
    if type(value).__module__.partition(".")[0] in NETWORKS:  # it is handed on, and nobody looked at it
        return {}
    slots = getattr(type(value), "__slots__", ())
    return getattr(value, "__dict__", None) or {name: getattr(value, name, None) for name in slots}


def _words(refusal: Answer, body: Any) -> re.Pattern[str]:
    """The refusal's status, and all that it says."""
    said = [one for _, one in _leaves(body, MISSING) if isinstance(one, str) and len(one) >= SHORTEST]
    return re.compile("|".join([rf"\b{refusal.status}\b", *map(re.escape, said)]))
