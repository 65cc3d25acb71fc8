"""A cloud's own choices as users write them: ``cloud.switch=value``, or the same as a mapping."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from offair.emulator.settings.kinds import SettingError

Switches = dict[str, dict[str, Any]]
FORM = "write it as <cloud>.<switch>=<value>"
# a comma ends a switch where another begins behind it: values may have commas of their own
BETWEEN = re.compile(r"[,\n](?=\s*(?:[A-Za-z][\w-]*\.\w+\s*=|$))")


def gather(given: Any) -> Switches:
    """Read switches from text, from several texts, or from a mapping by cloud and switch (or by ``cloud.switch``).

    SettingError shows what is not of this form. What the clouds make of them is theirs to say.
    """
    if isinstance(given, str):
        return _from_texts([given])
    if isinstance(given, Mapping):
        return _from_mapping(given)
    if isinstance(given, Iterable):
        return _from_texts(given)
    raise SettingError(f"{given!r} is no switch; {FORM}")


def lay_over(below: Switches, above: Switches) -> Switches:
    """Let switches win over others, each by itself."""
    return {cloud: {**below.get(cloud, {}), **above.get(cloud, {})} for cloud in [*below, *above]}


def _from_texts(texts: Iterable[Any]) -> Switches:
    switches: Switches = {}
    for whole in texts:
        if not isinstance(whole, str):
            raise SettingError(f"{whole!r} is no switch; {FORM}")
        for text in filter(None, map(str.strip, BETWEEN.split(whole))):
            name, equals, value = text.partition("=")
            cloud, switch = _parts(name if equals else "", text)
            switches.setdefault(cloud, {})[switch] = value.strip()
    return switches


def _from_mapping(given: Mapping[Any, Any]) -> Switches:
    switches: Switches = {}
    for name, value in given.items():
        if isinstance(value, Mapping):
            switches.setdefault(str(name), {}).update(value)
        else:
            cloud, switch = _parts(str(name), str(name))
            switches.setdefault(cloud, {})[switch] = value
    return switches


def _parts(name: str, text: str) -> tuple[str, str]:
    cloud, dot, switch = (part.strip() for part in name.partition("."))
    if not (cloud and dot and switch):
        raise SettingError(f"{text!r} is no switch; {FORM}")
    return cloud, switch
