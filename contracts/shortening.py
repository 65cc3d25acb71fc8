"""As much of a value as needs a look: of a list of a hundred thousand wrong items the first say what is wrong."""

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from offair.contracts.jsontext import values_in


def shorten(value: Any, most: int, is_good: Callable[[Any], bool]) -> Any:
    """Cut the lists in a value behind their first wrong items; one without a list of more than ``most`` stays itself.

    They keep what stands before the first wrong item, of which nothing will be said, and ``most`` from there on.
    ``is_good`` says in little time whether a value has anything wrong at all.
    """
    longest = max((len(one) for one in values_in(value) if isinstance(one, list)), default=0)
    if longest <= most:
        return value
    sound = bisect_left(range(longest), 1, lo=most, key=lambda length: int(not is_good(_cut(value, length))))
    return _cut(value, sound + most)


def _cut(value: Any, length: int) -> Any:
    if isinstance(value, dict):
        return {name: _cut(inner, length) for name, inner in value.items()}
    return [_cut(inner, length) for inner in value[:length]] if isinstance(value, list) else value
