"""Which rules are asked for, by name or by subject."""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from typing import TypeVar

from offair.contracts.claim import Claim

C = TypeVar("C", bound=Claim)
MOST = 12  # names that a sentence lists
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")  # of camelCase, snake_case, dotted and dashed names


def choose_rules(rules: Sequence[C], *, only: Collection[str] = (), ignore: Collection[str] = ()) -> tuple[C, ...]:
    """The rules that ``only`` names (all where it names none) but those to ignore; both take subjects, and one name.

    ValueError names what there is not, and the nearest that there is.
    """
    only, ignore = names_of(only), names_of(ignore)
    known = {name: None for rule in rules for name in (rule.name, rule.subject)}
    for name in (*only, *ignore):
        if name not in known:
            raise ValueError(f"there is no rule {name}{nearest_of(name, known)}; 'offair check rules' lists them")
    wanted = [rule for rule in rules if not only or not {rule.name, rule.subject}.isdisjoint(only)]
    return tuple(rule for rule in wanted if {rule.name, rule.subject}.isdisjoint(ignore))


def names_of(said: Collection[str]) -> tuple[str, ...]:
    """What was named: a string is one name, and not its letters."""
    return (said,) if isinstance(said, str) else tuple(said)


def nearest_of(name: object, known: Iterable[str]) -> str:
    """Ask for the name that was perhaps meant: `` (did you mean x?)``, empty where none is near, or it is no name."""
    if not isinstance(name, str):
        return ""
    near = get_close_matches(name, list(known), n=MOST)
    best = max(near, key=lambda one: SequenceMatcher(None, one, name).ratio() + _in_common(one, name), default=None)
    return f" (did you mean {best}?)" if best else ""


def some_of(known: Iterable[str]) -> str:
    """List names, a dozen at most and how many more there are; ``none`` where there is none."""
    names = list(known)
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"{', '.join(names[:MOST])}{more}" if names else "none"


def _in_common(one: str, other: str) -> float:
    """Tell how much of two names' words is the same: a word that is whole says more than letters in a row."""
    ours, theirs = ({word.lower() for word in WORD.findall(name)} for name in (one, other))
    return len(ours & theirs) / len(ours | theirs) if ours or theirs else 0.0
