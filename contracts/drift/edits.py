"""Edits of a YAML text, which leave everything else as somebody wrote it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import yaml

PLAIN = re.compile(r"[A-Za-z_][\w-]*")
WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}  # what YAML 1.1 takes for something else


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A text that stands at a place instead of what is there until its ``end``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, order=True)
class ListEdit:
    """A word that goes out of the list at a place, or comes to it; a single word there becomes a list."""

    start: int
    end: int
    take: str = ""
    add: str = ""


def edited(text: str, edits: Iterable[Edit | ListEdit]) -> str:
    """Apply edits; several of one list are one."""
    found = tuple(edits)
    plain = [one for one in found if isinstance(one, Edit)]
    lists = _joined(text, sorted(one for one in found if isinstance(one, ListEdit)))
    for edit in sorted((*plain, *lists), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def spell_word(word: str) -> str:
    """Write a word as YAML reads it: in quotes where it would be something else."""
    return word if PLAIN.fullmatch(word) and word.lower() not in WORDS else json.dumps(word)


def _joined(text: str, edits: list[ListEdit]) -> Iterator[Edit]:
    for (start, end), of_one in groupby(edits, key=lambda one: (one.start, one.end)):
        group = tuple(of_one)
        said = yaml.safe_load(text[start:end])
        words = said if isinstance(said, list) else [said]
        kept = [word for word in words if word not in {one.take for one in group}]
        come = [one.add for one in group if one.add and one.add not in words]
        yield Edit(start, end, f"[{', '.join(map(spell_word, (*kept, *come)))}]")
