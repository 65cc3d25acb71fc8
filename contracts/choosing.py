"""Which rules are asked for, by name or by subject."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import TypeVar

from offair.contracts.claim import Claim

C = TypeVar("C", bound=Claim)


def choose_rules(rules: Sequence[C], *, only: Collection[str] = (), ignore: Collection[str] = ()) -> tuple[C, ...]:
    """The rules that ``only`` names (all where it names none) but those to ignore; both take subjects too.

    ValueError names what there is not, and the nearest that there is.
    """
    known = {name: None for rule in rules for name in (rule.name, rule.subject)}
    for name in (*only, *ignore):
        if name not in known:
            raise ValueError(f"there is no rule {name}{nearest_of(name, known)}; 'offair check rules' lists them")
    wanted = [rule for rule in rules if not only or not {rule.name, rule.subject}.isdisjoint(only)]
    return tuple(rule for rule in wanted if {rule.name, rule.subject}.isdisjoint(ignore))


def nearest_of(name: str, known: Iterable[str]) -> str:
    """Ask for the name that was perhaps meant: `` (did you mean x?)``, empty where none is near."""
    near = next(iter(get_close_matches(name, list(known), n=1)), None)
    return f" (did you mean {near}?)" if near else ""
