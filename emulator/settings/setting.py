"""A setting as it is described: once, in the docstring of the record that it is a field of.

A record's docstring has a sentence for each field that begins with the field's name: "``port``: HTTP port." or
"``port`` is where HTTP is served." Words in brackets end it, and say the default where its value says nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from functools import cache
from typing import Any, get_type_hints

from offair.emulator.settings.kinds import shown, words_of

PREFIX = "OFFAIR_"
OTHERWISE = re.compile(r"\s*\[(?P<words>[^\[\]]+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that a user may choose: ``words`` say what it is, ``otherwise`` what holds where nobody chose."""

    name: str
    kind: Any
    default: Any
    words: str
    otherwise: str

    @property
    def alias(self) -> str:
        """What it is called for short, on the command line and everywhere: ``state`` for ``state_dir``."""
        return "set" if self.name == "switches" else self.name.removesuffix("_dir")

    @property
    def option(self) -> str:
        """How it is spelt on the command line."""
        return f"--{self.alias.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """How it is spelt in the environment."""
        return PREFIX + ("SET" if self.name == "switches" else self.name.upper())

    @property
    def values(self) -> str:
        """What it can be, in words."""
        return words_of(self.kind, self.name)


@cache
def described(record: type) -> dict[str, Setting]:
    """Give every setting of a record (a dataclass) by its name, as the record's docstring describes it."""
    kinds = get_type_hints(record, include_extras=True)
    told = _told(record.__doc__ or "", [field.name for field in fields(record)])
    found = {}
    for field in fields(record):
        made = field.default if field.default_factory is MISSING else field.default_factory()
        default = None if made is MISSING else made
        words = told.get(field.name, "")
        otherwise = OTHERWISE.search(words)
        found[field.name] = Setting(
            name=field.name,
            kind=kinds[field.name],
            default=default,
            words=(words[: otherwise.start()] if otherwise else words).strip(" ;"),
            otherwise=otherwise["words"] if otherwise else "" if default == {} else shown(default),
        )
    return found


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the name that somebody may have meant."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.6)), None)


def _told(docstring: str, names: list[str]) -> dict[str, str]:
    """Cut a docstring where a sentence (or what follows a semicolon or colon) begins with one of the names."""
    known = "|".join(map(re.escape, names))
    begins = re.compile(rf"(?:^|(?<=[.;:\]]))\s*``(?P<name>{known})``:?", re.MULTILINE)
    found = list(begins.finditer(docstring)) if names else []
    ends = [*(match.start() for match in found), len(docstring)][1:]
    told: dict[str, str] = {}
    for match, end in zip(found, ends, strict=True):
        words = docstring[match.end() : end].partition("\n\n")[0]
        told.setdefault(match["name"], " ".join(words.split()))
    return told
